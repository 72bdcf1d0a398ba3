"""What a cell of a spreadsheet means: texts and days as they are written in Spain."""

import re
import unicodedata
from datetime import date, datetime, time
from math import isfinite

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vatio.spreadsheets import letters
from vatio.spreadsheets.files.cells import NoValue
from vatio.tenants.folding import tidy

FORMULA = ("=", "+", "-", "@")
TIME = r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?"
SPANISH_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})" + TIME, re.ASCII)
ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})" + TIME, re.ASCII)
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)


class Wrong(Exception):
    """A cell cannot be parsed; the message says why.

    `answer` names what somebody could say about the whole file so that it can: ends.
    """

    def __init__(self, words: str, *, answer: str = "") -> None:
        super().__init__(words)
        self.answer = answer


def fold(text: object) -> str:
    """Return a heading without case, accents and repeated spaces, for comparison."""
    plain = unicodedata.normalize("NFKD", str(text))
    return tidy("".join(letter for letter in plain if not unicodedata.combining(letter)).lower())


def without_value(cell: NoValue) -> str:
    """Return why a cell has no value."""
    if cell.why == "error":
        return _("the workbook has an error here: %(error)s.") % {"error": cell.text or "#?"}
    if cell.why == "merged":
        return _("the cell is merged with another: write its own value, or leave it empty apart.")
    return _(
        "the workbook has a formula here, and its result is not stored: open the workbook, save"
        " it, and hand in that file."
    )


def plain_text(text: str, *, longest: int, is_ours: bool) -> str:
    """Return a text trimmed.

    :raises Wrong: if it begins like a formula and the file is not ours, cannot have been meant,
        or is too long.
    """
    if not is_ours and text.strip().startswith(FORMULA):
        raise Wrong(
            _("«%(text)s» begins like a formula: it is not taken.") % {"text": text.strip()[:40]}
        )
    if letters.ERROR.fullmatch(text.strip()):
        raise Wrong(without_value(NoValue("error", text.strip())))
    if letters.are_unwritable(text):
        raise Wrong(_("it has a character that cannot be written."))
    if letters.TWICE.search(text):
        raise Wrong(
            _("«%(text)s» has letters that another program has spoilt: write them again.")
            % {"text": text.strip()[:40]}
        )
    text = tidy(text)
    if len(text) > longest:
        raise Wrong(_("it is longer than %(longest)s letters.") % {"longest": longest})
    return text


def shown(cell: object) -> str:
    """Return a cell as whoever reads the page would write it: 300, 12,5, 31/12/2026."""
    if isinstance(cell, bool):
        return _("true") if cell else _("false")
    if isinstance(cell, datetime):
        return f"{cell:%d/%m/%Y %H:%M}" if cell.time() != time() else f"{cell:%d/%m/%Y}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, float):
        if isfinite(cell) and cell.is_integer():
            return str(int(cell))
        english = (get_language() or "es").startswith("en")
        return repr(cell) if english else repr(cell).replace(".", ",")
    return str(cell)


def day(cell: object) -> date:
    """Parse a day without a time.

    :raises Wrong: if the cell is no day, or has a time of day.
    """
    found = moment(cell)
    if isinstance(found, datetime):
        raise Wrong(
            _("«%(text)s» has a time of day: write the day alone.") % {"text": shown(found)}
        )
    return found


def moment(cell: object) -> date:
    """Parse a day: a date cell, 31/12/2026, or 2026-12-31 (ISO 8601); a datetime if it has a time.

    :raises Wrong: if the cell is empty, no day, or not from `EARLIEST` to `LATEST`, both included.
    """
    if isinstance(cell, date):
        found = cell
    else:
        text = shown(cell).strip()
        if not text:
            raise Wrong(_("it is empty."))
        try:
            found = _parsed(text)
        except ValueError:
            raise Wrong(
                _("«%(text)s» is not a day: write it as 31/12/2026.") % {"text": text[:40]}
            ) from None
    if isinstance(found, datetime) and found.time() == time():
        found = found.date()
    if not EARLIEST <= date(found.year, found.month, found.day) <= LATEST:
        raise Wrong(_("%(day)s is too far away.") % {"day": shown(found)})
    return found


def _parsed(text: str) -> datetime:
    spanish, iso = SPANISH_DAY.fullmatch(text), ISO_DAY.fullmatch(text)
    if not (spanish or iso):
        raise ValueError(text)
    parts = [int(part or 0) for part in (spanish or iso).groups()]  # type: ignore[union-attr]
    year, month, day = (parts[2], parts[1], parts[0]) if spanish else parts[:3]
    hour, minute, second = parts[3:]
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
