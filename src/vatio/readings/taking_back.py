"""Takes a delivery back: its values go, and what they replaced stands again."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from vatio.accounts.locking import hold
from vatio.accounts.models import Account
from vatio.history.recording import record
from vatio.readings import days, months
from vatio.readings import series as all_series
from vatio.readings.days import Before, Replaced, StoredDay, Undone
from vatio.readings.deriving import derive
from vatio.readings.locking import SeriesState, lock
from vatio.readings.merging import last_of, months_of, stand, touch
from vatio.readings.models import Day, Delivery
from vatio.readings.ranks import Origin
from vatio.readings.receiving import partners
from vatio.readings.register_runs import Span
from vatio.readings.series import SeriesKey
from vatio.readings.slots import start
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


class NotTheLatest(Refused):
    """Another delivery changed the same series since."""


class TakenBackAlready(Refused):
    """The delivery was taken back before."""


SERIES = """
SELECT series.id FROM metering_series series
JOIN metering_datapoint point ON point.id = series.data_point_id
WHERE series.account_id = %(account)s AND (point.source_id = %(source)s OR EXISTS (
    SELECT FROM metering_sourcedevice device WHERE device.account_id = %(account)s
    AND device.source_id = %(source)s AND device.meter_id = point.meter_id
) OR EXISTS (
    SELECT FROM readings_day own WHERE own.account_id = %(account)s AND own.series_id = series.id
    AND own.day >= %(first)s AND own.day <= %(last)s AND own.delivery_id = %(delivery)s
) OR EXISTS (
    SELECT FROM readings_revision own WHERE own.account_id = %(account)s
    AND own.series_id = series.id AND own.day >= %(first)s AND own.day <= %(last)s
    AND own.delivery_id = %(delivery)s
) OR EXISTS (
    SELECT FROM readings_registerreading own WHERE own.account_id = %(account)s
    AND own.series_id = series.id AND own.at >= %(first)s::date - interval '2 days'
    AND own.at < %(last)s::date + interval '3 days' AND own.delivery_id = %(delivery)s
))
"""

WENT_ON = """
SELECT EXISTS (
    SELECT FROM readings_revision own
    JOIN readings_delivery other ON other.account_id = %(account)s AND other.id = own.delivery_id
        AND other.taken_back_at IS NULL AND other.origin <> %(mended)s
    WHERE own.account_id = %(account)s AND own.series_id = ANY(%(series)s)
      AND own.day >= %(first)s AND own.day <= %(last)s
      AND own.delivery_before = %(delivery)s AND own.delivery_id <> %(delivery)s)
"""

REVISIONS = """
SELECT series_id, day, slots, "values", qualities, delivery_before, filled_before, version_before
FROM readings_revision
WHERE account_id = %(account)s AND series_id = ANY(%(series)s) AND day >= %(first)s
  AND day <= %(last)s AND delivery_id = %(delivery)s
ORDER BY series_id, day, id DESC
"""

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

LAST = """
SELECT series_id, max(day) FROM readings_day
WHERE account_id = %(account)s AND series_id = ANY(%(series)s) AND present > 0
GROUP BY series_id
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
    series = all_series.find(account.pk, _series_of(rows.get()))
    registers = {key: each for key, each in series.items() if each.is_register}
    into = partners(account.pk, registers, at=at.timestamp())
    series |= {each.id: each for each in into.values()}
    # Series are locked first, as whoever writes into them does.
    standing = lock(account.pk, series)
    delivery = rows.select_for_update().get()
    if not series.keys() >= set(_series_of(delivery)):
        raise _Grown
    _ensure_standing(delivery)
    _ensure_latest(delivery, series)
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
    _find_last(account.pk, series, standing)
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
        _ensure_latest(delivery, _series_of(delivery))
    except Refused as refused:
        return str(refused)
    return ""


def _ensure_standing(delivery: Delivery) -> None:
    """Refuse to take back what was.

    :raises TakenBackAlready: if it was taken back before.
    """
    if delivery.taken_back_at is not None:
        raise TakenBackAlready(_("This delivery was taken back already."))


def _series_of(delivery: Delivery) -> Collection[int]:
    """Return the series of a delivery: those of its source, and all that it touched.

    Which source a meter belongs to may have changed since.
    """
    if delivery.hour is None or delivery.first_day is None:
        return delivery.series_ids
    with connection.cursor() as cursor:
        cursor.execute(SERIES, _asked(delivery))
        return [key for (key,) in cursor.fetchall()]


def _asked(delivery: Delivery, series: Collection[int] = ()) -> dict[str, Any]:
    return {
        "account": delivery.account_id,
        "delivery": delivery.id,
        "source": delivery.source_id,
        "first": delivery.first_day,
        "last": delivery.last_day,
        "series": list(series),
        "mended": int(Origin.MENDED),
    }


def _ensure_latest(delivery: Delivery, series: Collection[int]) -> None:
    """Refuse to take back what another delivery changed since.

    What a source sends within an hour may have gone on after a file came in between.

    :raises NotTheLatest: if one did, unless a person mended values by it.
    """
    if delivery.first_day is None:
        return
    later = Delivery.objects.filter(
        account_id=delivery.account_id, id__gt=delivery.id, taken_back_at__isnull=True
    ).exclude(origin=Origin.MENDED)
    changed = Day.objects.filter(account_id=delivery.account_id, series_id__in=list(series))
    if (
        delivery.hour is not None
        and changed.filter(
            delivery_id=0, day__gte=delivery.first_day, day__lte=delivery.last_day
        ).exists()
    ):
        raise NotTheLatest(_("Of what a gateway sent, only the last hour can be taken back."))
    with connection.cursor() as cursor:
        cursor.execute(WENT_ON, _asked(delivery, series))
        went_on = cursor.fetchone()[0]
    if went_on or changed.filter(delivery_id__in=later.values("id")).exists():
        raise NotTheLatest(_("A later delivery changed the same series: take that one back first."))


def _undo(
    delivery: Delivery, series: Mapping[int, SeriesKey]
) -> dict[DayKey, tuple[StoredDay, Undone]]:
    """Return every day that the delivery changed last, before and after taking it back."""
    first, last = delivery.first_day, delivery.last_day
    if first is None or last is None or not series:
        return {}
    revisions: dict[DayKey, list[Before]] = defaultdict(list)
    asked = _asked(delivery, series)
    with binary_cursor() as cursor:
        cursor.execute(REVISIONS, asked)
        for key, day, slots, values, qualities, *before in cursor.fetchall():
            replaced = Replaced(slots, values, qualities)
            revisions[key, day].append(Before(replaced, before[0], before[1], before[2] or 0))
    stored = read_range(delivery.account_id, series, first, _after(last))
    return {
        key: (day, days.undo(day, revisions.get(key, ())))
        for key, day in stored.items()
        if day.delivery == delivery.id
    }


def _after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


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
    touch(account_id, changed)
    months.write(account_id, months_of(undone, series))


def _take_others(delivery: Delivery, registers: list[int], at: datetime) -> dict[int, list[float]]:
    """Take back the registers off the grid; return their instants by series."""
    asked = {**_asked(delivery, registers), "at": at}
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


def _find_last(
    account_id: int, series: Mapping[int, SeriesKey], standing: Mapping[int, SeriesState]
) -> None:
    """Find anew the last value of each series."""
    with connection.cursor() as cursor:
        cursor.execute(LAST, {"account": account_id, "series": list(series)})
        last = dict(cursor.fetchall())
    for key, each in standing.items():
        each.last_at = each.last_value = None
        if key in last:
            (day,) = read_range(
                account_id, {key: series[key]}, last[key], _after(last[key])
            ).values()
            found = last_of(day)
            if found is not None:
                each.last_at, each.last_value = found
