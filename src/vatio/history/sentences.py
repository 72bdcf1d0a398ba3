"""How the history words an act: each package writes the sentences of the acts that it records."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Facts = Mapping[str, Any]
"""The plain values recorded with an act."""


@dataclass(frozen=True)
class Sentence:
    """An act as a timeline shows it: a sentence, an icon and a look, its colour by importance."""

    words: str
    icon: str
    look: str = ""


Wording = Callable[[Facts], Sentence]
"""Returns an act's sentence from its facts. A package lists its wordings, by verb, in `acts.py`."""


def always(words: Promise, icon: str, look: str = "") -> Wording:
    """Return the wording of an act whose sentence does not depend on its facts."""
    return lambda facts: Sentence(str(words), icon, look)
