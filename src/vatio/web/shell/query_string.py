"""Query strings: the same list on another page, or with other filters."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django.http import QueryDict

from vatio.pagination import PLACES


def query_string(parameters: QueryDict, changed: Mapping[str, str]) -> str:
    """Return the query string of an address with some of its parameters changed.

    The place of the keyset pagination is left out, so that the result leads to the first
    page unless the change is itself a place. A parameter with several values keeps them all.
    """
    query = {name: values for name, values in parameters.lists() if name not in PLACES}
    query.update({name: [value] for name, value in changed.items()})
    return "?" + urlencode(query, doseq=True)


def sort_headings(
    parameters: QueryDict, sort: str, columns: Iterable[str], *, upwards: str
) -> dict[str, dict[str, str]]:
    """Return the sort direction of each column of a list, and the address of its heading.

    The column `upwards`, a name, sorts upwards first, a figure downwards: the most of it is what
    one looks for.

    :param sort: what the list is sorted by: a column, with a minus before it downwards.
    """
    found = {}
    for column in columns:
        up, down = sort == column, sort == f"-{column}"
        turned = down if column != upwards else not up
        found[column] = {
            "url": query_string(parameters, {"sort": column if turned else f"-{column}"}),
            "sorted": "ascending" if up else "descending" if down else "",
        }
    return found
