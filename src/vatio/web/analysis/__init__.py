"""The pages on which an account's energy is looked at."""
