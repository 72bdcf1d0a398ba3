"""Spreadsheets that strangers made: which tables they hold, and what is in a cell."""
