"""What the history shows of an act: each package puts the acts that it records into sentences."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Facts = Mapping[str, Any]
"""The plain values that an act was recorded with."""


@dataclass(frozen=True)
class Sentence:
    """An act as a timeline shows it: a sentence, an icon and how much it matters."""

    words: str
    icon: str
    look: str = ""


Wording = Callable[[Facts], Sentence]
"""Puts the facts of an act into its sentence. A package lists its own, by verb, in `acts.py`."""


def always(words: Promise, icon: str, look: str = "") -> Wording:
    """Return the wording of an act whose sentence does not depend on its facts."""
    return lambda facts: Sentence(str(words), icon, look)
