"""Accounts: what they hold, since when, until when, and from which agreements."""
