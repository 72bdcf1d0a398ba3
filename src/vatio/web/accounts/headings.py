"""The headings of the list of accounts, each of which sorts it."""

from collections.abc import Sequence

from django.http import QueryDict

from vatio.portfolios.account_rows import AccountRow
from vatio.portfolios.listing import SORTS, AccountFilters
from vatio.portfolios.ranking import SHARES
from vatio.units import Unit
from vatio.web.shell.query_string import query_string


def headings(asked: AccountFilters, parameters: QueryDict) -> dict[str, dict[str, str]]:
    """Return the current sort direction of each column, and the address of its heading."""
    found = {}
    for column in SORTS:
        by_it = asked.sort in {column, f"{column}_used"}
        down_by_it = asked.sort in {f"-{column}", f"-{column}_used"}
        sort = f"-{column}" if asked.sort == column else column
        found[column] = {
            "url": query_string(parameters, {"sort": sort}),
            "sorted": "ascending" if by_it else "descending" if down_by_it else "",
        }
    return found


def shares(
    asked: AccountFilters, parameters: QueryDict, rows: Sequence[AccountRow]
) -> list[tuple[Unit, str]]:
    """Return the units with the address that sorts by the share in use, the highest first.

    It is empty while nothing is installed in any row, and the list is sorted by something else.
    """
    sort = asked.sort.removeprefix("-")
    if sort not in SHARES and not any(row.used for row in rows):
        return []
    return [
        (unit, query_string(parameters, {"sort": _turned(share, asked.sort)}))
        for share, unit in SHARES.items()
    ]


def _turned(share: str, sort: str) -> str:
    """Return the sort by a share: the highest first, unless that is how the list is sorted."""
    return share if sort == f"-{share}" else f"-{share}"
