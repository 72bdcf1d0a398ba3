"""What a cell of the inventory means, and how the same value is written into one."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from vatio.dates import known_time_zones
from vatio.keys import parse_number
from vatio.metering import labels
from vatio.metering.cups import Cups, NotACups, parse_cups
from vatio.metering.inventory.sheets import SheetColumn
from vatio.metering.models import Series
from vatio.metering.quantities import QUANTITIES
from vatio.spreadsheets import values
from vatio.spreadsheets.files.cells import NoValue, is_blank
from vatio.spreadsheets.values import Wrong, fold

SERIES = {
    Series.Kind.INTERVAL: gettext_lazy("interval"),
    Series.Kind.REGISTER: gettext_lazy("register"),
    Series.Kind.INSTANT: gettext_lazy("instant"),
}
SERVICES = {
    "pending": labels.SERVICES["pending"],
    "accepted": labels.SERVICES["accepted"],
    "rejected": gettext_lazy("Is rejected"),
    "retired": gettext_lazy("Is retired"),
}
"""The service of whatever stands in a row, in words that suit all of them."""

ALSO = {
    "service": {
        "retirada": "retired",
        "rechazada": "rejected",
        "aceptado": "accepted",
        "retired": "retired",
        "rejected": "rejected",
        "accepted": "accepted",
    },
    "source_kind": {"insercion": "insertion", "archivos": "files", "recolector": "collector"},
}
"""Other words that people write for what is chosen from a list, folded."""

YES_OR_NO = {True: gettext_lazy("Yes"), False: gettext_lazy("No")}
LARGEST = Decimal(10) ** 6
DECIMAL = re.compile(r"\d{1,3}(\.\d{3})+(,\d+)?|\d+([.,]\d+)?", re.ASCII)
DEEPEST = 6
NAME = 120

Path = tuple[str, ...]


def parse(column: SheetColumn, cell: object, *, is_ours: bool) -> object:
    """Return what a cell of a column means: None, or "" of a text, where nothing is written.

    :raises Wrong: if it means nothing, cannot have been meant, or is missing.
    """
    if isinstance(cell, NoValue) and not is_blank(cell):
        raise Wrong(values.without_value(cell))
    if is_blank(cell):
        if column.required:
            raise Wrong(_("it is empty."))
        return "" if column.kind == "text" else None
    if column.kind == "day":
        return values.day(cell)
    if column.kind in ("area", "power"):
        return _decimal(cell)
    if column.kind == "yes_or_no" and isinstance(cell, bool):
        return cell
    if isinstance(cell, bool | time | timedelta) or (
        isinstance(cell, date) and column.kind != "days"
    ):
        shown = values.shown(cell)
        raise Wrong(_("«%(text)s» is not a text: write it as one.") % {"text": shown})
    longest = column.longest if column.kind == "text" else 2_000
    text = values.plain_text(values.shown(cell), longest=longest, is_ours=is_ours)
    if column.kind == "text":
        return text
    return PARSERS[column.kind](text)


def path_of(names: Sequence[str]) -> str:
    """Return the path of a site as it is written: a name of slashes alone gets one more."""
    return " / ".join(" ".join(map(_more, name.split(" "))) for name in names)


def _more(word: str) -> str:
    return word + "/" if set(word) == {"/"} else word


def _path(text: str) -> Path:
    names, words = list[str](), list[str]()
    for word in [*text.split(" "), "/"]:
        if word != "/":
            words.append(word[1:] if set(word) == {"/"} else word)
            continue
        if not words:
            raise Wrong(_("«%(text)s» has a part without a name.") % {"text": text[:60]})
        names.append(" ".join(words))
        words.clear()
    if len(names) > DEEPEST:
        raise Wrong(_("A site cannot be more than %(most)s deep.") % {"most": DEEPEST})
    if any(len(name) > NAME for name in names):
        raise Wrong(_("it is longer than %(longest)s letters.") % {"longest": NAME})
    return tuple(names)


def _decimal(cell: object) -> Decimal:
    if isinstance(cell, bool | date | time | timedelta):
        raise Wrong(_("«%(text)s» is not a number.") % {"text": values.shown(cell)})
    text = str(cell).strip().replace("\u00a0", "")
    if isinstance(cell, str):
        if not DECIMAL.fullmatch(text):
            raise Wrong(_("«%(text)s» is not a number.") % {"text": text[:40]})
        if "," in text or text.count(".") > 1:
            text = text.replace(".", "").replace(",", ".")
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise Wrong(_("«%(text)s» is not a number.") % {"text": text[:40]}) from None
    if not found.is_finite() or not 0 <= found < LARGEST:
        raise Wrong(_("«%(text)s» is not a number from 0 to a million.") % {"text": text[:40]})
    return found


def _cups(text: str) -> Cups:
    try:
        return parse_cups(text)
    except NotACups as refused:
        raise Wrong(str(refused)) from None


def _uid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        words = _("«%(text)s» is no identifier: leave it empty for what is new.")
        raise Wrong(words % {"text": text[:40]}) from None


def _zone(text: str) -> str:
    if text not in known_time_zones():
        raise Wrong(_("«%(text)s» is not a time zone.") % {"text": text[:60]})
    return text


def _days(text: str) -> list[date]:
    return sorted({values.day(each.strip()) for each in text.split(";") if each.strip()})


def _series(text: str) -> list[tuple[int, str]]:
    kinds = _by_label("series")
    found = list[tuple[int, str]]()
    for each in filter(None, (part.strip() for part in text.split(";"))):
        written, _blank, word = each.partition(" ")
        minutes = parse_number(written, most=max(Series.MINUTES))
        kind = kinds.get(fold(word)) if word else Series.Kind.INTERVAL
        if minutes is None or minutes not in Series.MINUTES or kind is None:
            raise Wrong(
                _("«%(text)s» is no resolution: write minutes (%(known)s), with ; between them.")
                % {"text": each[:40], "known": ", ".join(map(str, Series.MINUTES))}
            )
        found.append((minutes, str(kind)))
    return found


def _quantity(text: str) -> int:
    known = _by_label("quantity")
    code = parse_number(text, most=max(QUANTITIES))
    found = known.get(fold(text)) if code is None else code
    if found not in QUANTITIES:
        raise Wrong(_("«%(text)s» is not a quantity of the list.") % {"text": text[:60]})
    return int(str(found))


LABELS: Mapping[str, Mapping[Any, object]] = {
    "energy": labels.ENERGIES,
    "territory": labels.TERRITORIES,
    "role": labels.ROLES,
    "service": SERVICES,
    "source_kind": labels.SOURCES,
    "tariff": {tariff: tariff for tariff in labels.TARIFFS},
    "yes_or_no": YES_OR_NO,
    "series": SERIES,
    "quantity": {code: quantity.label for code, quantity in QUANTITIES.items()},
}
"""The words of what is chosen from a list, by the kind of column."""


@cache
def _by_label(kind: str) -> Mapping[str, object]:
    """Return what is chosen from a list by its words in both languages, folded."""
    named: dict[str, object] = {fold(value): value for value in LABELS[kind]}
    named |= ALSO.get(kind, {})
    for language in ("en", "es"):
        with override(language):
            named |= {fold(str(words)): value for value, words in LABELS[kind].items()}
    return named


def _one_of(kind: str) -> Callable[[str], object]:
    """Return the function that parses what is chosen from a list."""

    def chosen(text: str) -> object:
        known = _by_label(kind)
        if fold(text) not in known:
            raise Wrong(
                _("«%(text)s» is not one of: %(known)s.")
                % {"text": text[:60], "known": ", ".join(map(str, LABELS[kind].values()))}
            )
        return known[fold(text)]

    return chosen


PARSERS: Mapping[str, Callable[[str], object]] = {
    "path": _path,
    "cups": _cups,
    "uid": _uid,
    "zone": _zone,
    "days": _days,
    "series": _series,
    "quantity": _quantity,
    **{
        kind: _one_of(kind)
        for kind in (
            *("energy", "territory", "role", "service", "source_kind", "tariff", "yes_or_no"),
        )
    },
}
"""What each kind of column is parsed by, but texts, days and numbers."""


def word(kind: str, value: object) -> str:
    """Return the word of a value of a list; the code of a quantity that shares its word."""
    words = LABELS[kind].get(value)
    if kind == "quantity" and _by_label(kind).get(fold(str(words))) != value:
        return str(value)
    return str(words) if words is not None else str(value or "")
