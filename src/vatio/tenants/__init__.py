"""Organisations, people, and memberships: who may act for which organisation."""
