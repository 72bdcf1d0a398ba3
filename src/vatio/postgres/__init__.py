"""The embedded PostgreSQL server: found, initialised, started, adopted and stopped."""
