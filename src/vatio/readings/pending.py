"""Holds what devices send that nobody accepted yet: as it came, within limits for each source."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from vatio.readings.models import PendingReading
from vatio.readings.storing import floats

MOST_DEVICES = 200
MOST_QUANTITIES = 50

WAITING = """
SELECT did, quantity, rejected_at IS NOT NULL FROM readings_pendingquantity
WHERE account_id = %(account)s AND source_id = %(source)s
"""

LOCK = "SELECT pg_advisory_xact_lock(%(key)s, %(source)s)"
LOCK_KEY = 1_904_177
"""The first key of the advisory locks of sources: one at a time changes what waits."""

WHOLE = -1
"""In place of the code of a quantity: whatever the device sends, later quantities included."""

NOTE = """
INSERT INTO readings_pendingquantity AS own (account_id, source_id, did, quantity, first_at,
    last_at, readings, dropped, last_value)
SELECT %(account)s, %(source)s, did, quantity, %(at)s, %(at)s, number, 0, value
FROM unnest(%(dids)s::text[], %(quantities)s::integer[], %(numbers)s::bigint[],
    %(values)s::float8[]) AS new (did, quantity, number, value)
ON CONFLICT (account_id, source_id, did, quantity) DO UPDATE SET
    last_at = excluded.last_at, readings = own.readings + excluded.readings,
    last_value = excluded.last_value
"""

HOLD = """
INSERT INTO readings_pendingreading (account_id, source_id, did, quantity, at, value, arrived_at)
SELECT %(account)s, %(source)s, did, quantity, to_timestamp(instant), value, %(at)s
FROM unnest(%(dids)s::text[], %(quantities)s::integer[], %(instants)s::float8[],
    %(values)s::float8[]) AS new (did, quantity, instant, value)
"""

DROP = """
WITH oldest AS (
    DELETE FROM readings_pendingreading WHERE account_id = %(account)s AND source_id = %(source)s
    AND id <= (SELECT id FROM readings_pendingreading
               WHERE account_id = %(account)s AND source_id = %(source)s
               ORDER BY id DESC OFFSET %(most)s LIMIT 1)
    RETURNING did, quantity
), counted AS (SELECT did, quantity, count(*) AS number FROM oldest GROUP BY did, quantity)
UPDATE readings_pendingquantity own SET dropped = dropped + counted.number FROM counted
WHERE own.account_id = %(account)s AND own.source_id = %(source)s
  AND own.did = counted.did AND own.quantity = counted.quantity
"""


@dataclass(frozen=True)
class HeldReading:
    """A reading of a quantity that nobody accepted: `value` is in the unit of the code."""

    place: int
    did: str
    quantity: int
    instant: float
    value: float


@dataclass
class Held:
    """Which readings were held, which came for rejected ones, and which were too many."""

    held: int
    rejected: list[HeldReading]
    too_many: list[HeldReading]


def hold(account_id: int, source_id: int, readings: Iterable[HeldReading], *, at: datetime) -> Held:
    """Hold readings until their device is accepted; the caller has locked the source.

    At most `MOST_DEVICES` of a source wait, and `MOST_QUANTITIES` of each; of the readings of a
    source the oldest are dropped beyond `PendingReading.MOST`, and the drops counted.
    """
    asked: dict[str, Any] = {"account": account_id, "source": source_id, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(WAITING, asked)
        rows = cursor.fetchall()
    taken, held = _sorted(rows, readings)
    if taken:
        _write(asked, taken)
    return held


def lock(source_id: int) -> None:
    """Lock what waits of a source until the transaction ends.

    Whoever adds to it, accepts or rejects takes this lock after the account's row, and before
    meters, usage and series. A snapshot that is older than the lock may not know what was
    accepted meanwhile: read anew what the source's devices are.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, {"key": LOCK_KEY, "source": source_id % 2**31})


def _sorted(
    rows: Iterable[tuple[str, int, bool]], readings: Iterable[HeldReading]
) -> tuple[list[HeldReading], Held]:
    waiting: dict[str, set[int]] = defaultdict(set)
    rejected = set()
    for did, quantity, is_rejected in rows:
        if is_rejected:
            rejected.add((did, quantity))
        else:
            waiting[did].add(quantity)
    taken: list[HeldReading] = []
    held = Held(0, [], [])
    for each in readings:
        if (each.did, each.quantity) in rejected or (each.did, WHOLE) in rejected:
            held.rejected.append(each)
        elif each.quantity in waiting.get(each.did, ()) or _has_room(waiting, each):
            waiting[each.did].add(each.quantity)
            taken.append(each)
        else:
            held.too_many.append(each)
    held.held = len(taken)
    return taken, held


def _has_room(waiting: dict[str, set[int]], one: HeldReading) -> bool:
    if one.did not in waiting:
        return len(waiting) < MOST_DEVICES
    return len(waiting[one.did]) < MOST_QUANTITIES


def _write(asked: dict[str, Any], taken: list[HeldReading]) -> None:
    numbers = Counter((each.did, each.quantity) for each in taken)
    last = {(each.did, each.quantity): each.value for each in taken}
    pairs = sorted(numbers)
    noted: dict[str, Any] = {
        "dids": [did for did, _quantity in pairs],
        "quantities": [quantity for _did, quantity in pairs],
        "numbers": [numbers[pair] for pair in pairs],
        "values": floats([last[pair] for pair in pairs]),
    }
    kept: dict[str, Any] = {
        "dids": [each.did for each in taken],
        "quantities": [each.quantity for each in taken],
        "instants": floats([each.instant for each in taken]),
        "values": floats([each.value for each in taken]),
    }
    with connection.cursor() as cursor:
        cursor.execute(NOTE, {**asked, **noted})
        cursor.execute(HOLD, {**asked, **kept})
        cursor.execute(DROP, {**asked, "most": PendingReading.MOST})
