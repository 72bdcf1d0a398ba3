"""The embedded PostgreSQL: found, made, started, adopted and stopped, with nothing to install."""
