"""Which data points count, and on which days: of a supply point, a site, a whole account.

On each day the principal meter of a supply point counts for it. A site, as an account, adds up
its supply points; where it has none, the meters that stand there count, each for itself.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from vatio.metering.models import DataPoint, Service, Site, SupplyPoint
from vatio.readings import counting

ACTIVE_ENERGY = 402


@dataclass(frozen=True)
class Stretch:
    """The days from `since` up to, not including, `until` on which a data point is what counts.

    Its tariff is that of `supply_point_id`, where that is known.
    """

    data_point_id: int
    since: date
    until: date
    supply_point_id: int | None = None


PRINCIPALS = f"""
SELECT data_point_id, greatest(since, %(since)s), least(until, %(until)s), supply_point_id
FROM ({counting.PRINCIPALS.format(which=counting.OF_SUPPLY_POINTS)}) AS principal
WHERE (since IS NULL OR since < %(until)s) AND (until IS NULL OR until > %(since)s)
ORDER BY supply_point_id, id
"""  # noqa: S608

UNCOVERED = f"""
WITH principals AS (
    {counting.PRINCIPALS.format(which=counting.OF_ACCOUNTS)}
), lives AS (
    SELECT own.supply_point_id, min(series.first_reading_on) AS first_on,
        min(series.time_zone) AS time_zone
    FROM principals own
    JOIN metering_series series ON series.data_point_id = own.data_point_id
        AND series.kind <> 'register'
    GROUP BY own.supply_point_id
)
SELECT supply_point_id, lower(days), upper(days), time_zone FROM (
    SELECT own.supply_point_id, lives.time_zone, unnest(
        datemultirange(daterange(greatest(lives.first_on, %(since)s::date), %(until)s::date))
        - range_agg(own.days)) AS days
    FROM principals own
    JOIN lives ON lives.supply_point_id = own.supply_point_id AND lives.first_on < %(until)s
    JOIN metering_supplypoint point ON point.id = own.supply_point_id
        AND point.service = 'accepted'
    WHERE (%(supply_point)s::bigint IS NULL OR point.id = %(supply_point)s)
      AND (%(places)s::bigint[] IS NULL OR point.site_id = ANY(%(places)s))
    GROUP BY own.supply_point_id, lives.first_on, lives.time_zone
) AS gaps
ORDER BY 1, 2
"""  # noqa: S608


@dataclass(frozen=True)
class Uncovered:
    """The days from `since` up to, not including, `until` on which no meter counts for a supply.

    `time_zone` is that of the days of its meters.
    """

    supply_point_id: int
    since: date
    until: date
    time_zone: str


def uncovered(
    account_id: int,
    since: date,
    until: date,
    *,
    supply_point: int | None = None,
    places: Collection[int] | None = None,
    quantity: int = ACTIVE_ENERGY,
) -> list[Uncovered]:
    """Return on which days the principal meter of supply points is missing; one statement.

    They are supply points in service, from the first reading of a principal meter of theirs on.

    :param supply_point: the key of the only one that is asked for.
    :param places: the keys of the sites they stand on; None for all of the account.
    """
    asked: dict[str, Any] = {"accounts": [account_id], "quantity": quantity}
    asked |= {"since": since, "until": until, "supply_point": supply_point}
    asked["places"] = None if places is None else list(places)
    with connection.cursor() as cursor:
        cursor.execute(UNCOVERED, asked)
        return [Uncovered(*row) for row in cursor.fetchall()]


def of_supply_point(
    point: SupplyPoint, since: date, until: date, *, quantity: int = ACTIVE_ENERGY
) -> list[Stretch]:
    """Return what counts for a supply point: on each day the data point of its principal meter."""
    return of_supply_points(point.account_id, [point.pk], since, until, quantity=quantity)


def of_supply_points(
    account_id: int,
    points: Collection[int],
    since: date,
    until: date,
    *,
    quantity: int = ACTIVE_ENERGY,
) -> list[Stretch]:
    """Return what counts for supply points of an account, by their keys; one statement."""
    asked: dict[str, Any] = {"account": account_id, "supply_points": list(points)}
    asked |= {"since": since, "until": until, "quantity": quantity}
    with connection.cursor() as cursor:
        cursor.execute(PRINCIPALS, asked)
        return [Stretch(*row) for row in cursor.fetchall()]


def of_data_point(point: DataPoint, since: date, until: date) -> list[Stretch]:
    """Return what counts for a data point: itself, with the tariff of what its meter measures."""
    measured = point.meter.measurements.order_by("id").last()
    return [Stretch(point.pk, since, until, measured.supply_point_id if measured else None)]


def of_site(
    site: Site, since: date, until: date, *, quantity: int = ACTIVE_ENERGY
) -> list[Stretch]:
    """Return what counts for a site: what counts for its supply points and those of its parts."""
    return of_places(site.account_id, below(site), since, until, quantity=quantity)


def of_places(
    account_id: int,
    places: Collection[int] | None,
    since: date,
    until: date,
    *,
    quantity: int = ACTIVE_ENERGY,
) -> list[Stretch]:
    """Return what counts in some sites, by their keys, or in a whole account; 3 statements at most.

    :param places: None for all of the account, what stands in no site included.
    """
    supplied = SupplyPoint.objects.filter(account_id=account_id)
    points = DataPoint.objects.filter(
        account_id=account_id,
        quantity=quantity,
        service__in=[Service.ACCEPTED, Service.RETIRED],
    )
    if places is not None:
        supplied = supplied.filter(site_id__in=places)
        points = points.filter(meter__site_id__in=places)
    keys = list(supplied.order_by("id").values_list("pk", flat=True))
    found = of_supply_points(account_id, keys, since, until, quantity=quantity) if keys else []
    if found:
        return found
    return [
        Stretch(key, since, until) for key in points.order_by("id").values_list("pk", flat=True)
    ]


def below(site: Site) -> Collection[int]:
    """Return the keys of a site and of all its parts."""
    parts: dict[int | None, list[int]] = defaultdict(list)
    rows = Site.objects.filter(account_id=site.account_id).values_list("pk", "parent_id")
    for key, parent in rows:
        parts[parent].append(key)
    found, left = [], [site.pk]
    while left:
        key = left.pop()
        found.append(key)
        left += parts[key]
    return found
