"""The headings of the list of accounts, each of which sorts it."""

from django.http import QueryDict

from vatio.portfolios.listing import SORTS, AccountFilters
from vatio.web.shell.query_string import query_string


def headings(asked: AccountFilters, parameters: QueryDict) -> dict[str, dict[str, str]]:
    """Return the current sort direction of each column, and the address of its heading."""
    found = {}
    for column in SORTS:
        upwards, downwards = asked.sort == column, asked.sort == f"-{column}"
        found[column] = {
            "url": query_string(parameters, {"sort": f"-{column}" if upwards else column}),
            "sorted": "ascending" if upwards else "descending" if downwards else "",
        }
    return found
