"""Keeps the processes of a platform running, and ends them together."""
