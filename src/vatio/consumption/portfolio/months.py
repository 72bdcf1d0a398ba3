"""The days of many accounts, month by month, in one statement: what «Cartera» is computed from.

The day totals of series are kept by months (`readings.months`). Added up column by column, one
for each day of a month, they never leave their arrays: that is what makes it quick.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from vatio.consumption.account_freshness import FRESH, NEVER, Freshness
from vatio.readings import counting
from vatio.readings.months import between
from vatio.readings.slots import ONE_DAY
from vatio.readings.storing import binary_cursor, planned_each_time
from vatio.readings.stretches import ACTIVE_ENERGY

DAYS = range(1, 32)
IGNORED = 32_767
"""Minutes of a day on which a data point does not count: more than any day has."""

LONGEST_DAY = 2_000
"""What the one value of a series of days counts for, in minutes: more than any day has."""

COUNTING = f"""
principals AS MATERIALIZED ({counting.PRINCIPALS.format(which=counting.OF_ACCOUNTS)}),
lives AS (
    SELECT own.supply_point_id, min(series.first_reading_on) AS first_on
    FROM principals own
    JOIN metering_series series ON series.data_point_id = own.data_point_id
        AND series.kind <> 'register' AND series.first_reading_on IS NOT NULL
    GROUP BY own.supply_point_id
),
counting AS MATERIALIZED (
    SELECT own.account_id, own.data_point_id, own.days, own.retired_on,
        lives.first_on, lives.first_on <= %(compared)s AS is_compared
    FROM principals own
    JOIN lives ON lives.supply_point_id = own.supply_point_id
    WHERE own.days && daterange(%(since)s, %(until)s)
    UNION ALL
    SELECT point.account_id, point.id, daterange(NULL, NULL),
        CASE WHEN point.service = 'retired' THEN point.service_since::date END,
        own.first_on, own.first_on <= %(compared)s
    FROM metering_datapoint point
    CROSS JOIN LATERAL (
        SELECT min(first_reading_on) AS first_on FROM metering_series
        WHERE data_point_id = point.id AND kind <> 'register'
    ) AS own
    WHERE own.first_on IS NOT NULL AND point.account_id = ANY(%(accounts)s)
      AND point.quantity = %(quantity)s AND point.service IN ('accepted', 'retired')
      AND point.account_id NOT IN (SELECT account_id FROM principals)
),
gaps AS (
    SELECT own.account_id, lives.first_on <= %(compared)s AS is_compared, unnest(
        datemultirange(daterange(CASE WHEN lives.first_on <= %(compared)s THEN %(since)s
            ELSE least(greatest(lives.first_on, %(since)s), %(until)s) END, %(until)s))
        - range_agg(own.days)) AS days
    FROM principals own
    JOIN lives ON lives.supply_point_id = own.supply_point_id
    JOIN metering_supplypoint point ON point.id = own.supply_point_id
        AND point.service = 'accepted'
    WHERE NOT own.days @> daterange(%(since)s, %(until)s)
    GROUP BY own.account_id, own.supply_point_id, lives.first_on
),
answering AS (
    SELECT data_point_id, count(*) AS several, min(id) AS series_id, min(minutes) AS minutes,
        min(time_zone) AS time_zone
    FROM metering_series
    WHERE data_point_id IN (SELECT data_point_id FROM counting) AND kind <> 'register'
    GROUP BY data_point_id
),
asked AS (
    SELECT account_id, month, daterange(month, (month + interval '1 month')::date) AS days
    FROM unnest(%(of)s::bigint[], %(months)s::date[]) AS each (account_id, month)
),
wanted AS MATERIALIZED (
    SELECT counting.account_id, asked.month, counting.data_point_id, counting.days,
        counting.retired_on, counting.is_compared, own.several, own.series_id, own.minutes,
        own.time_zone, counting.first_on,
        CASE WHEN asked.days <@ counting.days AND own.several = 1
            AND counting.retired_on IS NULL
            AND (counting.is_compared OR NOT asked.days @> counting.first_on
                OR counting.first_on = asked.month) THEN 'plain' ELSE 'by days' END AS way
    FROM counting
    JOIN asked ON asked.account_id = counting.account_id AND asked.days && counting.days
    LEFT JOIN answering own ON own.data_point_id = counting.data_point_id
    UNION ALL
    SELECT gaps.account_id, asked.month, NULL, gaps.days, NULL, gaps.is_compared, NULL, NULL, NULL,
        NULL, NULL, 'by days'
    FROM gaps
    JOIN asked ON asked.account_id = gaps.account_id AND asked.days && gaps.days
    ORDER BY account_id, month, time_zone
)
"""  # noqa: S608
"""Which series count in which month; a supply point without a principal meter is a gap.

The way is plain for the only series of a data point that counts on all days of the month.
"""

FROM_MONTHS = f"""
SELECT wanted.account_id, wanted.month, wanted.time_zone, wanted.is_compared, own.totals,
    own.presents,
    CASE WHEN wanted.minutes = 1440 THEN {LONGEST_DAY} ELSE wanted.minutes END AS minutes
FROM wanted
LEFT JOIN readings_monthtotals own ON own.account_id = wanted.account_id
    AND own.series_id = wanted.series_id AND own.month = wanted.month
WHERE wanted.way = 'plain'
"""  # noqa: S608

FROM_DAYS = f"""
SELECT wanted.account_id, wanted.month, wanted.time_zone, wanted.is_compared, own.totals,
    own.presents, 1 AS minutes
FROM wanted
CROSS JOIN LATERAL (
    SELECT array_agg(best.total ORDER BY step) AS totals,
        array_agg(CASE WHEN NOT wanted.days @> wanted.month + step THEN {IGNORED}
            WHEN best.covered IS NOT NULL THEN best.covered
            WHEN wanted.retired_on <= wanted.month + step THEN {IGNORED}
            WHEN NOT wanted.is_compared AND wanted.first_on > wanted.month + step THEN {IGNORED}
            ELSE 0 END ORDER BY step) AS presents
    FROM generate_series(0, 30) AS step
    LEFT JOIN LATERAL (
        SELECT day.total, day.present * CASE WHEN series.minutes = 1440 THEN {LONGEST_DAY}
            ELSE series.minutes END AS covered
        FROM metering_series series
        JOIN readings_day day ON day.account_id = wanted.account_id
            AND day.series_id = series.id AND day.day = wanted.month + step AND day.present > 0
        WHERE series.data_point_id = wanted.data_point_id AND series.kind <> 'register'
          AND wanted.days @> wanted.month + step
        ORDER BY day.rank, series.minutes, series.id LIMIT 1
    ) AS best ON true
) AS own
WHERE wanted.way = 'by days'
"""  # noqa: S608
"""The best-ranked series of a data point with several, or the only one, day by day."""

ADDED = f"""
SELECT account_id, month, time_zone, is_compared,
    ARRAY[{", ".join(f"sum(totals[{day}])" for day in DAYS)}] AS totals,
    ARRAY[{", ".join(f"min(coalesce(presents[{day}], 0) * minutes)" for day in DAYS)}] AS covered
FROM ({{parts}}) AS parts
GROUP BY account_id, month, time_zone, is_compared
"""  # noqa: S608
"""What the days of series total, and how many minutes of each all of them have a value for."""

FIGURES = f"""
WITH {COUNTING},
added AS (
    {ADDED.format(parts=FROM_MONTHS)} UNION ALL {ADDED.format(parts=FROM_DAYS)}
)
SELECT account_id, time_zone, is_compared, month, totals, covered, NULL::timestamptz, 0, 0, 0
FROM added
UNION ALL
SELECT account_id, NULL, NULL, NULL, NULL, NULL, last_at, expected, late, NULL
FROM ({FRESH}) AS fresh
UNION ALL
SELECT account_id, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, number FROM ({{counted}}) AS counted
"""  # noqa: S608

NOTHING = "SELECT 0 AS account_id, 0 AS number WHERE false"
"""The SQL that counts nothing of accounts besides."""


@dataclass(slots=True)
class AddedMonth:
    """A month of some series of one time zone, added up; element k is day k + 1.

    `totals` are in base units, None where no series has a reading. `covered` are the minutes of
    the day for which every series that counts has a value: 0 where one has none. `is_compared`
    says whether they were read in the earliest of the stretches asked for already; of those that
    were not, nothing is missing in the month of their first reading before it.
    """

    time_zone: str | None
    is_compared: bool
    totals: list[float | None]
    covered: list[int]


@dataclass(slots=True)
class AccountDays:
    """The days of an account by their months, for each time zone of its series; its freshness."""

    months: dict[date, list[AddedMonth]] = field(default_factory=dict)
    freshness: Freshness = NEVER
    counted: int = 0


def of_accounts(
    spans: Mapping[int, Sequence[tuple[date, date]]], *, at: datetime, counted: str = NOTHING
) -> dict[int, AccountDays]:
    """Return the active energy of accounts, in the months of the days asked for; one statement.

    What never had a reading does not count.

    The months are copies that can be some seconds old. The caller has narrowed the keys to
    accounts that the reader may see.

    :param spans: by account, stretches of days, both ends included.
    :param counted: the SQL of what is counted besides, in the same statement, of `%(accounts)s`:
        rows of `account_id` and `number`. Whoever lists accounts knows what that is; it need not
        be known here.
    """
    found = {key: AccountDays() for key in spans}
    asked = [
        (key, month)
        for key, stretches in spans.items()
        for month in sorted({m for first, last in stretches for m in between(first, last)})
    ]
    if not asked:
        return found
    months = [month for _key, month in asked]
    parameters: dict[str, Any] = {
        "accounts": list(spans),
        "of": [key for key, _month in asked],
        "months": months,
        "since": min(months),
        "compared": max(min(last for _first, last in stretches) for stretches in spans.values()),
        "until": max(months) + 31 * ONE_DAY,
        "quantity": ACTIVE_ENERGY,
        "at": at,
    }
    with planned_each_time(), binary_cursor() as cursor:
        cursor.execute(FIGURES.format(counted=counted), parameters)
        for key, zone, is_compared, month, totals, covered, *fresh, number in cursor.fetchall():
            if month is None and number is not None:
                found[key].counted = number
            elif month is None:
                found[key].freshness = Freshness(*fresh)
            else:
                added = AddedMonth(zone, is_compared, totals, covered)
                found[key].months.setdefault(month, []).append(added)
    return found
