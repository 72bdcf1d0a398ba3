"""Readings on an account's pages: files that are imported, and what came and when."""
