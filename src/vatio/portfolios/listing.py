"""Reads the search, the filters, the sort order and the page that a list of accounts shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Value, When

from vatio import pagination
from vatio.accounts.labels import SECTORS
from vatio.accounts.models import AccountSet
from vatio.accounts.searching import matching
from vatio.catalogue.models import Licence, LicenceVersion
from vatio.keys import parse_uuid
from vatio.orders.models import Order
from vatio.portfolios import ranking
from vatio.portfolios.account_rows import AccountRow, account_rows
from vatio.tenants.folding import sort_key, tidy
from vatio.tenants.models import Organisation, Person

COLUMNS = {
    "name": ("name_sorted", "id"),
    "client": ("client_sorted", "id"),
    "created": ("opened_on", "id"),
    "ends": ("ends_at", "id"),
    "sector": ("sector_rank", "id"),
    "sms": ("balance", "id"),
    "organisation": ("organisation_name", "name_sorted", "id"),
}
"""Sort keys that are columns of the database; those of `ranking` are computed."""

INDEXED = ("name", "client", "created", "ends")
"""Those of `COLUMNS` that an index covers: a page costs the same at any length."""

SORTS = (*COLUMNS, *ranking.VALUES, *ranking.SHARES)
WITHIN = (30, 60, 90)


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
        text=tidy(parameters.get("q", "")),
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
) -> pagination.Page[AccountRow]:
    """Read the page that the parameters ask for, in the list's sort order.

    First the keys of its accounts are read, with an index-only scan where an index covers the
    sort; then all that the rows of those say.
    """
    keys = _keys(accounts, asked, parameters, at=at)
    rows = account_rows([key.id for key in keys.rows], person, at=at)
    return replace(keys, rows=rows)


def _keys(
    accounts: AccountSet, asked: AccountFilters, parameters: Mapping[str, str], *, at: datetime
) -> pagination.Page[Any]:
    """Read the keys of a page of accounts, each with the values by which it is sorted."""
    column = asked.sort.removeprefix("-")
    if column in COLUMNS:
        listed = _annotated(accounts, column)

        def read(order: Sequence[str], values: Sequence[Any], limit: int) -> list[Any]:
            found = pagination.beyond(listed, order, values)
            return list(found.values_list(*COLUMNS[column], named=True)[:limit])

        order = _ways(asked.sort, COLUMNS[column])
        return pagination.page_of(read, order=order, parameters=parameters)

    def read_ranked(order: Sequence[str], beyond: Sequence[Any], limit: int) -> list[Any]:
        return ranking.ranked(
            accounts,
            column,
            at=at,
            descending=order[0].startswith("-"),
            beyond=beyond,
            size=limit,
        )

    order = _ways(asked.sort, ("value", "id"))
    return pagination.page_of(read_ranked, order=order, parameters=parameters)


def ordered(accounts: AccountSet, asked: AccountFilters, *, at: datetime) -> list[int]:
    """Return the keys of all accounts in the order that is asked."""
    column, descending = asked.sort.removeprefix("-"), asked.sort.startswith("-")
    if column in COLUMNS:
        order = _ways(asked.sort, COLUMNS[column])
        found = _annotated(accounts, column).order_by(*order)
        return list(found.values_list("pk", flat=True))
    return [key.id for key in ranking.ranked(accounts, column, at=at, descending=descending)]


def _ways(sort: str, columns: tuple[str, ...]) -> list[str]:
    return [f"-{column}" for column in columns] if sort.startswith("-") else list(columns)


def _annotated(accounts: AccountSet, column: str) -> AccountSet:
    """Annotate the accounts with the column to sort by, where it is no column of the account."""
    if column == "sector":
        names = sorted(SECTORS, key=lambda sector: sort_key(str(SECTORS[sector])))
        ranks = [When(sector=sector, then=Value(rank)) for rank, sector in enumerate(names)]
        return accounts.annotate(
            sector_rank=Case(*ranks, default=Value(len(names)), output_field=IntegerField())
        )
    if column == "sms":
        return accounts.annotate(balance=F("wallet__balance"))
    if column == "organisation":
        return accounts.annotate(organisation_name=F("organisation__name_sorted"))
    return accounts
