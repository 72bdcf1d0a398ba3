"""Reads the search, the filters, the sort order and the page that a list of accounts shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Value, When

from vatio import pagination
from vatio.accounts.labels import SECTORS
from vatio.accounts.models import Account, AccountSet
from vatio.accounts.searching import matching
from vatio.catalogue.models import Licence, LicenceVersion
from vatio.keys import parse_uuid
from vatio.orders.models import Order
from vatio.portfolios import ranking
from vatio.tenants.models import Organisation, Person

COLUMNS = {
    "name": ("name_folded", "id"),
    "client": ("client_folded", "id"),
    "created": ("opened_on", "id"),
    "ends": ("ends_at", "id"),
    "sector": ("sector_rank", "id"),
    "sms": ("balance", "id"),
    "organisation": ("organisation_name", "name_folded", "id"),
}
"""Sort keys that are columns of the database; those of `ranking.VALUES` are computed."""

INDEXED = ("name", "client", "created", "ends")
SORTS = (*COLUMNS, *ranking.VALUES)
WITHIN = (30, 60, 90)
RELATED = ("wallet", "organisation")
"""The relations that are read with each account of a list."""


@dataclass(frozen=True)
class AccountFilters:
    """The filters and the sort of a list, parsed from its parameters; invalid ones are ignored."""

    text: str
    licence: Licence | None
    sector: str
    within: int
    with_order: bool
    organisation: Organisation | None
    sort: str

    @property
    def narrows(self) -> bool:
        """Whether any filter is set, whatever the sort."""
        return bool(
            self.text
            or self.licence
            or self.sector
            or self.within
            or self.with_order
            or self.organisation
        )


def read(parameters: Mapping[str, str], person: Person, *, usual: str) -> AccountFilters:
    """Parse the filters and the sort; `usual` is the sort if the parameters name none."""
    sort = parameters.get("sort", "")
    within = parameters.get("ends", "")
    sector = parameters.get("sector", "")
    licence = parse_uuid(parameters.get("licence"))
    organisation = parameters.get("organisation", "")
    return AccountFilters(
        text=parameters.get("q", "").strip().replace("\x00", ""),
        licence=Licence.objects.filter(uid=licence).first() if licence else None,
        sector=sector if sector in SECTORS else "",
        within=int(within) if within in map(str, WITHIN) else 0,
        with_order=parameters.get("order") == "open",
        organisation=Organisation.objects.visible_to(person).filter(slug=organisation).first()
        if organisation
        else None,
        sort=sort if sort.removeprefix("-") in SORTS else usual,
    )


def narrowed(
    accounts: AccountSet, asked: AccountFilters, person: Person, *, at: datetime
) -> AccountSet:
    """Return the accounts that the list is asked for."""
    found = matching(accounts, asked.text)
    if asked.organisation is not None:
        found = found.filter(organisation=asked.organisation)
    if asked.sector:
        found = found.filter(sector=asked.sector)
    if asked.within:
        found = found.filter(ends_at__gt=at, ends_at__lte=at + timedelta(days=asked.within))
    if asked.with_order:
        waiting = Order.objects.visible_to(person).open().filter(account=OuterRef("pk"))
        found = found.filter(Exists(waiting))
    if asked.licence is not None:
        versions = LicenceVersion.objects.filter(licence=asked.licence)
        found = ranking.of_licence(found, list(versions.values_list("pk", flat=True)), at=at)
    return found


def page(
    accounts: AccountSet,
    asked: AccountFilters,
    parameters: Mapping[str, str],
    person: Person,
    *,
    at: datetime,
) -> pagination.Page[Account]:
    """Read the page that the parameters ask for, in the list's sort order.

    Where an index covers the sort, the keys of the page come from an index-only scan, and
    only the rows of those keys are read.
    """
    column = asked.sort.removeprefix("-")

    def read_keys_first(order: Sequence[str], values: Sequence[Any], limit: int) -> list[Account]:
        keys = pagination.beyond(accounts, order, values).values("pk")[:limit]
        rows = Account.objects.visible_to(person).filter(pk__in=keys)
        return list(rows.select_related(*RELATED).order_by(*order))

    if column in INDEXED:
        order = _ways(asked.sort, COLUMNS[column])
        return pagination.page_of(read_keys_first, order=order, parameters=parameters)
    if column in COLUMNS:
        order = _ways(asked.sort, COLUMNS[column])
        return pagination.page(
            _annotated(accounts, column).select_related(*RELATED),
            order=order,
            parameters=parameters,
        )

    def read_ranked(order: Sequence[str], beyond: Sequence[Any], limit: int) -> list[Account]:
        return ranking.by_holding(
            accounts,
            column,
            at=at,
            descending=order[0].startswith("-"),
            beyond=beyond,
            size=limit,
        )

    return pagination.page_of(
        read_ranked, order=_ways(asked.sort, ("value", "id")), parameters=parameters
    )


def ordered(accounts: AccountSet, asked: AccountFilters, *, at: datetime) -> list[int]:
    """Return the keys of all accounts in the order that is asked."""
    column, descending = asked.sort.removeprefix("-"), asked.sort.startswith("-")
    if column in COLUMNS:
        order = _ways(asked.sort, COLUMNS[column])
        found = _annotated(accounts, column).order_by(*order)
        return list(found.values_list("pk", flat=True))
    return [key for key, _ in ranking.ranked(accounts, column, at=at, descending=descending)]


def _ways(sort: str, columns: tuple[str, ...]) -> list[str]:
    return [f"-{column}" for column in columns] if sort.startswith("-") else list(columns)


def _annotated(accounts: AccountSet, column: str) -> AccountSet:
    """Annotate the accounts with the column to sort by, where it is no column of the account."""
    if column == "sector":
        names = sorted(SECTORS, key=lambda sector: str(SECTORS[sector]))
        ranks = [When(sector=sector, then=Value(rank)) for rank, sector in enumerate(names)]
        return accounts.annotate(
            sector_rank=Case(*ranks, default=Value(len(names)), output_field=IntegerField())
        )
    if column == "sms":
        return accounts.annotate(balance=F("wallet__balance"))
    if column == "organisation":
        return accounts.annotate(organisation_name=F("organisation__name_folded"))
    return accounts
