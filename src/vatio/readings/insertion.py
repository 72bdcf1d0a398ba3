"""Takes in what a gateway posts: judges each reading, and stores what is right in one commit."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vatio.metering.quantities import Quantity
from vatio.readings import deliveries, devices, one_slot, pending
from vatio.readings.arrivals import SAME, Arrivals
from vatio.readings.days import ReadingCounts
from vatio.readings.decoding import NOT_FINITE, Batch, InsertedMessage
from vatio.readings.deliveries import GoneBack, RefusedReading
from vatio.readings.devices import Target
from vatio.readings.locking import ZoneMoved
from vatio.readings.one_slot import SomeStand
from vatio.readings.pending import WHOLE, HeldReading
from vatio.readings.ranks import Origin, quality
from vatio.readings.receiving import receive
from vatio.readings.series import SeriesKey
from vatio.refusal import Refused

OLDEST = 3653 * 86_400
AHEAD = 86_400
"""Seconds before and after the arrival that a reading may be of: ten years, and a day."""

LARGEST = 2.0**53
"""The largest number of base units: beyond it whole numbers are no longer exact."""

WORDS: dict[str, Promise] = {
    "rejected": _("This device, or this quantity of it, was rejected."),
    "retired": _("This device, or this quantity of it, is no longer in service."),
    "off_grid": _("The instant is none at which an interval of the series begins."),
    "too_old": _("The instant is more than ten years ago."),
    "ahead": _("The instant is more than a day ahead."),
    "not_finite": _("The value is larger than any meter shows."),
    "negative": _("This quantity cannot be negative."),
    "contradicts": _("The same batch has another value for the same instant, which was kept."),
    "too_many_pending": _("Too many devices or quantities of this source wait for acceptance."),
}

INSERTED = quality(Origin.INSERTION)


class DevicesMoved(Exception):
    """A device of a batch was accepted while the batch came in: begin again."""


class TooManyToday(Refused):
    """The source has sent as many readings as it may in a day."""


@dataclass
class Inserted:
    """What became of a batch: how many were new, the same, corrected, held, and what was refused.

    `same` counts what changes nothing, also because a better value stands.
    """

    counts: ReadingCounts = field(default_factory=ReadingCounts)
    refused: list[RefusedReading] = field(default_factory=list)


@dataclass(frozen=True)
class InsertionSender:
    """The source of a batch, of which account, and how many readings it may send in a day."""

    account_id: int
    source_id: int
    most_a_day: int


def insert(sender: InsertionSender, batch: Batch, *, at: datetime) -> Inserted:
    """Store what is right of a batch; all of that or, if it fails, nothing.

    :raises TooManyToday: if the source would send more readings than it may in a day.
    """
    may_be_short = True
    while True:
        try:
            return _insert(sender, batch, may_be_short, at=at)
        except SomeStand:
            may_be_short = False
        except (ZoneMoved, DevicesMoved, GoneBack):
            continue


@transaction.atomic
def _insert(sender: InsertionSender, batch: Batch, may_be_short: bool, *, at: datetime) -> Inserted:
    now = at.timestamp()
    targets = devices.find(
        sender.account_id,
        sender.source_id,
        {each.did for _place, each in batch.messages},
        at=at,
    )
    sorting = _Sorting(targets, now, Inserted(refused=list(batch.refused)))
    sorting.sort(batch.messages)
    if may_be_short and sorting.is_all_right and _put(sender, sorting, batch.readings, at=at):
        return sorting.made
    made, arrivals = sorting.made, sorting.arrivals
    if sorting.unknown:
        _lock_unknown(sender, sorting.unknown)
    delivery, today = deliveries.of_hour(
        sender.account_id, sender.source_id, origin=Origin.INSERTION, at=at
    )
    _ensure_room(sender, today + batch.readings)
    touched = set()
    if arrivals.days or arrivals.others:
        received = receive(
            sender.account_id,
            sorting.series,
            arrivals,
            origin=Origin.INSERTION,
            delivery=delivery,
            at=now,
        )
        made.counts += received.counts
        touched = set(arrivals.days) | received.changed
    if sorting.unknown:
        _hold(sender, sorting.unknown, made, at=at)
    made.refused.sort(key=lambda each: each.place)
    deliveries.count(
        sender.account_id, delivery, made.counts, refusals=made.refused, touched=touched, at=at
    )
    return made


def _put(sender: InsertionSender, sorting: "_Sorting", readings: int, *, at: datetime) -> bool:
    """Store one slot of each series by the short road; return whether that could be."""
    slots = one_slot.lone_slots(sorting.series, sorting.arrivals)
    if slots is None:
        return False
    stand = one_slot.lock(sender.account_id, sender.source_id, slots, at=at)
    if stand is None:
        return False
    _ensure_room(sender, stand.today + readings)
    counts = one_slot.put(sender.account_id, slots, stand, at=at)
    if counts is None:
        return False
    sorting.made.counts += counts
    return True


def _ensure_room(sender: InsertionSender, readings: int) -> None:
    if readings > sender.most_a_day:
        raise TooManyToday(_("This source has sent as many readings as it may in a day."))


@dataclass
class _Sorting:
    """A batch on its way into arrivals: what each reading is for, or why it is refused."""

    targets: dict[tuple[str, int], Target]
    now: float
    made: Inserted
    arrivals: Arrivals = field(default_factory=Arrivals)
    unknown: list[HeldReading] = field(default_factory=list)

    @property
    def series(self) -> dict[int, SeriesKey]:
        return {each.series.id: each.series for each in self.targets.values() if each.series}

    @property
    def is_all_right(self) -> bool:
        """Whether every reading is for a series, and is the only one of its instant."""
        return not (self.unknown or self.made.refused or self.made.counts.same)

    def sort(self, messages: Iterable[tuple[int, InsertedMessage]]) -> None:
        oldest, latest = self.now - OLDEST, self.now + AHEAD
        taken = {
            key: (each.series, each.series.measures, each.later)
            for key, each in self.targets.items()
            if each.series
        }
        add = self.arrivals.add
        for place, message in messages:
            did, instant = message.did, message.ts.timestamp()
            off = "too_old" if instant < oldest else "ahead" if instant > latest else None
            for each in message.values:
                own = taken.get((did, each.p))
                if own is None or off:
                    wrong = off or self._leave(place, did, instant, each.p, each.v)
                else:
                    base, wrong = in_base_units(own[1], each.v)
                    wrong = wrong or add(own[0], instant + own[2], base, INSERTED)
                if wrong:
                    self._refuse(place, wrong, each.p)

    def _leave(self, place: int, did: str, instant: float, code: int, value: float) -> str | None:
        """Hold what is of no series, and return why it is refused, if it is."""
        target = self.targets.get((did, code)) or self.targets.get((did, WHOLE))
        if target is not None:
            return target.refusal
        if not abs(value) <= LARGEST:
            return NOT_FINITE
        self.unknown.append(HeldReading(place, did, code, instant, value))
        return None

    def _refuse(self, place: int, wrong: str, code: int) -> None:
        if wrong == SAME:
            self.made.counts.same += 1
        else:
            self.made.refused.append(RefusedReading(place, wrong, str(WORDS[wrong]), code))


def in_base_units(measures: Quantity, value: float) -> tuple[float, str | None]:
    """Return a value in the base unit of its quantity, and the code of what is wrong with it.

    A gateway's thousandths are kept: 48,212.182 kWh are 48,212,182 Wh exactly.
    """
    base = value if measures.factor == 1 else round(value * measures.factor, 3)
    if not abs(base) <= LARGEST:
        return 0, NOT_FINITE
    if base < 0 and not measures.signed:
        return 0, "negative"
    return base, None


def _lock_unknown(sender: InsertionSender, unknown: list[HeldReading]) -> None:
    """Lock what waits of the source, before any series is locked.

    :raises DevicesMoved: if somebody accepted one of the devices since the batch was sorted.
    """
    pending.lock(sender.source_id)
    dids = {each.did for each in unknown}
    known = devices.known(sender.account_id, sender.source_id, dids)
    if any(not known.keys().isdisjoint(_keys(each)) for each in unknown):
        raise DevicesMoved


def _keys(reading: HeldReading) -> set[tuple[str, int]]:
    return {(reading.did, reading.quantity), (reading.did, WHOLE)}


def _hold(
    sender: InsertionSender, unknown: list[HeldReading], made: Inserted, *, at: datetime
) -> None:
    held = pending.hold(sender.account_id, sender.source_id, unknown, at=at)
    made.counts.held += held.held
    for code, readings in (("rejected", held.rejected), ("too_many_pending", held.too_many)):
        made.refused += [
            RefusedReading(each.place, code, str(WORDS[code]), each.quantity) for each in readings
        ]
