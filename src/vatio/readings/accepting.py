"""«Aceptar»: makes a waiting device the account's, and takes in what was held of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from vatio.accounts.locking import hold
from vatio.accounts.models import Account
from vatio.entitlements.limits import LimitReached, ensure_open
from vatio.entitlements.question import entitlement
from vatio.history.recording import record
from vatio.metering.allocating import is_only_called
from vatio.metering.feeding import feed, link_device
from vatio.metering.installing import MeterDetails, add_meter
from vatio.metering.models import DataPoint, DataSource, Meter, Series
from vatio.metering.quantities import QUANTITIES
from vatio.metering.refusals import WrongChoice
from vatio.readings import deliveries, devices, pending
from vatio.readings.arrivals import CONTRADICTS, SAME, Arrivals
from vatio.readings.days import ReadingCounts
from vatio.readings.deliveries import RefusedReading
from vatio.readings.devices import Target
from vatio.readings.insertion import INSERTED, WORDS, in_base_units
from vatio.readings.locking import ZoneMoved
from vatio.readings.ranks import Origin
from vatio.readings.receiving import receive
from vatio.refusal import Refused
from vatio.tenants.models import Person
from vatio.units import Unit

WAITS = """
SELECT quantity FROM readings_pendingquantity
WHERE account_id = %(account)s AND source_id = %(source)s AND did = %(did)s
  AND rejected_at IS NULL
"""

HELD = """
SELECT quantity, extract(epoch FROM at)::float8, value FROM readings_pendingreading
WHERE account_id = %(account)s AND source_id = %(source)s AND did = %(did)s
  AND quantity = ANY(%(quantities)s)
ORDER BY id
"""

FORGET = """
WITH gone AS (
    DELETE FROM readings_pendingreading
    WHERE account_id = %(account)s AND source_id = %(source)s AND did = %(did)s
      AND quantity = ANY(%(quantities)s)
)
DELETE FROM readings_pendingquantity
WHERE account_id = %(account)s AND source_id = %(source)s AND did = %(did)s
  AND quantity = ANY(%(quantities)s)
"""


class NotWaiting(Refused):
    """What was to be accepted or rejected no longer waits: somebody was faster."""


class TooLittleRoom(LimitReached):
    """The account has too little room for what is to be accepted: `lacking` units must be freed."""

    @property
    def lacking(self) -> int:
        """How many of the unit have to be retired, or agreed on top, first."""
        return self.used + self.wanted - self.held


@dataclass
class Accepted:
    """A device that was accepted: its meter, its data points, and what became of what was held."""

    meter: Meter
    points: list[DataPoint]
    counts: ReadingCounts = field(default_factory=ReadingCounts)
    refused: list[RefusedReading] = field(default_factory=list)


def accept(
    account: Account,
    source: DataSource,
    did: str,
    choices: Mapping[int, int],
    *,
    meter: Meter | MeterDetails,
    by: Person,
    at: datetime,
) -> Accepted:
    """Make a device a meter of the account, its quantities data points, and take in what waited.

    All of it or nothing. What is held comes in as it would have come by itself; of two values of
    one instant the one that arrived later stands. What is not chosen goes on waiting.

    :param choices: by the code of each quantity that is accepted, its resolution in minutes.
    :param meter: the meter that the device is, or what a new one is to be.
    :raises NotWaiting: if something chosen no longer waits.
    :raises TooLittleRoom: if the account holds too little; it says how much has to be freed.
    :raises NothingCanBeAdded: if the account has expired or has yet to start.
    :raises WrongChoice: if nothing is chosen, a code is no published quantity, or the device is
        of another meter.
    :raises PrincipalTaken, RetiredBefore, SerialTaken: as `add_meter`.
    """
    while True:
        takes = units_taken(meter, choices)
        try:
            return _accept(account, source, did, choices, meter=meter, by=by, at=at)
        except ZoneMoved:
            continue
        except LimitReached as refused:
            room = entitlement(account, at=at).rooms[refused.unit]
            wanted = takes.get(refused.unit, refused.wanted)
            raise TooLittleRoom(
                refused.unit, used=room.used, held=refused.held, wanted=wanted
            ) from None


def units_taken(meter: Meter | MeterDetails, quantities: Iterable[int]) -> Counter[Unit]:
    """Compute which units accepting quantities of a device takes, by unit.

    A quantity that the meter has in service takes nothing. A meter that was only called costs a
    meter from now on.
    """
    if isinstance(meter, MeterDetails):
        return +Counter({Unit.METERS: 1, Unit.DATA_POINTS: len(set(quantities))})
    there = set(meter.data_points.in_service().values_list("quantity", flat=True))
    called = is_only_called(meter)
    return +Counter({Unit.METERS: called, Unit.DATA_POINTS: len(set(quantities) - there)})


@transaction.atomic
def _accept(
    account: Account,
    source: DataSource,
    did: str,
    choices: Mapping[int, int],
    *,
    meter: Meter | MeterDetails,
    by: Person,
    at: datetime,
) -> Accepted:
    asked: dict[str, Any] = {"account": account.pk, "source": source.pk, "did": did}
    asked["quantities"] = sorted(choices)
    lock_waiting(source)
    _ensure_right(account, asked, choices)
    ensure_open(account, at=at)
    own = _meter(account, source, did, meter, by=by, at=at)
    link_device(source, did, own)
    points = [
        feed(own, quantity=code, minutes=choices[code], source=source, by=by, at=at)
        for code in sorted(choices)
    ]
    made = Accepted(own, points)
    _take_in(source, asked, made, by=by, at=at)
    with connection.cursor() as cursor:
        cursor.execute(FORGET, asked)
    record(
        "readings.accepted",
        at=at,
        by=by,
        organisation=account.organisation,
        account_id=account.pk,
        facts={
            "did": did,
            "source": source.name,
            "meter": own.name,
            "readings": made.counts.new + made.counts.corrected,
        },
    )
    return made


def lock_waiting(source: DataSource) -> None:
    """Lock what waits of a source, and keep its account from being deleted meanwhile.

    :raises AccountGone: if it was.
    """
    hold(source.account_id)
    pending.lock(source.pk)


def ensure_waits(asked: Mapping[str, Any], quantities: Iterable[int]) -> set[int]:
    """Return the quantities of a device that wait.

    :raises NotWaiting: if one of those asked for does not, or none does.
    """
    with connection.cursor() as cursor:
        cursor.execute(WAITS, asked)
        found = {code for (code,) in cursor.fetchall()}
    if not found or not found.issuperset(quantities):
        raise NotWaiting(_("This no longer waits: somebody accepted or rejected it meanwhile."))
    return found


def _ensure_right(account: Account, asked: Mapping[str, Any], choices: Mapping[int, int]) -> None:
    ensure_waits(asked, choices)
    if not choices:
        raise WrongChoice(_("Choose at least one quantity."))
    for code, minutes in choices.items():
        if code not in QUANTITIES:
            raise WrongChoice(_("There is no such quantity."), field=f"take_{code}")
        if minutes not in Series.MINUTES:
            raise WrongChoice(_("There is no such resolution."), field=f"minutes_{code}")


def _meter(
    account: Account,
    source: DataSource,
    did: str,
    meter: Meter | MeterDetails,
    *,
    by: Person,
    at: datetime,
) -> Meter:
    """Return the meter that a device is: the one it is known as, the one chosen, or a new one."""
    if isinstance(meter, Meter):
        if meter.account_id != account.pk:
            raise WrongChoice(_("The meter is not of this account."), field="meter")
        return meter
    if source.devices.filter(did=did).exists():
        raise WrongChoice(_("This device is of another meter already."), field="meter")
    return add_meter(account, meter, by=by, at=at)


def _take_in(
    source: DataSource, asked: Mapping[str, Any], made: Accepted, *, by: Person, at: datetime
) -> None:
    """Take in what is held of the quantities accepted, as a delivery of its own."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, asked)
        held = cursor.fetchall()
    if not held:
        return
    did, account_id = asked["did"], source.account_id
    targets = devices.find(account_id, source.pk, [did], at=at)
    arrivals = Arrivals()
    _sort(did, held, targets, arrivals, made)
    series = {each.series.id: each.series for each in targets.values() if each.series}
    delivery = deliveries.open_file(
        account_id,
        origin=Origin.INSERTION,
        name=did,
        sha256="",
        source_id=source.pk,
        by_id=by.pk,
        at=at,
    )
    received = receive(
        account_id,
        series,
        arrivals,
        origin=Origin.INSERTION,
        delivery=delivery,
        at=at.timestamp(),
    )
    made.counts += received.counts
    deliveries.count(
        account_id,
        delivery,
        made.counts,
        refusals=made.refused,
        touched=set(arrivals.days) | received.changed,
        at=at,
    )


def _sort(
    did: str,
    held: list[tuple[int, float, float]],
    targets: Mapping[tuple[str, int], Target],
    arrivals: Arrivals,
    made: Accepted,
) -> None:
    """Sort what is held into arrivals, the last to arrive first: of two values it stands."""
    for place, (code, instant, value) in reversed(list(enumerate(held, 1))):
        target = targets[did, code]
        assert target.series is not None
        base, wrong = in_base_units(target.series.measures, value)
        wrong = wrong or arrivals.add(target.series, instant + target.later, base, INSERTED)
        if wrong == SAME:
            made.counts.same += 1
        elif wrong == CONTRADICTS:
            made.counts.corrected += 1
        elif wrong:
            made.refused.append(RefusedReading(place, wrong, str(WORDS[wrong]), code))
    made.refused.sort(key=lambda each: each.place)
