"""Query strings: the same list on another page, or with other filters."""

from collections.abc import Mapping
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
