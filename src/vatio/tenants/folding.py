"""Names compared without case and accents, by one function of the database."""

from unicodedata import category

from django.db.models import Func, TextField, Value


class Fold(Func):
    """fold(text): lower case, no accents; what unique names and searches compare."""

    function = "fold"
    arity = 1
    output_field = TextField()


FILLERS = "\u115f\u1160\u3164\uffa0\u2800"
"""Letters that are drawn as nothing."""


def tidy(name: str) -> str:
    """Trim a name, make every run of white space one space, and leave out what is not seen.

    Two names that look the same are the same: marks of direction and width, soft
    hyphens, control characters and fillers count for nothing.
    """
    seen = "".join(
        letter
        for letter in name
        if letter.isspace() or (category(letter) not in {"Cf", "Cc"} and letter not in FILLERS)
    )
    return " ".join(seen.split())


def fold_in_database(text: str) -> Fold:
    """Fold a text as stored names are folded, by the database itself."""
    return Fold(Value(text))
