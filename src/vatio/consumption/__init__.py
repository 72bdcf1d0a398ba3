"""What an account consumed: the things that can be looked at, their curves, sums and figures."""
