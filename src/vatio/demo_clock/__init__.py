"""What passing time brings, and, in the demo, letting it pass."""
