"""The command `vatio`."""
