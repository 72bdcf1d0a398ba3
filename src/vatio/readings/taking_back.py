"""Takes a delivery back: its values go, and what they replaced stands again."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from vatio.accounts.locking import hold
from vatio.accounts.models import Account
from vatio.history.recording import record
from vatio.readings import day_undoing, months
from vatio.readings import series as all_series
from vatio.readings.day_undoing import Before, Undone
from vatio.readings.days import Replaced, StoredDay
from vatio.readings.deriving import derive
from vatio.readings.last_values import find_last
from vatio.readings.latest import asked_of, ensure_latest, series_of
from vatio.readings.locking import lock
from vatio.readings.merging import months_of, stand, touch
from vatio.readings.models import Delivery
from vatio.readings.ranks import Origin
from vatio.readings.receiving import partners
from vatio.readings.register_runs import Span
from vatio.readings.series import SeriesKey
from vatio.readings.slots import ONE_DAY, start
from vatio.readings.storing import (
    DayChange,
    DayKey,
    binary_cursor,
    read_range,
    write_days,
    write_revisions,
)
from vatio.refusal import Refused
from vatio.tenants.models import Person


class TakenBackAlready(Refused):
    """The delivery was taken back before."""


REVISIONS = """
SELECT series_id, day, slots, "values", qualities, delivery_before, filled_before, version_before
FROM readings_revision
WHERE account_id = %(account)s AND series_id = ANY(%(series)s) AND day >= %(first)s
  AND day <= %(last)s AND delivery_id = %(delivery)s
ORDER BY series_id, day, id DESC
"""

MENDED = """
SELECT own.series_id, own.day, own.filled_before FROM readings_revision own
JOIN readings_delivery other ON other.account_id = %(account)s AND other.id = own.delivery_id
    AND other.origin = %(mended)s
WHERE own.account_id = %(account)s AND own.series_id = ANY(%(series)s) AND own.day >= %(first)s
  AND own.day <= %(last)s AND own.delivery_before = %(delivery)s
"""
"""The days that a person mended since, and which slots the delivery had filled before that."""

OTHERS = """
SELECT own.series_id, extract(epoch FROM own.at)::float8
FROM readings_registerreading own
WHERE own.account_id = %(account)s AND own.series_id = ANY(%(series)s)
  AND own.delivery_id = %(delivery)s
"""

TAKE_OTHERS = """
INSERT INTO readings_registerreading
    (account_id, series_id, at, value, quality, arrived_at, delivery_id)
SELECT DISTINCT ON (own.series_id, own.at) own.account_id, own.series_id, own.at, (
        SELECT before.value FROM readings_registerreading before
        WHERE before.account_id = %(account)s AND before.series_id = own.series_id
          AND before.at = own.at AND before.id < own.id AND before.delivery_id <> own.delivery_id
        ORDER BY before.id DESC LIMIT 1),
    own.quality, %(at)s, 0
FROM readings_registerreading own
WHERE own.account_id = %(account)s AND own.series_id = ANY(%(series)s)
  AND own.delivery_id = %(delivery)s
ORDER BY own.series_id, own.at, own.id
"""


@dataclass(frozen=True)
class TakenBack:
    """How many days were changed back, and how many slots were left as a person mended them."""

    days: int
    kept: int


class _Grown(Exception):
    """The delivery touched another series before it was locked: begin again."""


def take_back(account: Account, delivery_id: int, *, by: Person, at: datetime) -> TakenBack:
    """Take a delivery back, whole; what somebody changed since stays and is listed.

    :raises AccountGone: if the account was deleted meanwhile.
    :raises NotTheLatest: if another delivery changed one of its series since.
    :raises TakenBackAlready: if it was taken back before.
    """
    while True:
        try:
            return _take_back(account, delivery_id, by=by, at=at)
        except _Grown:
            continue


@transaction.atomic
def _take_back(account: Account, delivery_id: int, *, by: Person, at: datetime) -> TakenBack:
    hold(account.pk)
    rows = Delivery.objects.filter(account_id=account.pk, id=delivery_id)
    series = all_series.find(account.pk, series_of(rows.get()))
    registers = {key: each for key, each in series.items() if each.is_register}
    into = partners(account.pk, registers, at=at.timestamp())
    series |= {each.id: each for each in into.values()}
    # Series are locked first, as whoever writes into them does.
    standing = lock(account.pk, series)
    delivery = rows.select_for_update().get()
    if not series.keys() >= set(series_of(delivery)):
        raise _Grown
    _ensure_standing(delivery)
    ensure_latest(delivery, series)
    undone = _undo(delivery, series)
    _write(account.pk, undone, series, at.timestamp())
    beside = _take_others(delivery, list(registers), at)
    spans = _spans(undone, registers, beside)
    if spans:
        derive(
            {key: registers[key] for key in spans},
            into,
            spans,
            origin=Origin(delivery.origin),
            delivery=0,
            at=at.timestamp(),
            standing=standing,
        )
    find_last(account.pk, series, standing)
    stand(account.pk, standing, at=at.timestamp())
    kept = [
        [key[0], str(key[1]), slot] for key, (_old, each) in undone.items() for slot in each.kept
    ]
    rows.update(taken_back_at=at, taken_back_by_id=by.pk, kept=kept)
    record(
        "readings.taken_back",
        at=at,
        by=by,
        organisation=account.organisation,
        account_id=account.pk,
        facts={"name": str(delivery), "days": len(undone), "kept": len(kept)},
    )
    return TakenBack(len(undone), len(kept))


def why_not(delivery: Delivery) -> str:
    """Return why a delivery cannot be taken back now; nothing if it can be."""
    try:
        _ensure_standing(delivery)
        ensure_latest(delivery, series_of(delivery))
    except Refused as refused:
        return str(refused)
    return ""


def _ensure_standing(delivery: Delivery) -> None:
    """Refuse to take back what was.

    :raises TakenBackAlready: if it was taken back before.
    """
    if delivery.taken_back_at is not None:
        raise TakenBackAlready(_("This delivery was taken back already."))


def _undo(
    delivery: Delivery, series: Mapping[int, SeriesKey]
) -> dict[DayKey, tuple[StoredDay, Undone]]:
    """Return every day that the delivery changed last, before and after taking it back."""
    first, last = delivery.first_day, delivery.last_day
    if first is None or last is None or not series:
        return {}
    revisions: dict[DayKey, list[Before]] = defaultdict(list)
    asked = asked_of(delivery, series)
    with binary_cursor() as cursor:
        cursor.execute(REVISIONS, asked)
        for key, day, slots, values, qualities, *before in cursor.fetchall():
            replaced = Replaced(slots, values, qualities)
            revisions[key, day].append(Before(replaced, before[0], before[1], before[2] or 0))
        cursor.execute(MENDED, asked)
        mended = {
            (key, day): Before(Replaced([], [], []), delivery.id, filled, 0)
            for key, day, filled in cursor.fetchall()
        }
    stored = read_range(delivery.account_id, series, first, last + ONE_DAY)
    return {
        key: (day, day_undoing.undo(day, revisions.get(key, ()), mended=mended.get(key)))
        for key, day in stored.items()
        if day.delivery == delivery.id or key in mended
    }


def _write(
    account_id: int,
    undone: Mapping[DayKey, tuple[StoredDay, Undone]],
    series: Mapping[int, SeriesKey],
    at: float,
) -> None:
    if not undone:
        return
    changed = {key: each.day for key, (_old, each) in undone.items()}
    write_days(account_id, changed)
    write_revisions(
        account_id,
        [DayChange(key, each.replaced, old, 0, at) for key, (old, each) in undone.items()],
    )
    touch(account_id, changed, at=at)
    months.write(account_id, months_of(undone, series))


def _take_others(delivery: Delivery, registers: list[int], at: datetime) -> dict[int, list[float]]:
    """Take back the registers off the grid; return their instants by series."""
    asked = {**asked_of(delivery, registers), "at": at}
    found: dict[int, list[float]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(OTHERS, asked)
        for key, instant in cursor.fetchall():
            found[key].append(instant)
        if found:
            cursor.execute(TAKE_OTHERS, asked)
    return found


def _spans(
    undone: Mapping[DayKey, tuple[StoredDay, Undone]],
    registers: Mapping[int, SeriesKey],
    beside: Mapping[int, list[float]],
) -> dict[int, Span]:
    """Return between which instants the registers that are left are to be settled anew."""
    instants: dict[int, list[float]] = {key: list(each) for key, each in beside.items()}
    for (key, _on), (old, each) in undone.items():
        if key in registers and each.replaced.slots:
            slots: Iterable[int] = (each.replaced.slots[0], each.replaced.slots[-1])
            instants.setdefault(key, []).extend(
                start(old.local, slot, old.minutes) for slot in slots
            )
    return {key: (min(each), max(each)) for key, each in instants.items()}
