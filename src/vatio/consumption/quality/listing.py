"""The list of «Calidad de datos»: what it is narrowed to, its span, how it is sorted and paged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from vatio import pagination
from vatio.accounts.models import Account
from vatio.consumption.quality.account_quality import PointQuality, QualitySpan
from vatio.dates import add_months
from vatio.keys import parse_uuid
from vatio.metering.listing import NOWHERE
from vatio.metering.models import DataPoint, Service, Site
from vatio.metering.searching import matching
from vatio.metering.tree import Tree
from vatio.pagination import Page
from vatio.readings.slots import ONE_DAY
from vatio.tenants.folding import tidy

SIZE = 20
SORTS = ("name", "present", "missing", "since", "estimated", "doubtful", "last")
WORST_FIRST = "-missing"
EARLIEST_YEAR = 1990


@dataclass(frozen=True)
class QualityFilters:
    """The filters of the page, parsed from its parameters; invalid ones are ignored.

    `period` is a year (2026), a month (2026-03), or empty for the last twelve months.
    """

    text: str
    site: Site | None
    nowhere: bool
    point: UUID | None
    meter: UUID | None
    period: str
    span: QualitySpan
    sort: str

    @property
    def narrows(self) -> bool:
        """Whether not all data points of the account are shown."""
        return bool(self.text or self.site or self.nowhere or self.point or self.meter)


def parse(parameters: Mapping[str, str], tree: Tree, *, today: date) -> QualityFilters:
    """Parse the filters of the page; a site is one of the tree."""
    uid = parse_uuid(parameters.get("site"))
    period = parameters.get("period", "")
    span = _span(period, today)
    sort = parameters.get("sort", "")
    return QualityFilters(
        text=tidy(parameters.get("q", "")),
        site=next((each.site for each in tree if each.site.uid == uid), None) if uid else None,
        nowhere=parameters.get("site") == NOWHERE,
        point=parse_uuid(parameters.get("point")),
        meter=parse_uuid(parameters.get("meter")),
        period=period if span else "",
        span=span or last_year(today),
        sort=sort if sort.removeprefix("-") in SORTS else WORST_FIRST,
    )


def last_year(today: date) -> QualitySpan:
    """Return the twelve months that end with a day."""
    until = today + ONE_DAY
    return QualitySpan(add_months(until, -12, anchor_day=until.day), until)


def _span(period: str, today: date) -> QualitySpan | None:
    """Return the days of a year or a month up to today; None for anything else."""
    year, _dash, month = period.partition("-")
    try:
        since = date.fromisoformat(f"{year}-{month or '01'}-01")
    except ValueError:
        return None
    if since.year < EARLIEST_YEAR or since > today or len(period) not in {4, 7}:
        return None
    until = add_months(since, 1 if month else 12, anchor_day=1)
    return QualitySpan(since, min(until, today + ONE_DAY))


def points_of(account: Account, asked: QualityFilters, tree: Tree) -> list[DataPoint]:
    """Return the data points that are, or were, in service, as the page is narrowed."""
    found = matching(account.datapoints.all(), "data_points", asked.text)
    found = found.filter(service__in=[Service.ACCEPTED, Service.RETIRED])
    if asked.site is not None:
        found = found.filter(meter__site_id__in=tree.within(asked.site))
    elif asked.nowhere:
        found = found.filter(meter__site_id__isnull=True)
    if asked.point is not None:
        found = found.filter(uid=asked.point)
    if asked.meter is not None:
        found = found.filter(meter__uid=asked.meter)
    return list(found.select_related("meter__site").order_by("name_sorted", "id"))


def listed(points: Sequence[PointQuality]) -> list[PointQuality]:
    """Return the data points that have a row: one that was retired only if it should have data."""
    return [each for each in points if each.point.is_in_service or each.expected]


@dataclass(frozen=True)
class QualityRow:
    """A data point of the list, by what it is sorted; `key` makes the order one."""

    quality: PointQuality
    value: float | str
    key: int


def page(
    points: Sequence[PointQuality], sort: str, parameters: Mapping[str, str]
) -> Page[QualityRow]:
    """Return the page of the list that the parameters ask for."""
    rows = [
        QualityRow(each, _value(each, sort.removeprefix("-")), each.point.pk) for each in points
    ]
    sign = "-" if sort.startswith("-") else ""

    def fetch(order: Sequence[str], values: Sequence[Any], limit: int) -> list[QualityRow]:
        down = order[0].startswith("-")
        found = sorted(rows, key=lambda row: (row.value, row.key), reverse=down)
        if values:
            place = (values[0], int(values[1]))
            found = [
                row
                for row in found
                if ((row.value, row.key) < place if down else (row.value, row.key) > place)
            ]
        return found[:limit]

    order = [f"{sign}value", f"{sign}key"]
    return pagination.page_of(fetch, order=order, parameters=parameters, size=SIZE)


def ordered(points: Sequence[PointQuality], sort: str) -> list[PointQuality]:
    """Return all data points in the order of the list."""
    column = sort.removeprefix("-")
    return sorted(
        points,
        key=lambda each: (_value(each, column), each.point.pk),
        reverse=sort.startswith("-"),
    )


def _value(each: PointQuality, column: str) -> Any:
    """Return what a column sorts by; what cannot be said is below all else."""
    values: dict[str, Any] = {
        "name": each.point.name_sorted,
        "present": -1.0 if each.share is None else each.share,
        "missing": each.missing if each.begins_on else -1,
        "since": -each.missing_since.timestamp() if each.missing_since else -1e12,
        "estimated": -1.0 if each.estimated_share is None else each.estimated_share,
        "doubtful": each.doubtful + each.invalid,
        "last": each.last_at.timestamp() if each.last_at else 0.0,
    }
    return values[column]
