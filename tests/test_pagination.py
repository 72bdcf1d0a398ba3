import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests import make
from vatio import pagination
from vatio.pagination import Page
from vatio.tenants.models import Organisation

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Letter:
    """A row without a table: a name that another may share, and a key."""

    name: str
    id: int


LETTERS = [Letter("a", 1), Letter("a", 2), Letter("b", 3), Letter("c", 4), Letter("c", 5)]


def read(order: Sequence[str], values: Sequence[Any], limit: int) -> list[Letter]:
    backwards = order[0].startswith("-")
    rows = LETTERS[::-1] if backwards else LETTERS
    if values:
        place = (str(values[0]), int(values[1]))
        rows = [
            row
            for row in rows
            if ((row.name, row.id) < place if backwards else (row.name, row.id) > place)
        ]
    return rows[:limit]


def page(parameters: Mapping[str, str], *, size: int = 2) -> Page[Letter]:
    return pagination.page_of(read, order=["name", "id"], parameters=parameters, size=size)


def keys(found: Page[Letter]) -> list[int]:
    return [row.id for row in found.rows]


def token(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_a_list_that_fits_on_a_page_has_no_other() -> None:
    found = page({}, size=5)

    assert keys(found) == [1, 2, 3, 4, 5]
    assert (found.first, found.previous, found.next, found.last) == (None, None, None, None)


def test_a_place_is_plain_values_and_that_of_the_first_page_is_empty() -> None:
    found = page({"after": token(["a", 2])})

    assert keys(found) == [3, 4]
    assert found.first == {}
    assert found.previous == {"before": token(["b", 3])}
    assert found.next == {"after": token(["c", 4])}
    assert found.last == {"at": "last"}


def test_the_places_of_the_pages_lead_through_all_rows_and_back() -> None:
    found, forwards = page({}), [[1, 2]]
    while found.next is not None:
        found = page(found.next)
        forwards.append(keys(found))
    backwards = [keys(found)]
    while found.previous is not None:
        found = page(found.previous)
        backwards.insert(0, keys(found))

    assert forwards == [[1, 2], [3, 4], [5]]
    assert backwards == forwards


def test_the_last_page_is_read_backwards_and_is_full() -> None:
    found = page({"at": "last"})

    assert keys(found) == [4, 5]
    assert found.previous == {"before": token(["c", 4])}
    assert (found.first, found.next, found.last) == ({}, None, None)


def test_what_is_no_place_is_ignored_and_not_handed_on() -> None:
    found = page({"q": "hotel", "sort": "name", "page": "3"})

    assert keys(found) == [1, 2]
    assert found.next == {"after": token(["a", 2])}


@pytest.mark.parametrize(
    "parameters",
    [
        {"after": "x"},
        {"before": "\0"},
        {"after": "W10"},
        {"after": token(["a"])},
        {"after": token(["a", 1, 1])},
        {"after": token(["a", None])},
        {"after": token([True, 1])},
        {"after": token([{}, 1])},
        {"before": token({"name": "a"})},
        {"before": token(["a", "not a number"])},
        {"after": base64.urlsafe_b64encode(b"[" * 3000).decode()},
        {"after": "A" * 5000},
        {"at": "nowhere"},
        {"after": "", "before": ""},
    ],
)
def test_a_place_that_cannot_be_read_is_the_first_page(parameters: dict[str, str]) -> None:
    found = page(parameters)

    assert keys(found) == [1, 2]
    assert (found.first, found.previous) == (None, None)
    assert found.next == {"after": token(["a", 2])}


def test_rows_of_a_table_are_read_in_their_order_either_way() -> None:
    for name in ("Sur", "Norte", "Este"):
        make.organisation(name)

    down = pagination.page(
        Organisation.objects.all(), order=["-name_folded", "-id"], parameters={}, size=2
    )
    rest = pagination.page(
        Organisation.objects.all(),
        order=["-name_folded", "-id"],
        parameters=down.next or {},
        size=2,
    )

    assert [row.name for row in down.rows] == ["Sur", "Norte"]
    assert [row.name for row in rest.rows] == ["Este"]
    assert rest.first == {}


def test_a_place_of_another_kind_of_list_is_the_first_page() -> None:
    make.organisation("Norte")

    found = pagination.page(
        Organisation.objects.all(),
        order=["created_at", "id"],
        parameters={"after": token(["Norte", 1])},
    )

    assert [row.name for row in found.rows] == ["Norte"]


def test_a_place_whose_rows_are_gone_is_the_page_beside_it() -> None:
    beyond_the_end, before_the_start = (
        page({"after": token(["z", 9])}),
        page({"before": token(["a", 0])}),
    )

    assert keys(beyond_the_end) == [4, 5]
    assert (beyond_the_end.first, beyond_the_end.next) == ({}, None)
    assert keys(before_the_start) == [1, 2]
    assert (before_the_start.first, before_the_start.last) == (None, {"at": "last"})
