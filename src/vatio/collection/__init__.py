"""Calling meters over lines: the transports, and the protocol that utility meters speak."""
