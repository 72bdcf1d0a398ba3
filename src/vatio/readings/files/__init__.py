"""Files of load curves: bytes in, curves out; nothing here reaches the database."""
