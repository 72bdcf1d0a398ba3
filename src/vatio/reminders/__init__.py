"""Reminders of the end of a term: decided once, however often and however late one looks."""
