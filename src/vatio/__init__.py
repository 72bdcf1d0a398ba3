"""Vatio: the life of an energy management account, from the first request to the last renewal."""
