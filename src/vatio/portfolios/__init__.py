"""Portfolios: spreadsheets of accounts, parsed, previewed, and imported all or nothing."""
