"""«Rechazar»: what a device sends is refused from now on, until that is taken back."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from vatio.history.recording import record
from vatio.metering.models import DataSource
from vatio.readings.accepting import NotWaiting, ensure_waits, lock_waiting
from vatio.readings.pending import WHOLE
from vatio.tenants.models import Person

DELETE_HELD = """
DELETE FROM readings_pendingreading
WHERE account_id = %(account)s AND source_id = %(source)s AND did = %(did)s
  AND quantity = ANY(%(quantities)s)
"""

REJECT = """
UPDATE readings_pendingquantity SET rejected_at = %(at)s, rejected_by_id = %(by)s
WHERE account_id = %(account)s AND source_id = %(source)s AND did = %(did)s
  AND quantity = ANY(%(quantities)s)
"""

REJECT_WHOLE = """
WITH gone AS (
    DELETE FROM readings_pendingquantity
    WHERE account_id = %(account)s AND source_id = %(source)s AND did = %(did)s
    RETURNING first_at, last_at, readings, dropped
)
INSERT INTO readings_pendingquantity (account_id, source_id, did, quantity, first_at, last_at,
    readings, dropped, rejected_at, rejected_by_id)
SELECT %(account)s, %(source)s, %(did)s, %(whole)s, min(first_at), max(last_at), sum(readings),
    sum(dropped), %(at)s, %(by)s FROM gone
"""

TAKE_BACK = """
DELETE FROM readings_pendingquantity
WHERE account_id = %(account)s AND source_id = %(source)s AND did = %(did)s
  AND rejected_at IS NOT NULL
"""


@transaction.atomic
def reject(
    source: DataSource,
    did: str,
    quantities: Collection[int] | None,
    *,
    by: Person,
    at: datetime,
) -> None:
    """Reject quantities of a device: what is held of them is deleted, what comes is refused.

    :param quantities: the codes; None for whatever the device sends, later quantities included.
        What of it was accepted before goes on.
    :raises NotWaiting: if something chosen no longer waits.
    """
    asked: dict[str, Any] = {"account": source.account_id, "source": source.pk, "did": did}
    lock_waiting(source)
    waits = ensure_waits(asked, quantities or ())
    chosen = sorted(waits if quantities is None else quantities)
    asked |= {"quantities": chosen, "whole": WHOLE, "at": at, "by": by.pk}
    with connection.cursor() as cursor:
        cursor.execute(DELETE_HELD, asked)
        cursor.execute(REJECT_WHOLE if quantities is None else REJECT, asked)
    _record("rejected", source, did, {"quantities": [] if quantities is None else chosen}, by, at)


@transaction.atomic
def take_back_rejection(source: DataSource, did: str, *, by: Person, at: datetime) -> None:
    """Let a rejected device wait again with what it sends from now on.

    What was held of it when it was rejected is gone.

    :raises NotWaiting: if it is not rejected.
    """
    lock_waiting(source)
    with connection.cursor() as cursor:
        cursor.execute(TAKE_BACK, {"account": source.account_id, "source": source.pk, "did": did})
        if not cursor.rowcount:
            raise NotWaiting(_("This is not rejected."))
    _record("unrejected", source, did, {}, by, at)


def _record(
    what: str, source: DataSource, did: str, facts: Mapping[str, object], by: Person, at: datetime
) -> None:
    record(
        f"readings.{what}",
        at=at,
        by=by,
        organisation=source.organisation,
        account_id=source.account_id,
        facts={"did": did, "source": source.name, **facts},
    )
