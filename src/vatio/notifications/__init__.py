"""Messages to people: the outbox, their rendering, and their delivery by SMTP."""
