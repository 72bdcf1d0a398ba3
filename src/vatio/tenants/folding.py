"""Names compared without case and accents, by one function of the database."""

from django.db.models import Func, TextField, Value


class Fold(Func):
    """fold(text): lower case, no accents; what unique names and searches compare."""

    function = "fold"
    arity = 1
    output_field = TextField()


def tidy(name: str) -> str:
    """Trim a name and make every run of white space in it one space."""
    return " ".join(name.split())


def fold_in_database(text: str) -> Fold:
    """Fold a text as stored names are folded, by the database itself."""
    return Fold(Value(text))
