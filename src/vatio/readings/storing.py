"""Reads and writes days of values, many in one statement.

Rows are fetched in PostgreSQL's binary format: a float8[] then needs no parsing. Arrays go to
the server as text, which is the quickest that psycopg writes a list of numbers.
"""

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection
from psycopg.pq import Format

from vatio.readings.days import Replaced, StoredDay, Value, counted_values
from vatio.readings.ranks import Origin, origin_of, rank
from vatio.readings.series import SeriesKey
from vatio.readings.slots import local_day

DayKey = tuple[int, date]
"""A series and a local day of it."""

COLUMNS = """
day.series_id, day.day, day."values", day.quality, day.qualities,
extract(epoch FROM day.first_at)::float8, day.delivery_id, day.filled, day.version
"""

READ = f"""
SELECT {COLUMNS}
FROM unnest(%(series)s::bigint[], %(days)s::date[]) AS asked (series_id, day)
JOIN readings_day day ON day.account_id = %(account)s
    AND day.series_id = asked.series_id AND day.day = asked.day
"""  # noqa: S608

READ_RANGE = f"""
SELECT {COLUMNS} FROM readings_day day
WHERE day.account_id = %(account)s AND day.series_id = ANY(%(series)s)
  AND day.day >= %(since)s AND day.day < %(until)s
ORDER BY day.series_id, day.day
"""  # noqa: S608

WRITE = """
INSERT INTO readings_day AS own (account_id, series_id, day, present, quality, rank, delivery_id,
    first_at, total, least, most, version, "values", qualities, filled)
SELECT %(account)s, series_id, day, present, quality, rank, delivery_id, to_timestamp(first_at),
    total, least, most, version, "values"::float8[], qualities, filled::smallint[]
FROM unnest(%(series_id)s::bigint[], %(day)s::date[], %(present)s::smallint[],
    %(quality)s::smallint[], %(rank)s::smallint[], %(delivery_id)s::bigint[],
    %(first_at)s::float8[], %(total)s::float8[], %(least)s::float8[], %(most)s::float8[],
    %(version)s::bigint[], %(values)s::text[], %(qualities)s::bytea[], %(filled)s::text[])
    AS new (series_id, day, present, quality, rank, delivery_id, first_at, total, least, most,
        version, "values", qualities, filled)
ON CONFLICT (account_id, series_id, day) DO UPDATE SET
    present = excluded.present, quality = excluded.quality, rank = excluded.rank,
    delivery_id = excluded.delivery_id, total = excluded.total, least = excluded.least,
    most = excluded.most, version = excluded.version, "values" = excluded."values",
    qualities = excluded.qualities, filled = excluded.filled
"""

REVISE = """
INSERT INTO readings_revision (account_id, series_id, day, replaced_at, delivery_id,
    delivery_before, filled_before, version_before, slots, "values", qualities)
SELECT %(account)s, series_id, day, to_timestamp(replaced_at), delivery_id, delivery_before,
    filled_before::smallint[], version_before, slots::smallint[], "values"::float8[],
    qualities::smallint[]
FROM unnest(%(series_id)s::bigint[], %(day)s::date[], %(replaced_at)s::float8[],
    %(delivery_id)s::bigint[], %(delivery_before)s::bigint[], %(filled_before)s::text[],
    %(version_before)s::bigint[], %(slots)s::text[], %(values)s::text[], %(qualities)s::text[])
    AS new (series_id, day, replaced_at, delivery_id, delivery_before, filled_before,
        version_before, slots, "values", qualities)
"""

GIVEN = """
SELECT revision.series_id, revision.day, revision.slots, revision."values", revision.qualities
FROM unnest(%(series)s::bigint[], %(days)s::date[]) AS asked (series_id, day)
JOIN readings_revision revision ON revision.account_id = %(account)s
    AND revision.series_id = asked.series_id AND revision.day = asked.day
    AND revision.delivery_id <> 0
"""
"""What a delivery gave that was taken back may be given again."""


@contextmanager
def binary_cursor() -> Iterator[Any]:
    """Yield a cursor whose rows come in PostgreSQL's binary format."""
    with connection.cursor() as cursor:
        cursor.cursor.format = Format.BINARY
        yield cursor


@contextmanager
def planned_each_time() -> Iterator[None]:
    """Have statements planned for what they are asked for, however often they are sent.

    A plan for any arrays at all takes them for short ones, and long ones then take seconds.
    """
    connection.ensure_connection()
    own = connection.connection
    kept, own.prepare_threshold = own.prepare_threshold, None
    try:
        yield
    finally:
        own.prepare_threshold = kept


def read_days(
    account_id: int, keys: Collection[DayKey], series: Mapping[int, SeriesKey]
) -> dict[DayKey, StoredDay]:
    """Return the days that are there of those asked for; one statement."""
    with binary_cursor() as cursor:
        cursor.execute(READ, {"account": account_id, **_asked(keys)})
        return _days(cursor.fetchall(), series)


def read_range(
    account_id: int, series: Mapping[int, SeriesKey], since: date, until: date
) -> dict[DayKey, StoredDay]:
    """Return the days of series from `since` up to, not including, `until`; one statement."""
    asked = {"account": account_id, "series": list(series), "since": since, "until": until}
    with binary_cursor() as cursor:
        cursor.execute(READ_RANGE, asked)
        return _days(cursor.fetchall(), series)


def _asked(keys: Collection[DayKey]) -> dict[str, list[Any]]:
    return {"series": [key[0] for key in keys], "days": [key[1] for key in keys]}


def _days(
    rows: Iterable[tuple[Any, ...]], series: Mapping[int, SeriesKey]
) -> dict[DayKey, StoredDay]:
    return {(row[0], row[1]): stored(row, series[row[0]]) for row in rows}


def stored(row: tuple[Any, ...], key: SeriesKey) -> StoredDay:
    """Return the day of a row of `COLUMNS`."""
    _series, day, values, quality, qualities, first_at, delivery, filled, version = row
    return StoredDay(
        local_day(day, key.time_zone),
        key.minutes,
        values,
        quality,
        None if qualities is None else unpacked(qualities),
        first_at,
        delivery,
        filled,
        version or 0,
    )


def unpacked(qualities: bytes) -> Sequence[int]:
    """Return the quality of each slot of stored `qualities`."""
    made = array("h")
    made.frombytes(bytes(qualities))
    return made


def write_days(account_id: int, days: Mapping[DayKey, StoredDay]) -> None:
    """Write days, new ones and those that were there; one statement."""
    columns: dict[str, list[Any]] = defaultdict(list)
    for (series_id, on), day in days.items():
        counted = counted_values(day)
        for name, value in (
            ("series_id", series_id),
            ("day", on),
            ("present", len(counted)),
            ("quality", day.quality),
            ("rank", rank(day.quality)),
            ("delivery_id", day.delivery),
            ("first_at", day.first_at),
            ("total", sum(counted)),
            ("least", min(counted, default=None)),
            ("most", max(counted, default=None)),
            ("version", day.version or None),
            ("values", floats(day.values)),
            ("qualities", None if day.qualities is None else array("h", day.qualities).tobytes()),
            ("filled", whole(day.filled)),
        ):
            columns[name].append(value)
    _write(WRITE, account_id, columns)


@dataclass(frozen=True)
class DayChange:
    """A change of a day that is to be kept: what it replaced, in which day, when, by whom."""

    key: DayKey
    replaced: Replaced
    before: StoredDay
    delivery: int
    at: float


def write_revisions(account_id: int, changes: Iterable[DayChange]) -> None:
    """Keep what changes of days replaced; one statement."""
    columns: dict[str, list[Any]] = defaultdict(list)
    for change in changes:
        replaced, before = change.replaced, change.before
        for name, value in (
            ("series_id", change.key[0]),
            ("day", change.key[1]),
            ("replaced_at", change.at),
            ("delivery_id", change.delivery),
            ("delivery_before", before.delivery),
            ("filled_before", whole(before.filled)),
            ("version_before", before.version or None),
            ("slots", whole(replaced.slots)),
            ("values", floats(replaced.values)),
            ("qualities", whole(replaced.qualities)),
        ):
            columns[name].append(value)
    if columns:
        _write(REVISE, account_id, columns)


def read_given(
    account_id: int, keys: Collection[DayKey]
) -> dict[DayKey, dict[int, set[tuple[float, Origin]]]]:
    """Return, by day and slot, the values that were replaced since, and who gave them."""
    given: dict[DayKey, dict[int, set[tuple[float, Origin]]]] = defaultdict(
        lambda: defaultdict(set)
    )
    with binary_cursor() as cursor:
        cursor.execute(GIVEN, {"account": account_id, **_asked(keys)})
        for series_id, day, slots, values, qualities in cursor.fetchall():
            for slot, value, quality in zip(slots, values, qualities, strict=True):
                if value is not None:
                    given[series_id, day][slot].add((value, origin_of(quality)))
    return given


FLOATS = {"first_at", "total", "least", "most", "replaced_at"}


def _write(statement: str, account_id: int, columns: Mapping[str, list[Any]]) -> None:
    asked: dict[str, Any] = {"account": account_id, **columns}
    asked |= {name: floats(columns[name]) for name in FLOATS & columns.keys()}
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)


def floats(values: Sequence[Value]) -> str:
    """Return the text of a float8[]: the shortest digits that read back as the same numbers."""
    return "{" + ",".join(map(repr, values)).replace("None", "NULL") + "}"


def whole(values: Sequence[int] | None) -> str | None:
    """Return the text of an array of whole numbers; None for none."""
    return None if values is None else "{" + ",".join(map(str, values)) + "}"


def tight(statement: str) -> str:
    """Return a statement without what only its readers need: psycopg keeps short ones parsed.

    That is up to 4,096 letters. No literal of the statement has a comma, or a blank in it.
    """
    return " ".join(statement.split()).replace(", ", ",").replace("( ", "(").replace(" )", ")")


def moment(at: float) -> datetime:
    """Return an instant of seconds since 1970 as a moment in UTC."""
    return datetime.fromtimestamp(at, UTC)
