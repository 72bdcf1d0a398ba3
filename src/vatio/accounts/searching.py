"""Finds accounts by the words of their name, client and NIF, whatever their case and accents."""

from django.db.models import Value
from django.db.models.functions import Concat

from vatio.accounts.models import AccountSet
from vatio.tenants.folding import fold_in_database

SHORT = 2


def matching(accounts: AccountSet, text: str) -> AccountSet:
    """Keep the accounts in which every word of the text is found.

    A word of one or two letters is looked for at the start of words only: it
    would be found in nearly every account otherwise.
    """
    for word in text.split():
        folded = fold_in_database(word)
        sought = Concat(Value(" "), folded) if len(word) <= SHORT else folded
        accounts = accounts.filter(search_text__contains=sought)
    return accounts
