"""What Vatio tells people: the outbox, and the doors through which messages leave."""
