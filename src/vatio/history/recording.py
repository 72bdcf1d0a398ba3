"""Records an act in the history."""

from collections.abc import Mapping
from datetime import datetime

from vatio.history.models import Act
from vatio.tenants.models import Organisation, Person


def record(
    verb: str,
    *,
    at: datetime,
    by: Person | None,
    rule: str = "",
    organisation: Organisation | None = None,
    account_id: int | None = None,
    order_id: int | None = None,
    facts: Mapping[str, object] | None = None,
) -> Act:
    """Record what was done, in the transaction that does it."""
    return Act.objects.create(
        at=at,
        verb=verb,
        person=by,
        rule=rule,
        organisation=organisation,
        account_id=account_id,
        order_id=order_id,
        facts=dict(facts or {}),
    )
