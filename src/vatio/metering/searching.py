"""Finds what is installed by its name, CUPS or serial number, ignoring case and accents."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat

from vatio.accounts.models import Account
from vatio.metering.models import Meter, Site, SupplyPoint
from vatio.tenants.folding import Fold, fold_in_database

Row = TypeVar("Row", bound=Model)

SEARCHED: dict[str, Sequence[str]] = {
    "sites": ("name",),
    "supply_points": ("name", "cups", "cups_suffix", "policy"),
    "meters": ("name", "serial", "make"),
    "data_points": ("name", "meter__name", "meter__serial"),
    "rtc_lines": (
        "supply_point__name",
        "supply_point__cups",
        "supply_point__cups_suffix",
        "meter__name",
        "meter__serial",
    ),
    "sources": ("name",),
    "calculated": ("name",),
}
"""The columns that are searched of each kind; those of a CUPS follow one another unparted."""

MARKS = re.compile(r"[\s./-]")
"""What people write between the characters of a CUPS or a serial number."""


FOUND = 20
"""How many of each kind a search across kinds shows."""


class First(list[Row]):
    """The first of what a search finds of a kind, by name, and whether there are more."""

    def __init__(self, found: QuerySet[Row]) -> None:
        rows = list(found.order_by("name_sorted", "id")[: FOUND + 1])
        super().__init__(rows[:FOUND])
        self.has_more = len(rows) > FOUND


@dataclass(frozen=True)
class Finds:
    """The first sites, supply points and meters of an account in which a text is found."""

    sites: First[Site]
    supply_points: First[SupplyPoint]
    meters: First[Meter]

    def __bool__(self) -> bool:
        return bool(self.sites or self.supply_points or self.meters)


def search(account: Account, text: str) -> Finds:
    """Return the first of each kind in which a text is found."""
    return Finds(
        First(matching(account.sites.all(), "sites", text)),
        First(matching(account.supplypoints.all(), "supply_points", text)),
        First(matching(account.meters.all(), "meters", text)),
    )


def matching(things: QuerySet[Row], kind: str, text: str) -> QuerySet[Row]:
    """Return the things in which every word of a text is found."""
    if not text:
        return things
    condition = Q()
    for word in text.split():
        condition &= _holds(word)
    searched: Any = {"searched": Fold(_joined(SEARCHED[kind]))}
    found: QuerySet[Row] = things.annotate(**searched).filter(condition)
    return found


def _holds(word: str) -> Q:
    """Return the condition on a word, which may be a code with marks between its characters."""
    found = Q(searched__contains=fold_in_database(word))
    bare = MARKS.sub("", word)
    return found | Q(searched__contains=fold_in_database(bare)) if bare not in ("", word) else found


def _joined(columns: Sequence[str]) -> Any:
    parts: list[Any] = [columns[0]]
    for column in columns[1:]:
        parts += [column] if column.endswith("cups_suffix") else [Value(" "), column]
    return Concat(*parts, output_field=TextField()) if len(parts) > 1 else parts[0]
