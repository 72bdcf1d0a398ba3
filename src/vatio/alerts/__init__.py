"""Alerts: rules that look at what was measured, the episodes they find, and who is told."""
