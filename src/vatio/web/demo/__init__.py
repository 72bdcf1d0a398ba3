"""The pages that only the demo has."""
