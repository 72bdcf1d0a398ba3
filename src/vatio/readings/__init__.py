"""Readings: what meters said, day by day, and what was known of it when."""
