"""Reminders of the end of a term: each decided once, however often or late the task runs."""
