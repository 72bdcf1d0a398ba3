"""Calling meters over lines: how they are reached, the transports, and the protocol they speak."""
