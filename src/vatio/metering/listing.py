"""The lists of what is installed: narrowed by text, by site with its parts, and by service."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from vatio.accounts.models import Account
from vatio.keys import parse_uuid
from vatio.metering.calculated_terms import with_versions
from vatio.metering.models import (
    CalculatedSeries,
    DataPoint,
    Measurement,
    Series,
    Service,
    Site,
    SourceDevice,
    SourceToken,
)
from vatio.metering.searching import matching
from vatio.metering.tree import Tree
from vatio.tenants.folding import tidy

SITE_COLUMNS = {
    "supply_points": "site",
    "meters": "site",
    "data_points": "meter__site",
    "rtc_lines": "supply_point__site",
}
"""Of each kind of thing with a service, the column that leads to its site."""

ORDERS = {"sources": ("name_folded", "id")}
BY_NAME = ("name_sorted", "id")
NOWHERE = "none"
"""As a site in an address: what stands in no site."""


@dataclass(frozen=True)
class InstallationFilters:
    """The filters of a list, parsed from its parameters; invalid ones are ignored."""

    text: str
    site: Site | None
    nowhere: bool
    service: str

    @property
    def narrows(self) -> bool:
        """Whether any filter is set."""
        return bool(self.text or self.site or self.nowhere or self.service)


def read(parameters: Mapping[str, str], tree: Tree) -> InstallationFilters:
    """Parse the filters of a list; a site is one of the tree."""
    uid = parse_uuid(parameters.get("site"))
    service = parameters.get("service", "")
    return InstallationFilters(
        text=tidy(parameters.get("q", "")),
        site=next((each.site for each in tree if each.site.uid == uid), None) if uid else None,
        nowhere=parameters.get("site") == NOWHERE,
        service=service if service in Service.values else "",
    )


def narrowed(
    account: Account, kind: str, asked: InstallationFilters, tree: Tree, *, today: date
) -> QuerySet[Any]:
    """Return the things of a kind that the list is asked for, with what its rows show."""
    found = matching(_things(account, kind, today=today), kind, asked.text)
    column = SITE_COLUMNS.get(kind)
    if column is None:
        return found
    if asked.site is not None:
        found = found.filter(**{f"{column}__in": tree.within(asked.site)})
    elif asked.nowhere:
        found = found.filter(**{f"{column}__isnull": True})
    return found.filter(service=asked.service) if asked.service else found


def order_of(kind: str) -> tuple[str, ...]:
    """Return the columns that a list is sorted by."""
    return ORDERS.get(kind, BY_NAME)


def _things(account: Account, kind: str, *, today: date) -> QuerySet[Any]:
    """Return the things of a kind with what stands beside each: a statement for each relation."""
    if kind == "supply_points":
        return account.supplypoints.select_related("site").prefetch_related(
            _measurements(today, "meter")
        )
    if kind == "meters":
        return account.meters.select_related("site").prefetch_related(
            _measurements(today, "supply_point")
        )
    if kind == "data_points":
        series = Series.objects.order_by("minutes", "id")
        return account.datapoints.select_related("meter__site", "source").prefetch_related(
            Prefetch("series", series)
        )
    if kind == "rtc_lines":
        return account.rtclines.select_related("supply_point__site", "meter").annotate(
            name_sorted=F("supply_point__name_sorted")
        )
    if kind == "calculated":
        return with_versions(CalculatedSeries.objects.filter(account=account))
    points = DataPoint.objects.in_service().filter(source=OuterRef("pk"))
    return account.datasources.annotate(
        device_count=_count(SourceDevice.objects.filter(source=OuterRef("pk"))),
        point_count=_count(points),
        last_seen_at=_last_seen(),
    )


def _count(rows: QuerySet[Any]) -> Coalesce:
    """Return the number of rows of a source, counted apart: joined they would multiply."""
    counted = rows.order_by().values("source").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def _last_seen() -> Subquery:
    """Return when a token of a source was last seen."""
    tokens = SourceToken.objects.filter(source=OuterRef("pk")).order_by().values("source")
    return Subquery(tokens.annotate(last=Max("last_seen_at")).values("last"))


def _measurements(today: date, towards: str) -> "Prefetch[Any]":
    """Return the prefetch of who measures what today, the principal first."""
    begun = Q(since__isnull=True) | Q(since__lte=today)
    running = Q(until__isnull=True) | Q(until__gt=today)
    order = ["-role", "id"]
    current = Measurement.objects.filter(begun, running).select_related(towards).order_by(*order)
    return Prefetch("measurements", current, to_attr="measured_today")
