"""What a reviewer should know of an order's client: their other accounts, and others like it."""

from dataclasses import dataclass

from django.db.models import Q

from vatio.accounts.models import Account
from vatio.orders.models import Order
from vatio.tenants.folding import fold_in_database

MOST = 10


@dataclass(frozen=True)
class PossibleDuplicates:
    """Accounts of the same client: in the organisation that asks, and in others."""

    own: list[Account]
    elsewhere: list[Account]


def find_duplicates(order: Order) -> PossibleDuplicates:
    """Find the accounts that share the order's NIF, client or account name.

    In the organisation that asks they are the client's other accounts. In others
    they are a warning: the same building may be asked for twice.
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
        own=list(own.exclude(pk=order.account_id or 0).order_by("name_folded", "id")[:MOST]),
        elsewhere=list(
            elsewhere.select_related("organisation").order_by("name_folded", "id")[:MOST]
        ),
    )
