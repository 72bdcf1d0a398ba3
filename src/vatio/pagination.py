"""Pages of a list that cost the same at its end as at its beginning.

This is keyset pagination: a page is asked for by the row that it follows (`after`)
or precedes (`before`), not by its number. No row is read only to be skipped, and a
row inserted or deleted meanwhile shifts no page. The last page is the first one
read backwards.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db import DataError, ProgrammingError, transaction
from django.db.models import Model, Q, QuerySet

SIZE = 50
PLACES = ("after", "before", "at")
"""The parameters that name a page's place in a list; without any of them it is the first page."""

Place = Mapping[str, str]
Row = TypeVar("Row", bound=Model)
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Page(Generic[Thing]):
    """Some rows of a list, and the places of the pages around; None where there is no page.

    A place holds the parameters that ask for its page; that of the first page is empty.
    """

    rows: list[Thing]
    first: Place | None
    previous: Place | None
    next: Place | None
    last: Place | None


def page(
    rows: QuerySet[Row], *, order: Sequence[str], parameters: Mapping[str, str], size: int = SIZE
) -> Page[Row]:
    """Read the page that the parameters ask for; those not in `PLACES` are ignored.

    `order` names the columns to sort by, each with a minus if it descends; all of
    them must go the same way, the last must be unique, and none may be null. A
    place that cannot be parsed gives the first page, and one whose rows are gone
    meanwhile the page that is now beside it.
    """

    def read(asked: Sequence[str], values: Sequence[Any], limit: int) -> list[Row]:
        return list(beyond(rows, asked, values)[:limit])

    return page_of(read, order=order, parameters=parameters, size=size)


def beyond(rows: QuerySet[Row], order: Sequence[str], values: Sequence[Any]) -> QuerySet[Row]:
    """Return the sorted rows that come after these values; all rows if there are no values."""
    after = rows.filter(_past(order, values)) if values else rows
    return after.order_by(*order)


def page_of(
    read: Callable[[Sequence[str], Sequence[Any], int], list[Thing]],
    *,
    order: Sequence[str],
    parameters: Mapping[str, str],
    size: int = SIZE,
) -> Page[Thing]:
    """Read the page that the parameters ask for, where `read` fetches the rows.

    `read(order, values, limit)` returns up to `limit` rows in that order, from the first
    after these values on. Rows have the columns of the order as attributes.
    """
    place, values = _place(parameters, len(order))
    backwards = place in {"before", "at"}
    asked = [_turned(column) for column in order] if backwards else list(order)
    try:
        with transaction.atomic() if values else nullcontext():
            found = read(asked, values, size + 1)
    except (DataError, ProgrammingError, ValidationError, ValueError, TypeError, OverflowError):
        place, values, backwards = "", [], False
        found = read(order, [], size + 1)
    if values and not found:
        values, backwards = [], not backwards
        found = read([_turned(column) for column in asked], [], size + 1)
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    earlier = more if backwards else bool(values)
    later = bool(values) if backwards else more
    ends = (found[0], found[-1]) if found else None
    return Page(
        rows=found,
        first={} if earlier else None,
        previous={"before": _token(ends[0], order)} if ends and earlier else None,
        next={"after": _token(ends[1], order)} if ends and later else None,
        last={"at": "last"} if later else None,
    )


def _place(parameters: Mapping[str, str], columns: int) -> tuple[str, list[Any]]:
    if parameters.get("at") == "last":
        return "at", []
    for name in ("after", "before"):
        token = parameters.get(name)
        if token:
            values = _values(token)
            return (name, values) if len(values) == columns else ("", [])
    return "", []


def _past(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Return the condition on rows that come after these values in this order.

    The outer comparison, of the first column alone, lets an index scan start there.
    """
    first, rest = order[0], order[1:]
    column, way = first.lstrip("-"), "lt" if first.startswith("-") else "gt"
    further = Q(**{f"{column}__{way}": values[0]})
    if not rest:
        return further
    return Q(**{f"{column}__{way}e": values[0]}) & (further | _past(rest, values[1:]))


def _turned(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"


def _token(row: object, order: Sequence[str]) -> str:
    values = [_plain(getattr(row, column.lstrip("-"))) for column in order]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _values(token: str) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return []
    if not isinstance(values, list) or any(isinstance(v, dict | list | bool) for v in values):
        return []
    return values if all(value is not None for value in values) else []
