"""Makes rules and readings, and tells which episodes there are."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tests import make
from vatio.alerts import making
from vatio.alerts.details import AlertDetails, AlertThing, RecipientDetails
from vatio.alerts.evaluating import evaluate
from vatio.alerts.models import AlertEpisode, AlertRule
from vatio.metering.models import DataPoint
from vatio.readings import following
from vatio.readings.models import Day
from vatio.readings.series import SeriesKey
from vatio.readings.slots import local_day, start
from vatio.tenants.models import Person

QUARTER = 900
MADE = datetime(2026, 5, 10, 22, tzinfo=UTC)
"""The first instant of 11 May in Madrid."""

BEGIN = int(MADE.timestamp())
LATER = datetime(2026, 5, 14, 22, tzinfo=UTC)


def point_of(key: SeriesKey) -> DataPoint:
    return DataPoint.objects.get(pk=key.data_point_id)


def rule(
    thing: AlertThing,
    kind: str = "above",
    *,
    recipients: Sequence[Person] = (),
    at: datetime = MADE,
    **about: Any,
) -> AlertRule:
    """Make an alert: above 10 kW unless something else is said."""
    about = {"threshold": 10_000.0, "name": f"Alerta {kind}", **about}
    return making.make_alert(
        thing,
        kind,
        AlertDetails(**about),
        recipients=[RecipientDetails(each) for each in recipients],
        by=make.commercial(),
        at=at,
    )


def follow(at: datetime = LATER) -> int:
    """Follow what changed, as the job does."""
    return following.follow(also=partial(evaluate, at=at))  # type: ignore[arg-type]


def stored(of: AlertRule) -> list[tuple[int, int | None, float | None, int]]:
    """List the episodes of a rule that stand: begin, end, worst, and when that was."""
    rows = AlertEpisode.objects.filter(rule=of, withdrawn=False).order_by("begins")
    return [
        (
            int(each.begins.timestamp()),
            None if each.ends is None else int(each.ends.timestamp()),
            each.worst,
            int(each.worst_at.timestamp()) if each.worst_at else 0,
        )
        for each in rows
    ]


def slots_of(key: SeriesKey) -> dict[int, float]:
    """Read the values that stand, by the instant at which each begins."""
    found = {}
    for day in Day.objects.filter(account_id=key.account_id, series_id=key.id):
        local = local_day(day.day, key.time_zone)
        for slot, value in enumerate(day.values):
            if value is not None:
                found[start(local, slot, key.minutes)] = value
    return found


def told_by_letters(
    values: Mapping[int, float], *, begin: int, level: float, need: int, step: int = QUARTER
) -> list[tuple[int, int | None, float, int]]:
    """Find the episodes above a level in a word that has a letter for each interval.

    A breach is `b`, calm `c`, what is between them `w`, a gap `g`.
    """
    if not values:
        return []
    count = max((max(values) - begin) // step + 1, 0)
    own = [values.get(begin + n * step) for n in range(count)]
    word = "".join(
        "g" if v is None else "b" if v > level else "c" if v <= level * 0.95 else "w" for v in own
    )
    found = []
    for match in re.finditer(rf"(?<!b)b{{{max(need, 1)},}}(?:(?!cc).)*", word):
        first, last = match.span()
        is_open = word[last : last + 2] != "cc"
        worst = max(v for n, v in enumerate(own[first:last]) if v is not None)
        at = next(n for n in range(first, last) if own[n] == worst)
        found.append(
            (
                begin + first * step,
                None if is_open else begin + last * step,
                worst,
                begin + at * step,
            )
        )
    return found
