"""The pages of alerts: episodes and rules of an account, and the form of a rule."""
