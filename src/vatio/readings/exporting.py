"""Writes all readings of an account as CSV: for each series its readings, and what they were.

A line begins with its instant, the start of the interval or when a register was read, in ISO 8601
with the offset of the series' time zone. Values are in the unit that pages show, with a point,
and are never rounded. Gaps have no line.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _
from psycopg.pq import Format

from vatio.readings import series as all_series
from vatio.readings.days import StoredDay, Value
from vatio.readings.labels import quality_words
from vatio.readings.series import SeriesKey
from vatio.readings.slots import LocalDay, local_day, start
from vatio.readings.storing import COLUMNS, stored

FOLDER = "readings"
"""The folder of the files in an export."""

AT_A_TIME = 100
"""How many days are fetched from the server-side cursor at once."""

EVERY = """
SELECT id FROM metering_series WHERE account_id = %(account)s ORDER BY id
"""

DAYS = f"""
SELECT {COLUMNS} FROM readings_day day
WHERE day.account_id = %(account)s AND day.series_id = %(series)s ORDER BY day.day
"""  # noqa: S608

REVISIONS = """
SELECT day, extract(epoch FROM replaced_at)::float8, delivery_id, slots, "values", qualities
FROM readings_revision WHERE account_id = %(account)s AND series_id = %(series)s
ORDER BY day, id
"""

REGISTERS = """
SELECT extract(epoch FROM at)::float8, value, quality, extract(epoch FROM arrived_at)::float8,
    delivery_id
FROM readings_registerreading WHERE account_id = %(account)s AND series_id = %(series)s
ORDER BY at, id
"""


@dataclass(frozen=True)
class ReadingsFile:
    """A file of an export: its name, and its content part by part, with the lines in each."""

    name: str
    parts: Iterator[tuple[bytes, int]]


def files(account_id: int) -> Iterator[ReadingsFile]:
    """Yield the files of an account's readings; each is to be read before the next.

    `readings/12.csv` has the readings of series 12, also where there are none;
    `readings/12-corrections.csv` what was replaced, and `readings/12-registers.csv` the registers
    at instants that begin no slot, where there are any.
    """
    with connection.cursor() as cursor:
        cursor.execute(EVERY, {"account": account_id})
        ids = [key for (key,) in cursor.fetchall()]
    for key, series in sorted(all_series.find(account_id, ids).items()):
        yield ReadingsFile(f"{FOLDER}/{key}.csv", _headed(_readings_heading(series), _days(series)))
        for name, heading, parts in (
            ("corrections", _corrections_heading(series), _corrections(series)),
            ("registers", _registers_heading(series), _registers(series)),
        ):
            first = next(parts, None)
            if first is not None:
                yield ReadingsFile(
                    f"{FOLDER}/{key}-{name}.csv", _headed(heading, _again(first, parts))
                )


def _again(
    first: tuple[bytes, int], parts: Iterator[tuple[bytes, int]]
) -> Iterator[tuple[bytes, int]]:
    yield first
    yield from parts


def _headed(heading: list[str], parts: Iterator[tuple[bytes, int]]) -> Iterator[tuple[bytes, int]]:
    yield _lines([heading]), 0
    yield from parts


def _lines(rows: Iterable[Iterable[object]]) -> bytes:
    made = io.StringIO()
    csv.writer(made).writerows(rows)
    return made.getvalue().encode()


def _value_heading(series: SeriesKey) -> str:
    quantity = series.measures
    return f"{quantity.label} ({quantity.shown})" if quantity.shown else str(quantity.label)


def _readings_heading(series: SeriesKey) -> list[str]:
    return [_("Instant"), _value_heading(series), _("Quality")]


def _corrections_heading(series: SeriesKey) -> list[str]:
    replaced = [_("Replaced"), _("Replaced by delivery")]
    return [_("Instant"), _value_heading(series), _("Quality"), *replaced]


def _registers_heading(series: SeriesKey) -> list[str]:
    return [*_readings_heading(series), _("Arrived"), _("Delivery")]


def _rows(statement: str, series: SeriesKey) -> Iterator[tuple[Any, ...]]:
    """Yield rows in PostgreSQL's binary format, from a server-side cursor."""
    with connection.chunked_cursor() as cursor:
        cursor.cursor.format = Format.BINARY
        cursor.execute(statement, {"account": series.account_id, "series": series.id})
        while rows := cursor.fetchmany(AT_A_TIME):
            yield from rows


def _days(series: SeriesKey) -> Iterator[tuple[bytes, int]]:
    """Yield the readings of a series, day by day."""
    factor = series.measures.factor
    for row in _rows(DAYS, series):
        day = stored(row, series)
        instants = _instants(day.local, series)
        yield _day(day, instants, factor)


def _day(day: StoredDay, instants: list[str], factor: float) -> tuple[bytes, int]:
    """Return the lines of a day, and their number; written by hand, for there are very many."""
    if day.qualities is None:
        said = quality_words(day.quality)
        lines = [
            f"{instant},{value / factor},{said}\r\n"
            for instant, value in zip(instants, day.values, strict=True)
            if value is not None
        ]
    else:
        lines = [
            f"{instant},{value / factor},{quality_words(quality)}\r\n"
            for instant, value, quality in zip(instants, day.values, day.qualities, strict=True)
            if value is not None
        ]
    return "".join(lines).encode(), len(lines)


def _instants(local: LocalDay, series: SeriesKey) -> list[str]:
    """Return when each slot of a day begins, in ISO 8601."""
    clock = ZoneInfo(series.time_zone)
    first = datetime.fromtimestamp(local.begins, clock)
    last = datetime.fromtimestamp(local.ends - 1, clock)
    count = local.count(series.minutes)
    if first.utcoffset() == last.utcoffset():
        seconds = first.hour * 3600 + first.minute * 60
        offset = first.isoformat()[19:]
        return [f"{local.day}{each}" for each in _clock(seconds, offset, count, series.minutes)]
    return [_iso(start(local, slot, series.minutes), clock) for slot in range(count)]


@lru_cache(maxsize=1024)
def _clock(seconds: int, offset: str, count: int, minutes: int) -> list[str]:
    """Return the times of day, with their offset, at which slots begin."""
    each = [divmod(seconds // 60 + slot * minutes, 60) for slot in range(count)]
    return [f"T{hours:02}:{rest:02}:00{offset}" for hours, rest in each]


def _iso(instant: float, clock: ZoneInfo) -> str:
    return datetime.fromtimestamp(instant, UTC).astimezone(clock).isoformat()


def _shown(value: Value, series: SeriesKey) -> float | str:
    return "" if value is None else value / series.measures.factor


def _corrections(series: SeriesKey) -> Iterator[tuple[bytes, int]]:
    """Yield what was replaced of a series, change by change; a gap has no value and no quality."""
    clock = ZoneInfo(series.time_zone)
    for on, at, delivery, slots, values, qualities in _rows(REVISIONS, series):
        instants = _instants(_local(on, series), series)
        lines = [
            (
                instants[slot],
                _shown(value, series),
                "" if value is None else quality_words(quality),
                _iso(at, clock),
                delivery,
            )
            for slot, value, quality in zip(slots, values, qualities, strict=True)
        ]
        if lines:
            yield _lines(lines), len(lines)


def _local(day: date, series: SeriesKey) -> LocalDay:
    return local_day(day, series.time_zone)


def _registers(series: SeriesKey) -> Iterator[tuple[bytes, int]]:
    """Yield the registers of a series at instants that begin no slot."""
    clock = ZoneInfo(series.time_zone)
    for at, value, quality, arrived, delivery in _rows(REGISTERS, series):
        line = (_iso(at, clock), _shown(value, series), quality_words(quality))
        yield _lines([(*line, _iso(arrived, clock), delivery)]), 1
