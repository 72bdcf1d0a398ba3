"""The doors for programs: the same rules as the pages, as JSON."""
