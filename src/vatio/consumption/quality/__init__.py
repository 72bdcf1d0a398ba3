"""What is there of what an account should have measured, and what is to be doubted of it."""
