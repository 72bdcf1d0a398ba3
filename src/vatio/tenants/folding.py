"""Names compared without case and accents, by one SQL function."""

from unicodedata import category

from django.db.models import Func, TextField, Value


class Fold(Func):
    """The SQL function fold(text): lower case, no accents; unique names and searches compare it."""

    function = "fold"
    arity = 1
    output_field = TextField()


FILLERS = "\u115f\u1160\u3164\uffa0\u2800"
"""Characters that are drawn as nothing and are not white space: Hangul fillers, blank Braille."""


def tidy(name: str) -> str:
    """Return a name trimmed, with single spaces, and without characters that cannot be seen.

    Two names that look the same must compare as the same: format characters (Unicode's Cf:
    direction, zero width, soft hyphens), control characters (Cc) and fillers are left out.
    """
    visible = "".join(
        letter
        for letter in name
        if letter.isspace() or (category(letter) not in {"Cf", "Cc"} and letter not in FILLERS)
    )
    return " ".join(visible.split())


def fold_in_database(text: str) -> Fold:
    """Return the expression that folds a text in the database, as stored names are folded."""
    return Fold(Value(text))
