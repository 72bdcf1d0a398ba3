"""The pages that import a portfolio."""
