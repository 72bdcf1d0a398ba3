"""Names compared without case and accents, by one function of the database."""

from django.db.models import Func, TextField

FOLD_SQL = """
CREATE FUNCTION fold(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(public.unaccent('public.unaccent'::regdictionary, t));
"""


class Fold(Func):
    """fold(text): lower case, no accents; what unique names and searches compare."""

    function = "fold"
    arity = 1
    output_field = TextField()


def tidy(name: str) -> str:
    """Trim a name and make every run of white space in it one space."""
    return " ".join(name.split())


