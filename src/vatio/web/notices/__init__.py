"""The pages of a person's notices."""
