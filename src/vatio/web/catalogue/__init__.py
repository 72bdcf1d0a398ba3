"""The pages of licences and their versions."""
