"""The sample platform, made by the rules themselves."""
