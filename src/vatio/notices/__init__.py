"""Notices: the news of each person inside the product, and the daily digest of it by mail."""
