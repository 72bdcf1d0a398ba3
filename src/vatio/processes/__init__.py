"""Supervises the processes of a platform: restarts each that dies, and stops all together."""
