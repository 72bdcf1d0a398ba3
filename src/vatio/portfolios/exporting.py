"""Writes a list of accounts of any length into a workbook, in constant memory."""

import tempfile
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import IO, Any
from zoneinfo import ZoneInfo

import xlsxwriter
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from vatio import workbooks
from vatio.accounts.labels import SECTORS
from vatio.accounts.models import Account, AccountSet
from vatio.downloads.models import Download
from vatio.portfolios import listing
from vatio.portfolios.account_rows import AccountRow, account_rows
from vatio.portfolios.labels import COLUMNS, USED
from vatio.portfolios.listing import AccountFilters, ordered
from vatio.tenants.models import Organisation, Person
from vatio.units import Unit

AT_ONCE = 1_000
"""A list of more accounts than this is written by the worker."""

AT_A_TIME = 500
"""How many accounts are in memory at once: larger batches save no time, and take more memory."""

WIDTHS = {
    "name": 32,
    "client": 32,
    "licence": 18,
    "sector": 22,
    "organisation": 28,
    "last_data": 18,
}

Tell = Callable[[int], None]
LastData = Callable[[Sequence[int]], Mapping[int, datetime]]
"""Returns when the last data of accounts ended, by their keys: it is known further up."""


def asked_for(
    parameters: Mapping[str, str],
    person: Person,
    *,
    organisation: Organisation | None,
    expired: bool,
    at: datetime,
) -> tuple[AccountSet, AccountFilters]:
    """Return the accounts that a list shows, of one organisation or of all, and its filters."""
    asked = listing.read(parameters, person, usual="-ends" if expired else "ends")
    accounts = Account.objects.visible_to(person)
    if organisation is not None:
        accounts = accounts.filter(organisation=organisation)
    inside = accounts.filter(ends_at__lte=at) if expired else accounts.filter(ends_at__gt=at)
    return listing.narrowed(inside, asked, person, at=at), asked


def write(begun: Download, tell: Tell, *, last_data: LastData) -> IO[bytes]:
    """Write the workbook that a person asked for, as the list was at that moment."""
    accounts, asked = asked_for(
        begun.what["parameters"],
        begun.asked_by,
        organisation=begun.organisation,
        expired=begun.what["expired"],
        at=begun.asked_at,
    )
    return workbook(
        accounts,
        asked,
        begun.asked_by,
        at=begun.asked_at,
        with_organisation=begun.organisation is None,
        last_data=last_data,
        tell=tell,
    )


def workbook(
    accounts: AccountSet,
    asked: AccountFilters,
    person: Person,
    *,
    at: datetime,
    with_organisation: bool,
    last_data: LastData = lambda keys: {},
    tell: Tell = lambda done: None,
) -> IO[bytes]:
    """Write the accounts to a workbook in a temporary file, in the order of the list.

    Only the primary keys of all accounts are in memory at once; the rows of a batch
    are written to the disk before the next batch is read.

    :param last_data: asked once for each batch; moments are written in the account's time zone.
    :param tell: called after each batch with the number of accounts written so far.
    """
    made = tempfile.TemporaryFile()  # noqa: SIM115
    book = xlsxwriter.Workbook(made, workbooks.OPTIONS)
    sheet = book.add_worksheet(_("Accounts"))
    bold = book.add_format({"bold": True})
    columns = _columns(with_organisation=with_organisation)
    for place, (name, words) in enumerate(columns.items()):
        sheet.set_column(place, place, WIDTHS.get(name, 12))
        sheet.write_string(0, place, str(words), bold)
    sheet.freeze_panes(1, 1)
    sectors = {sector: str(words) for sector, words in SECTORS.items()}
    last = 0
    moments = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    for last, (row, ended_at) in enumerate(
        _read(accounts, asked, person, last_data, at=at), start=1
    ):
        values = _values(row, ended_at, sectors)
        for place, name in enumerate(columns):
            sheet.write(last, place, values.get(name), moments if name == "last_data" else None)
        if last % AT_A_TIME == 0:
            tell(last)
    sheet.autofilter(0, 0, last, len(columns) - 1)
    book.close()
    made.seek(0)
    return made


def _columns(*, with_organisation: bool) -> dict[str, Promise | str]:
    """Return the columns of the workbook: those of the list, and what is used beside each unit."""
    columns: dict[str, Promise | str] = {"name": COLUMNS["name"], "nif": "NIF"}
    for column, words in COLUMNS.items():
        columns[column] = words
        if column in USED:
            columns[f"{column}_used"] = USED[column]
    if not with_organisation:
        columns.pop("organisation")
    return columns


def _read(
    accounts: AccountSet,
    asked: AccountFilters,
    person: Person,
    last_data: LastData,
    *,
    at: datetime,
) -> Iterator[tuple[AccountRow, datetime | None]]:
    """Read the rows of the accounts and when their data ended, a batch at a time."""
    keys = array("q", ordered(accounts, asked, at=at))
    for start in range(0, len(keys), AT_A_TIME):
        some = keys[start : start + AT_A_TIME]
        ended = last_data(some)
        for row in account_rows(some, person, at=at):
            yield row, ended.get(row.account.pk)


def _values(
    row: AccountRow, ended_at: datetime | None, sectors: Mapping[str, str]
) -> dict[str, Any]:
    """Return the value of each column of an account's row."""
    account, holding = row.account, row.holding
    totals = holding.totals.columns() if holding else {}
    return {
        "name": account.name,
        "organisation": account.organisation_name,
        "client": account.client,
        "nif": account.nif,
        "licence": holding.licence if holding else "",
        "sector": sectors[account.sector],
        **totals,
        **{f"{unit}_used": row.used.get(unit, 0) for unit in Unit},
        "sms": row.credits,
        "last_data": ended_at.astimezone(ZoneInfo(account.time_zone)).replace(tzinfo=None)
        if ended_at
        else None,
        "created": account.opened_on,
        "ends": account.covered_until,
    }
