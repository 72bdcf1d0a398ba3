"""The end of an account: its export, and its permanent deletion at a person's request."""
