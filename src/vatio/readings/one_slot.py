"""The short road of what gateways send most: one slot of each series, right after the last one.

No day is read and written anew: one statement locks where the series stand, another looks whether
every slot can simply be put into its day, and puts it there. What is anything else (the first slot
of a day, a correction, a late or a doubtful value, a register that does not simply go on) takes the
general road, `receiving.receive`, which does the same with the same readings. The totals of months
are left to whoever follows `readings_touched`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection

from vatio.metering.models import Series
from vatio.readings import deliveries
from vatio.readings.arrivals import Arrivals
from vatio.readings.days import SETTLING, ReadingCounts
from vatio.readings.locking import SeriesState
from vatio.readings.merging import arrival
from vatio.readings.one_slot_statements import LOCK, PUT
from vatio.readings.ranks import Flag, How, origin_of, quality
from vatio.readings.series import SeriesKey
from vatio.readings.slots import LocalDay, end, place, start
from vatio.readings.storing import whole


@dataclass(frozen=True)
class LoneSlot:
    """The one slot of a series that arrives."""

    series: SeriesKey
    local: LocalDay
    slot: int
    value: float
    quality: int

    @property
    def begins(self) -> int:
        """The instant at which the slot begins, in seconds since 1970, UTC."""
        return start(self.local, self.slot, self.series.minutes)

    @property
    def ends(self) -> int:
        """The instant up to, and not including, which the slot runs."""
        return end(self.local, self.slot, self.series.minutes)


@dataclass(frozen=True)
class Stand:
    """Where the series stand; their delivery of this hour, and how much their source sent today.

    `partners` are the interval series by the register series that are derived into them.
    """

    states: Mapping[int, SeriesState]
    partners: Mapping[int, int]
    delivery: int
    today: int


def lone_slots(series: Mapping[int, SeriesKey], arrivals: Arrivals) -> list[LoneSlot] | None:
    """Return the slots that arrive, if there is one of each series and nothing else."""
    days = arrivals.days
    if not days or arrivals.others or arrivals.version or len({key[0] for key in days}) < len(days):
        return None
    slots = []
    for (key, _on), day in days.items():
        if len(day.values) - day.values.count(None) != 1 or day.qualities is not None:
            return None
        slot, value = next(
            (slot, value) for slot, value in enumerate(day.values) if value is not None
        )
        slots.append(LoneSlot(series[key], day.local, slot, value, day.quality))
    return slots


class SomeStand(Exception):
    """Some of the series have no state yet: begin again, by the general road."""


def lock(
    account_id: int, source_id: int, slots: Sequence[LoneSlot], *, at: datetime
) -> Stand | None:
    """Lock the series; None if none of them has a state yet.

    :raises SomeStand: if only some have one: whoever held those, and then made the others', could
        wait for somebody who makes the others and waits for those.
    """
    registers = [each.series.id for each in slots if each.series.is_register]
    asked: dict[str, Any] = {"account": account_id, "source": source_id, "at": at}
    asked |= {"series": whole([each.series.id for each in slots]), "registers": whole(registers)}
    states: dict[int, SeriesState] = {}
    partners: dict[int, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(LOCK, asked)
        rows = cursor.fetchall()
    for of, _delivery, _today, *state in rows:
        states[state[0]] = SeriesState(*state)
        if of is not None:
            partners[of] = state[0]
    if len(partners) < len(registers) or len(states) < len(slots) + len(registers):
        if states:
            raise SomeStand
        return None
    _of, delivery, today, *_state = rows[0]
    if delivery is None:
        origin = origin_of(slots[0].quality)
        delivery, today = deliveries.of_hour(account_id, source_id, origin=origin, at=at)
    return Stand(states, partners, delivery, today)


def put(
    account_id: int, slots: Sequence[LoneSlot], stand: Stand, *, at: datetime
) -> ReadingCounts | None:
    """Put the slots into their days; None if they have to take the general road, all of them.

    The series are locked, and so is what `Stand` says of them.

    :raises GoneBack: if the delivery was taken back meanwhile.
    """
    rows = [row for each in slots for row in _rows(each, stand, at.timestamp())]
    columns: dict[str, Any] = {"account": account_id, "delivery": stand.delivery, "at": at}
    columns |= {name: _array([row[place] for row in rows]) for place, name in enumerate(COLUMNS)}
    with connection.cursor() as cursor:
        cursor.execute(PUT, columns)
        new, same, is_gone = cursor.fetchone()
    if is_gone:
        raise deliveries.GoneBack
    return ReadingCounts(new=new, same=same) if new + same else None


COLUMNS = (
    *("series", "day", "slot", "value", "quality", "may_fill", "begins", "arrival"),
    *("day_begins", "day_ends", "part_of", "follows"),
)

Row = tuple[int, date, int, float, int, bool, int, float, int, int, int | None, float | None]
"""What is asked of a slot, in the order of `COLUMNS`."""


def _array(values: Sequence[Any]) -> str:
    """Return the text of an array: floats as the shortest digits that read back the same."""
    return "{" + ",".join("NULL" if each is None else str(each) for each in values) + "}"


def _rows(each: LoneSlot, stand: Stand, at: float) -> list[Row]:
    """Return what is asked of a slot and, if it is a register's, of the interval before it."""
    state = stand.states[each.series.id]
    if not each.series.is_register:
        return [_row(each, state, at, may_fill=True)]
    counted = stand.states[stand.partners[each.series.id]]
    follows, before = state.register_at, _before(each)
    goes_on = (
        state.is_clear
        and follows == before.begins
        and before.ends == each.begins
        and each.value >= (state.register or 0)
    )
    amount = each.value - (state.register or 0)
    interval = replace(each.series, kind=Series.Kind.INTERVAL)
    goes_on = goes_on and not interval.is_doubtful(amount)
    measured = quality(origin_of(each.quality), How.MEASURED, Flag.DERIVED)
    part = replace(before, value=amount, quality=measured)
    own = _row(each, state, at, may_fill=goes_on, follows=follows)
    return [own, _row(part, counted, at, may_fill=goes_on, follows=follows, part_of=each.series.id)]


def _before(each: LoneSlot) -> LoneSlot:
    """Return the slot before, of the same day or of the day before."""
    local, slot, _seconds = place(each.begins - 1, each.series.time_zone, each.series.minutes)
    return replace(each, local=local, slot=slot)


def _row(
    each: LoneSlot,
    state: SeriesState,
    at: float,
    *,
    may_fill: bool,
    follows: float | None = None,
    part_of: int | None = None,
) -> Row:
    """Return what is asked of a slot; it may be filled if it is the next, and came in time."""
    came = arrival(state, at)
    is_next = state.last_at is not None and each.begins > state.last_at
    has_begun = state.first_on is not None and each.local.day >= state.first_on
    return (
        state.series_id,
        each.local.day,
        each.slot,
        each.value,
        each.quality,
        may_fill and is_next and has_begun and came <= each.ends + SETTLING,
        each.begins,
        came,
        each.local.begins,
        each.local.ends,
        part_of,
        follows,
    )
