"""Who is here: organisations, people, and who may act for which organisation."""
