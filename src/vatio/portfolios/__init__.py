"""Portfolios: spreadsheets of accounts, understood, shown before they act, imported whole."""
