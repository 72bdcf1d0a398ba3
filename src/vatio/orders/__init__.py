"""Orders: what is asked of the commercial department, and what becomes of it."""
