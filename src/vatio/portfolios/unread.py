"""What an import says before it imports: all that the file holds and nobody reads."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vatio import formats
from vatio.portfolios.parsing import Portfolio
from vatio.spreadsheets.values import fold

NAMED = 8
"""How many lines or sheets a sentence names at most; the rest are counted."""

OF_ITSELF = {"organizacion", "organisation"}
"""Headings of our own export that say what the import knows already."""


def sentences(portfolio: Portfolio) -> list[str]:
    """Return a sentence for each part of the file that is not read, or read though hidden."""
    return [
        *_about_sheets(portfolio),
        *_about_lines(portfolio),
        *(_about_column(name) for name in portfolio.columns.unknown),
        *(
            _("The column %(letters)s has no heading: it is left out.") % {"letters": _letters(at)}
            for at in sorted(portfolio.without_heading)
        ),
    ]


def _about_sheets(portfolio: Portfolio) -> list[str]:
    is_asked = any(fault.answer == "sheet" for fault in portfolio.faults)
    seen = [f"«{each.name}»" for each in portfolio.sheets if not (each.is_read or each.hidden)]
    hidden = [f"«{each.name}»" for each in portfolio.sheets if each.hidden and not each.is_read]
    found = []
    if seen and not is_asked:
        words = ngettext(
            "The sheet %(names)s is not read.", "The sheets %(names)s are not read.", len(seen)
        )
        found.append(words % {"names": _some(seen)})
    if hidden:
        words = ngettext(
            "The hidden sheet %(names)s is not read.",
            "The hidden sheets %(names)s are not read.",
            len(hidden),
        )
        found.append(words % {"names": _some(hidden)})
    found += [
        _("The sheet «%(name)s», which is read, is hidden.") % {"name": each.name}
        for each in portfolio.sheets
        if each.is_read and each.hidden
    ]
    return found


def _about_lines(portfolio: Portfolio) -> list[str]:
    found = []
    if above := portfolio.above:
        words = ngettext(
            "Line %(lines)s, above the headings, is not read.",
            "Lines %(lines)s, above the headings, are not read.",
            len(above),
        )
        found.append(words % {"lines": _some(map(str, above))})
    if totals := portfolio.totals:
        words = ngettext(
            "Line %(lines)s is of totals: it is not read.",
            "Lines %(lines)s are of totals: they are not read.",
            len(totals),
        )
        found.append(words % {"lines": _some(map(str, totals))})
    if hidden := portfolio.hidden:
        words = ngettext(
            "Line %(lines)s is hidden in the workbook, and is read too.",
            "Lines %(lines)s are hidden in the workbook, and are read too.",
            len(hidden),
        )
        found.append(words % {"lines": _some(map(str, hidden))})
    return found


def _about_column(name: str) -> str:
    if fold(name) in OF_ITSELF:
        return _("The column «%(name)s» is left out: the organisation is the one chosen here.") % {
            "name": name
        }
    return _("The column «%(name)s» is left out.") % {"name": name}


def _some(words: Iterable[str]) -> str:
    """Return words as a list in a sentence, and how many more there are of them."""
    named = list(words)
    more = len(named) - NAMED
    if more > 1:
        rest = ngettext("%(num)s more", "%(num)s more", more) % {"num": formats.number(more)}
        named = [*named[:NAMED], rest]
    return formats.joined(named)


def _letters(place: int) -> str:
    """Return the letters of a column: A for 0, Z for 25, AA for 26."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
