"""Searches accounts by words of their name, client and NIF, ignoring case and accents."""

from django.db.models import Value
from django.db.models.functions import Concat

from vatio.accounts.models import AccountSet
from vatio.tenants.folding import fold_in_database

SHORT = 2


def matching(accounts: AccountSet, text: str) -> AccountSet:
    """Return the accounts whose search text contains every word of `text`.

    A word of one or two letters is matched at the start of words only: anywhere, it
    would match nearly every account.
    """
    for word in text.split():
        folded = fold_in_database(word)
        sought = Concat(Value(" "), folded) if len(word) <= SHORT else folded
        accounts = accounts.filter(search_text__contains=sought)
    return accounts
