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
from vatio.readings.ranks import Flag, How, origin_of, quality
from vatio.readings.series import SeriesKey
from vatio.readings.slots import LocalDay, end, place, start
from vatio.readings.storing import tight, whole

LOCK = tight("""
SELECT asked.of_id, hour.id, hour.today,
    own.series_id, own.first_on, extract(epoch FROM own.last_at)::float8, own.last_value,
    extract(epoch FROM own.last_arrival)::float8, extract(epoch FROM own.register_at)::float8,
    own.register, own.is_clear, own.digits
FROM (
    SELECT series_id, NULL::bigint AS of_id FROM unnest(%(series)s::bigint[]) AS series_id
    UNION ALL
    SELECT counted.id, register.id FROM metering_series register
    JOIN metering_series counted ON counted.account_id = %(account)s
        AND counted.data_point_id = register.data_point_id
        AND counted.minutes = register.minutes AND counted.kind = 'interval'
    WHERE register.account_id = %(account)s AND register.id = ANY(%(registers)s::bigint[])
) AS asked
JOIN readings_state own ON own.account_id = %(account)s AND own.series_id = asked.series_id
CROSS JOIN (
    SELECT max(id) FILTER (WHERE hour = date_trunc('hour', %(at)s::timestamptz, 'UTC')
            AND taken_back_at IS NULL) AS id,
        coalesce(sum(new + same + corrected + outranked + held + refused), 0)::bigint AS today
    FROM readings_delivery
    WHERE account_id = %(account)s AND source_id = %(source)s
      AND hour >= date_trunc('day', %(at)s::timestamptz, 'UTC')
) AS hour
ORDER BY own.series_id FOR UPDATE OF own
""")
"""Where the series stand and those into which registers are derived, locked; and the delivery."""

PUT = tight("""
WITH asked AS (
    SELECT * FROM unnest(%(series)s::bigint[], %(day)s::date[], %(slot)s::smallint[],
        %(value)s::float8[], %(quality)s::smallint[], %(may_fill)s::boolean[],
        %(begins)s::float8[], %(arrival)s::float8[], %(day_begins)s::float8[],
        %(day_ends)s::float8[], %(part_of)s::bigint[], %(follows)s::float8[])
    AS new (series_id, day, slot, value, quality, may_fill, begins, arrival, day_begins, day_ends,
        part_of, follows)
), found AS MATERIALIZED (
    SELECT asked.*, own."values"[slot + 1] IS NULL AS is_gap,
        coalesce(own.qualities IS NULL AND own.quality = asked.quality
            AND (own."values"[slot + 1] IS NULL AND may_fill
                 OR own."values"[slot + 1] = value AND part_of IS NULL), false)
        AND (part_of IS NULL OR NOT EXISTS (
                SELECT FROM readings_registerfinding
                WHERE account_id = %(account)s AND series_id = part_of
                  AND at >= to_timestamp(follows))
            AND NOT EXISTS (
                SELECT FROM metering_series register
                JOIN metering_datapoint point ON point.id = register.data_point_id
                JOIN metering_meterchange change ON change.account_id = %(account)s
                    AND change.meter_id = point.meter_id
                WHERE register.id = part_of AND change.day >= asked.day)) AS fits
    FROM asked LEFT JOIN readings_day own ON own.account_id = %(account)s
        AND own.series_id = asked.series_id AND own.day = asked.day
), stays AS (
    SELECT series_id FROM found WHERE part_of IS NULL AND NOT is_gap
), taken AS MATERIALIZED (
    SELECT found.*, coalesce(part_of, series_id) IN (SELECT series_id FROM stays) AS is_same
    FROM found
    WHERE (SELECT bool_and(fits OR coalesce(part_of IN (SELECT series_id FROM stays), false))
           FROM found)
), due AS (
    SELECT * FROM taken WHERE NOT is_same
), revised AS (
    INSERT INTO readings_revision (account_id, series_id, day, replaced_at, delivery_id,
        delivery_before, filled_before, version_before, slots, "values", qualities)
    SELECT %(account)s, own.series_id, own.day, to_timestamp(arrival), %(delivery)s,
        own.delivery_id, filled, own.version, '{}', '{}', '{}'
    FROM due JOIN readings_day own ON own.account_id = %(account)s
        AND own.series_id = due.series_id AND own.day = due.day
    WHERE own.delivery_id <> %(delivery)s AND own.quality >> 6 <> 6
), written AS (
    UPDATE readings_day own SET "values"[slot + 1] = value, present = present + 1,
        total = total + value, least = least(least, value),
        most = greatest(most, value), delivery_id = %(delivery)s,
        filled = CASE WHEN delivery_id <> %(delivery)s THEN ARRAY[slot]
            WHEN filled IS NOT NULL THEN array_append(filled, slot) END
    FROM due WHERE own.account_id = %(account)s AND own.series_id = due.series_id
      AND own.day = due.day
), stood AS (
    UPDATE readings_state own SET last_arrival = to_timestamp(arrival),
        last_at = CASE WHEN is_same THEN last_at ELSE to_timestamp(begins) END,
        last_value = CASE WHEN is_same THEN last_value ELSE value END,
        register_at = CASE WHEN is_same OR follows IS NULL OR part_of IS NOT NULL
            THEN register_at ELSE to_timestamp(begins) END,
        register = CASE WHEN is_same OR follows IS NULL OR part_of IS NOT NULL
            THEN register ELSE value END
    FROM taken WHERE own.account_id = %(account)s AND own.series_id = taken.series_id
), touched AS (
    INSERT INTO readings_touched AS own (account_id, series_id, begins_at, ends_at)
    SELECT %(account)s, series_id, to_timestamp(day_begins), to_timestamp(day_ends)
    FROM due ORDER BY series_id
    ON CONFLICT (account_id, series_id) DO UPDATE SET
        begins_at = least(own.begins_at, excluded.begins_at),
        ends_at = greatest(own.ends_at, excluded.ends_at)
    WHERE own.begins_at > excluded.begins_at OR own.ends_at < excluded.ends_at
), told AS (
    SELECT count(*) FILTER (WHERE part_of IS NULL AND NOT is_same) AS new,
        count(*) FILTER (WHERE part_of IS NULL AND is_same) AS same,
        min(day) FILTER (WHERE part_of IS NULL OR NOT is_same) AS first,
        max(day) FILTER (WHERE part_of IS NULL OR NOT is_same) AS last
    FROM taken
), counted AS (
    UPDATE readings_delivery own SET new = own.new + told.new, same = own.same + told.same,
        first_day = least(first_day, first), last_day = greatest(last_day, last),
        ended_at = greatest(ended_at, %(at)s)
    FROM told WHERE account_id = %(account)s AND id = %(delivery)s AND first IS NOT NULL
        AND taken_back_at IS NULL
    RETURNING id
)
SELECT new, same, first IS NOT NULL AND NOT EXISTS (SELECT FROM counted) FROM told
""")
"""Puts all slots into their days, or none. A slot that stands there already stays.

A gateway that goes on with a day of its own (origin 6, the high bits of a quality) keeps no row of
the delivery before, as in `days.merge`.

What is `part_of` a register is the interval before it, which the two registers make: it is put
there if the register is, and if nothing was found of those registers, and no device was changed.
"""


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


def lock(
    account_id: int, source_id: int, slots: Sequence[LoneSlot], *, at: datetime
) -> Stand | None:
    """Lock the series; None if one of them has no state yet."""
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
