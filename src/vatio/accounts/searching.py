"""Searches accounts by words of their name, client and NIF, ignoring case and accents."""

import re

from django.db.models import Q, Value
from django.db.models.functions import Concat

from vatio.accounts.models import AccountSet
from vatio.accounts.nif import tidy_nif
from vatio.tenants.folding import fold_in_database, tidy

SHORT = 2

NUMBER = re.compile(r"[A-Z]?\d{4,8}[A-Z\d]?")
"""A NIF, or a good part of one, once it is tidied."""


def matching(accounts: AccountSet, text: str) -> AccountSet:
    """Return the accounts whose search text contains every word of `text`.

    A word of one or two letters is matched at the start of words only: anywhere, it
    would match nearly every account. What may be a NIF is matched as NIFs are stored too,
    also where blanks divide it.
    """
    words = tidy(text).split()
    found = Q()
    for word in words:
        found &= _holds(word) | _holds_nif(word)
    if len(words) > 1:
        found |= _holds_nif(" ".join(words))
    return accounts.filter(found)


def _holds(word: str) -> Q:
    folded = fold_in_database(word)
    return Q(search_text__contains=Concat(Value(" "), folded) if len(word) <= SHORT else folded)


def _holds_nif(text: str) -> Q:
    """Return the condition on the NIF that a text is; none, if it is stored as it is written."""
    tidied = nif_in(text)
    if tidied in {"", text.upper()}:
        return Q()
    return Q(search_text__contains=fold_in_database(tidied))


def nif_in(text: str) -> str:
    """Return the NIF that is searched for, or the part of one; empty if it cannot be one."""
    tidied = tidy_nif(text)
    return tidied if NUMBER.fullmatch(tidied) else ""
