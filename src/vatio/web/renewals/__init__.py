"""The pages of renewals: one, many at once, those ahead, and their calendar."""
