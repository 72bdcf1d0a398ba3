"""The pages of what is installed in an account."""
