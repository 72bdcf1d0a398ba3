"""The demo: a sample platform, made by the rules themselves."""
