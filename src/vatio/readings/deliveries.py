"""Writes down who brought readings: a row for each file, and one an hour for each source."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import connection

from vatio.readings.days import ReadingCounts
from vatio.readings.models import Delivery
from vatio.readings.ranks import Origin
from vatio.readings.storing import DayKey

OF_FILE = """
INSERT INTO readings_delivery (account_id, source_id, origin, begun_at, ended_at, made_by_id,
    file_name, sha256, new, same, corrected, outranked, held, refused, refusals, series_ids, kept)
VALUES (%(account)s, %(source)s, %(origin)s, %(at)s, %(at)s, %(by)s, %(name)s, %(sha256)s,
    0, 0, 0, 0, 0, 0, '{}', '{}', '[]')
RETURNING id
"""

OF_HOUR = """
SELECT max(id) FILTER (WHERE hour = date_trunc('hour', %(at)s::timestamptz, 'UTC')
        AND taken_back_at IS NULL) AS id,
    coalesce(sum(new + same + corrected + outranked + held + refused), 0)::bigint AS today
FROM readings_delivery
WHERE account_id = %(account)s AND source_id = %(source)s
  AND hour >= date_trunc('day', %(at)s::timestamptz, 'UTC')
"""
"""The delivery of a source's hour that goes on, and how much the source sent since midnight."""

ADD_HOUR = """
INSERT INTO readings_delivery AS own (account_id, source_id, origin, hour, begun_at, ended_at,
    file_name, sha256, new, same, corrected, outranked, held, refused, refusals, series_ids, kept)
VALUES (%(account)s, %(source)s, %(origin)s, date_trunc('hour', %(at)s::timestamptz, 'UTC'),
    %(at)s, %(at)s, '', '', 0, 0, 0, 0, 0, 0, '{}', '{}', '[]')
ON CONFLICT (account_id, source_id, hour)
    WHERE hour IS NOT NULL AND taken_back_at IS NULL DO NOTHING
"""

COUNT = """
UPDATE readings_delivery SET new = new + %(new)s, same = same + %(same)s,
    corrected = corrected + %(corrected)s, outranked = outranked + %(outranked)s,
    held = held + %(held)s, refused = refused + %(refused)s,
    refusals = CASE WHEN %(refused)s = 0 THEN refusals ELSE (
        SELECT jsonb_build_object(
            'codes', coalesce((SELECT jsonb_object_agg(code, number) FROM (
                SELECT key AS code, sum(value::bigint) AS number
                FROM (SELECT * FROM jsonb_each_text(coalesce(refusals -> 'codes', '{}'))
                      UNION ALL SELECT * FROM jsonb_each_text(%(codes)s::jsonb)) AS both_
                GROUP BY key) AS summed), '{}'),
            'rows', CASE WHEN jsonb_array_length(coalesce(refusals -> 'rows', '[]')) < %(most)s
                THEN coalesce(refusals -> 'rows', '[]') || %(rows)s::jsonb
                ELSE refusals -> 'rows' END)) END,
    series_ids = CASE WHEN hour IS NULL THEN ARRAY(
        SELECT DISTINCT each FROM unnest(series_ids || %(series)s::bigint[]) AS each ORDER BY each)
        ELSE series_ids END,
    first_day = least(first_day, %(first)s::date), last_day = greatest(last_day, %(last)s::date),
    ended_at = greatest(ended_at, %(at)s)
WHERE account_id = %(account)s AND id = %(delivery)s AND taken_back_at IS NULL
"""


class GoneBack(Exception):
    """The delivery was taken back before its readings were stored: begin another."""


@dataclass(frozen=True)
class RefusedReading:
    """An item that was refused: the line of a file or the place in a batch, a code, and why."""

    place: int
    code: str
    why: str
    quantity: int | None = None


def open_file(
    account_id: int,
    *,
    origin: Origin,
    name: str,
    sha256: str,
    source_id: int | None = None,
    by_id: int | None = None,
    at: datetime,
) -> int:
    """Write down that a file brings readings, and return the delivery's key."""
    asked: dict[str, Any] = {"account": account_id, "origin": int(origin), "at": at}
    asked |= {"name": name[:200], "sha256": sha256, "source": source_id, "by": by_id}
    with connection.cursor() as cursor:
        cursor.execute(OF_FILE, asked)
        return int(cursor.fetchone()[0])


def of_hour(account_id: int, source_id: int, *, origin: Origin, at: datetime) -> tuple[int, int]:
    """Return the key of a source's delivery of this hour, which is written if there is none.

    With it comes how many readings the source has sent since midnight, UTC. Requests of one
    source do not wait for each other here: the row is locked when they are counted, at the end.
    """
    asked: dict[str, Any] = {"account": account_id, "source": source_id, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(OF_HOUR, asked)
        key, today = cursor.fetchone()
        if key is None:
            cursor.execute(ADD_HOUR, {**asked, "origin": int(origin)})
            cursor.execute(OF_HOUR, asked)
            key, today = cursor.fetchone()
    return key, today


def count(
    account_id: int,
    delivery: int,
    counts: ReadingCounts,
    *,
    refusals: Iterable[RefusedReading] = (),
    touched: Iterable[DayKey] = (),
    at: datetime,
) -> None:
    """Add to what a delivery brought: what became of it, and why some of it was refused.

    :raises GoneBack: if it was taken back meanwhile; nothing may be stored for it then.
    """
    refused, keys = list(refusals), list(touched)
    days: list[date] = [day for _series, day in keys]
    rows = [[each.place, each.code, each.why] for each in refused[: Delivery.LISTED]]
    asked: dict[str, Any] = {
        "account": account_id,
        "delivery": delivery,
        **vars(counts),
        "refused": len(refused),
        "codes": msgspec.json.encode(Counter(each.code for each in refused)).decode(),
        "rows": msgspec.json.encode(rows).decode(),
        "most": Delivery.LISTED,
        "series": sorted({series for series, _day in keys}),
        "first": min(days, default=None),
        "last": max(days, default=None),
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, asked)
        if not cursor.rowcount:
            raise GoneBack
