"""Reads the search, the filters, the sort and the page of «Cartera».

The figures of all accounts that are listed are computed, as their total needs them: sorting and
paging is done on those.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from vatio import pagination
from vatio.accounts.labels import SECTORS
from vatio.accounts.models import AccountSet
from vatio.accounts.searching import matching
from vatio.consumption.portfolio import months
from vatio.consumption.portfolio.figures import AccountFigures, figures, spans_of, together
from vatio.dates import day_at
from vatio.entitlements.question import Room
from vatio.pagination import Page
from vatio.portfolios.account_rows import account_rows
from vatio.tenants.folding import tidy
from vatio.tenants.models import Person
from vatio.units import Unit

SORTS = ("name", "month", "change", "yesterday", "last", "alerts", "used")
LOWEST = -1e15
"""What sorts below every figure: that there is none."""


@dataclass(frozen=True)
class PortfolioFilters:
    """The filters and the sort, parsed from the parameters; invalid ones are ignored."""

    text: str
    sector: str
    with_late: bool
    expired: bool
    sort: str

    @property
    def narrows(self) -> bool:
        """Whether any filter is set, whatever the sort."""
        return bool(self.text or self.sector or self.with_late)


def read(parameters: Mapping[str, str]) -> PortfolioFilters:
    """Parse the filters and the sort of a list."""
    sector, sort = parameters.get("sector", ""), parameters.get("sort", "")
    return PortfolioFilters(
        text=tidy(parameters.get("q", "")),
        sector=sector if sector in SECTORS else "",
        with_late=parameters.get("data") == "late",
        expired=parameters.get("state") == "expired",
        sort=sort if sort.removeprefix("-") in SORTS else "name",
    )


class ListedFigures(NamedTuple):
    """An account with its figures; `value` is what it is sorted by."""

    id: int
    uid: UUID
    name: str
    client: str
    sector: str
    figures: AccountFigures
    value: Any


class UsedOf(NamedTuple):
    """What is used of what is held of a unit."""

    unit: Unit
    room: Room

    @property
    def share(self) -> float:
        """The share used: above all others where none is held, none where there is no limit."""
        if self.room.held:
            return self.room.used / self.room.held
        return 1e9 * self.room.used if self.room.held == 0 else -1


@dataclass(frozen=True)
class PortfolioPage:
    """A page of «Cartera», the total of all its pages, and what each row uses.

    The numbers are of all its pages too: accounts, those that are late, those that can be compared,
    those of which something is missing this month, and of yesterday.
    """

    page: Page[ListedFigures]
    total: AccountFigures
    count: int
    late: int
    compared: int
    lacking: int
    lacking_yesterday: int
    used: Mapping[int, list[UsedOf]]


def listed(
    accounts: AccountSet,
    asked: PortfolioFilters,
    person: Person,
    *,
    at: datetime,
    open_alerts: str = months.NOTHING,
) -> list[ListedFigures]:
    """Return the accounts that are asked for with their figures, sorted; two or three statements.

    :param accounts: narrowed to those that the person may see.
    :param open_alerts: the SQL that counts the open alerts of accounts, see `months.of_accounts`.
    """
    inside = accounts.filter(ends_at__lte=at) if asked.expired else accounts.filter(ends_at__gt=at)
    found = matching(inside, asked.text)
    if asked.sector:
        found = found.filter(sector=asked.sector)
    columns = ("id", "uid", "name", "client", "sector", "name_sorted", "time_zone")
    rows = list(found.order_by().values_list(*columns))
    today = {row[0]: day_at(at, row[6]) for row in rows}
    spans = {key: spans_of(day) for key, day in today.items()}
    days = months.of_accounts(spans, at=at, counted=open_alerts)
    column = asked.sort.removeprefix("-")
    shares = _shares([row[0] for row in rows], person, at=at) if column == "used" else {}
    made = []
    for key, uid, name, client, sector, name_sorted, time_zone in rows:
        own = figures(days[key], today=today[key], time_zone=time_zone)
        if asked.with_late and not own.freshness.is_late:
            continue
        value = name_sorted if column == "name" else _value(column, own, shares.get(key, -1))
        made.append(ListedFigures(key, uid, name, client, sector, own, value))
    made.sort(key=_place, reverse=asked.sort.startswith("-"))
    return made


def page(
    rows: Sequence[ListedFigures],
    asked: PortfolioFilters,
    parameters: Mapping[str, str],
    person: Person,
    *,
    at: datetime,
) -> PortfolioPage:
    """Return the page that the parameters ask for of what `listed` returned."""
    descending = asked.sort.startswith("-")

    def read_rows(order: Sequence[str], beyond: Sequence[Any], limit: int) -> list[ListedFigures]:
        turned = order[0].startswith("-") != descending
        own = list(reversed(rows)) if turned else list(rows)
        if beyond:
            after, down = (beyond[0], beyond[1]), order[0].startswith("-")
            own = [each for each in own if (_place(each) < after if down else _place(each) > after)]
        return own[:limit]

    order = ["-value", "-id"] if descending else ["value", "id"]
    own = pagination.page_of(read_rows, order=order, parameters=parameters)
    return PortfolioPage(
        page=own,
        total=together(each.figures for each in rows),
        count=len(rows),
        late=sum(1 for each in rows if each.figures.freshness.is_late),
        compared=sum(1 for each in rows if each.figures.change is not None),
        lacking=sum(1 for each in rows if each.figures.lacking),
        lacking_yesterday=sum(1 for each in rows if each.figures.yesterday_lacks),
        used=used_of([each.id for each in own.rows], person, at=at),
    )


def used_of(accounts: Sequence[int], person: Person, *, at: datetime) -> dict[int, list[UsedOf]]:
    """Return what accounts use of what they hold, the fullest unit first; one statement."""
    found = {}
    for row in account_rows(accounts, person, at=at):
        rooms = [UsedOf(unit, room) for unit, room in zip(Unit, row.rooms, strict=False)]
        counted = [each for each in rooms if each.room.held or each.room.used]
        found[row.account.pk] = sorted(counted, key=lambda each: -each.share)
    return found


def _shares(accounts: Sequence[int], person: Person, *, at: datetime) -> dict[int, float]:
    used = used_of(accounts, person, at=at)
    return {key: own[0].share for key, own in used.items() if own}


def _value(column: str, own: AccountFigures, share: float) -> float:
    if column == "used":
        return share
    if column == "last":
        last = own.freshness.last_at
        return last.timestamp() if last else LOWEST
    if column == "alerts":
        return own.open_alerts
    value = {"month": own.month, "change": own.change, "yesterday": own.yesterday}[column]
    return LOWEST if value is None else value


def _place(row: ListedFigures) -> tuple[Any, int]:
    return row.value, row.id
