"""Compiles the Spanish that is written now, before Django is set up and reads what there is."""

from vatio.translations import compile_catalogue

compile_catalogue()
