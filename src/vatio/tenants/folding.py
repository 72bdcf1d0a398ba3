"""Names compared without case and accents, by one SQL function."""

from unicodedata import category, combining, normalize

from django.db.models import Func, TextField, Value


class Fold(Func):
    """The SQL function fold(text): lower case, no accents; unique names and searches compare it."""

    function = "fold"
    arity = 1
    output_field = TextField()


class SortKey(Func):
    """The SQL function sort_key(text), which lists are sorted by: as fold(), but ñ after n."""

    function = "sort_key"
    arity = 1
    output_field = TextField(db_collation="C")


AFTER_ANY_LETTER = "\uffff"
"""What follows the n of an ñ in a sort key: no character, and after all that names are made of."""

UNSEEN = {"Cf", "Cc", "Cs"}
"""Categories of Unicode: format (direction, zero width, soft hyphen), control, half of a pair."""

FILLERS = "\u115f\u1160\u3164\uffa0\u2800"
"""Characters that are drawn as nothing and are not white space: Hangul fillers, blank Braille."""


def tidy(name: str) -> str:
    """Return a name or a search trimmed, with single spaces, and with nothing that cannot be seen.

    Two names that look the same must compare as the same: what is in `UNSEEN` and fillers are
    left out, and a letter with its accent is one character (NFC).
    """
    visible = "".join(
        letter
        for letter in name
        if letter.isspace() or (category(letter) not in UNSEEN and letter not in FILLERS)
    )
    return normalize("NFC", " ".join(visible.split()))


def sort_key(text: str) -> str:
    """Return the key of a word of ours that is sorted in Python, as sort_key() of the database."""
    plain = normalize("NFC", text).lower().replace("ñ", f"n{AFTER_ANY_LETTER}")
    return "".join(letter for letter in normalize("NFKD", plain) if not combining(letter))


def fold_in_database(text: str) -> Fold:
    """Return the expression that folds a text in the database, as stored names are folded."""
    return Fold(Value(text))
