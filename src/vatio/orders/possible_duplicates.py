"""Finds, for the reviewer of an order, the client's other accounts and possible duplicates."""

from dataclasses import dataclass

from django.db.models import Q

from vatio.accounts.models import Account
from vatio.orders.models import Order
from vatio.tenants.folding import fold_in_database

MOST = 10


@dataclass(frozen=True)
class PossibleDuplicates:
    """Accounts like the order's: in the organisation that submitted it, and in others."""

    own: list[Account]
    elsewhere: list[Account]


def find_duplicates(order: Order) -> PossibleDuplicates:
    """Return the accounts that share the order's NIF, client or account name, at most `MOST` each.

    `own` are the client's other accounts in the organisation that submitted the order. Those
    `elsewhere`, matched by account name too, are a warning: the same building may be asked
    for twice.
    """
    account = order.account
    nif = (account or order).nif
    client = (account or order).client
    name = account.name if account else order.account_name
    same_client = Q(client_folded=fold_in_database(client))
    if nif:
        same_client |= Q(nif=nif)
    own = Account.objects.filter(same_client, organisation=order.organisation_id)
    elsewhere = Account.objects.filter(same_client | Q(name_folded=fold_in_database(name))).exclude(
        organisation=order.organisation_id
    )
    return PossibleDuplicates(
        own=list(own.exclude(pk=order.account_id or 0).order_by("name_sorted", "id")[:MOST]),
        elsewhere=list(
            elsewhere.select_related("organisation").order_by("name_sorted", "id")[:MOST]
        ),
    )
