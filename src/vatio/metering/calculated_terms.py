"""Questions about calculated series: what one adds up on which days, and how finely."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, Prefetch, QuerySet

from vatio.metering.models import (
    CalculatedSeries,
    CalculatedTerm,
    CalculatedVersion,
    DataPoint,
    Series,
)

BETWEEN = """
SELECT greatest(since, %(since)s), least(until, %(until)s), terms FROM (
    SELECT coalesce(version.since, '-infinity'::date) AS since,
           lead(version.since, 1, 'infinity'::date)
               OVER (ORDER BY version.since NULLS FIRST) AS until,
           (SELECT json_agg(json_build_array(data_point_id, sign, factor::text) ORDER BY place)
            FROM metering_calculatedterm term
            WHERE term.account_id = version.account_id AND term.version_id = version.id) AS terms
    FROM metering_calculatedversion version
    WHERE version.account_id = %(account)s AND version.series_id = %(series)s
) AS valid
WHERE since < %(until)s AND until > %(since)s ORDER BY 1
"""


@dataclass(frozen=True)
class Addend:
    """A data point that is added (`sign` 1) or taken away (−1), times a factor above zero."""

    data_point_id: int
    sign: int
    factor: Decimal


@dataclass(frozen=True)
class Composition:
    """What a calculated series adds up from a day up to, and not including, another."""

    since: date
    until: date
    terms: tuple[Addend, ...]


def terms_between(series: CalculatedSeries, since: date, until: date) -> list[Composition]:
    """Return what a calculated series adds up on the days `[since, until)`: one statement.

    The compositions follow one another, cut to those days; days before the first version are in
    none of them. A gap in one term is a gap of the sum.
    """
    asked: dict[str, Any] = {
        "account": series.account_id,
        "series": series.pk,
        "since": since,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(BETWEEN, asked)
        return [Composition(first, end, _addends(terms)) for first, end, terms in cursor.fetchall()]


def _addends(terms: Any) -> tuple[Addend, ...]:
    read = json.loads(terms) if isinstance(terms, str) else terms
    return tuple(Addend(point, sign, Decimal(factor)) for point, sign, factor in read)


@dataclass(frozen=True)
class ShownVersion:
    """A version as pages show it: its days `[since, until)`, open where None, and its terms."""

    version: CalculatedVersion
    until: date | None
    terms: Sequence[CalculatedTerm]

    @property
    def since(self) -> date | None:
        """The day from which on it is valid; None from the beginning."""
        return self.version.since

    @property
    def last_day(self) -> date | None:
        """The last of its days, for people; None if it has no end."""
        return self.until - timedelta(days=1) if self.until else None

    @property
    def minutes(self) -> int | None:
        """The resolution in minutes; None if a term has no series."""
        return resolution_of(term.data_point for term in self.terms)

    def is_valid_on(self, day: date) -> bool:
        """Return whether the day is one of its days."""
        begun = self.since is None or self.since <= day
        return begun and (self.until is None or day < self.until)


def with_versions(series: QuerySet[CalculatedSeries]) -> QuerySet[CalculatedSeries]:
    """Add the versions, terms, data points, meters and resolutions: a statement for each."""
    points = DataPoint.objects.select_related("meter").prefetch_related(
        Prefetch("series", Series.objects.order_by("minutes", "id"))
    )
    terms = CalculatedTerm.objects.order_by("place").prefetch_related(
        Prefetch("data_point", points)
    )
    versions = CalculatedVersion.objects.order_by(F("since").asc(nulls_first=True))
    return series.prefetch_related(
        Prefetch("versions", versions.prefetch_related(Prefetch("terms", terms)))
    )


def shown_versions(series: CalculatedSeries) -> list[ShownVersion]:
    """Return the versions of a series that `with_versions` read, the first one first."""
    versions = list(series.versions.all())
    return [
        ShownVersion(version, later.since if later else None, list(version.terms.all()))
        for version, later in zip(versions, [*versions[1:], None], strict=True)
    ]


def resolution_of(points: Iterable[DataPoint]) -> int | None:
    """Return the coarsest of the finest resolutions of data points, in minutes.

    A data point answers for its finest series and what can be summed from it, never for less.
    """
    finest = [[each.minutes for each in point.series.all()] for point in points]
    return max(map(min, finest)) if finest and all(finest) else None
