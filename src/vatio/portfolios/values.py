"""What a cell of a portfolio means: texts, quantities and days as they are written in Spain."""

import re
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from math import isfinite
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import override

from vatio import formats
from vatio.accounts import labels
from vatio.accounts.models import Sector
from vatio.accounts.nif import is_nif, tidy_nif
from vatio.dates import add_months
from vatio.formats import NotWhole, whole_number
from vatio.portfolios.columns import REQUIRED
from vatio.spreadsheets.files.cells import NoValue
from vatio.spreadsheets.values import Wrong, day, fold, moment, plain_text, shown, without_value
from vatio.tenants.addresses import NotAnAddress, check_address
from vatio.tenants.folding import tidy
from vatio.units import Unit

Ends = Literal["exclusive", "inclusive", ""]

SECTORS = {
    "administracion": Sector.ADMINISTRATION,
    "administracion publica": Sector.ADMINISTRATION,
    "agricultura": Sector.AGRICULTURE,
    "comercio": Sector.COMMERCE,
    "educacion": Sector.EDUCATION,
    "sanidad": Sector.HEALTH,
    "hoteles": Sector.HOTELS,
    "hotel": Sector.HOTELS,
    "vivienda": Sector.HOUSING,
    "industria": Sector.INDUSTRY,
    "logistica": Sector.LOGISTICS,
    "oficinas": Sector.OFFICES,
    "deporte": Sector.SPORT,
    "otro": Sector.OTHER,
    "otros": Sector.OTHER,
}
QUANTITIES = (*Unit, "sms_credits")
DAYS = ("starts_on", "ends_on")
LONGEST = {"name": 120, "client": 120, "contact_email": 254, "licence": 60}
MOST = 1_000_000
ALMOST = 1e-6
"""How far from a whole number what a workbook calculated may be and still be that number."""


def value(key: str, cell: object, *, is_ours: bool) -> object:
    """Return what a cell of a column means.

    :param is_ours: whether the file is an export of ours, where a name that begins like a formula
        is a name; in any other it is a fault.
    :raises Wrong: if it means nothing, or cannot have been meant.
    """
    if isinstance(cell, NoValue):
        raise Wrong(without_value(cell))
    if key in QUANTITIES:
        return _whole(cell)
    if key in DAYS:
        return moment(cell) if key == "ends_on" else day(cell)
    if isinstance(cell, bool | date | time | timedelta):
        raise Wrong(_("«%(text)s» is not a text: write it as one.") % {"text": shown(cell)})
    return _meaning(key, shown(cell), is_ours)


@lru_cache(maxsize=20_000)
def _meaning(key: str, written: str, is_ours: bool) -> str:
    """Return what a text means in a column: most of a file's texts are there many times."""
    # A NIF is copied from documents with what cannot be seen around it, and is tidied everywhere.
    plain = tidy(written) if key == "nif" else written
    text = plain_text(plain, longest=LONGEST.get(key, 60), is_ours=is_ours)
    if not text and key in REQUIRED:
        raise Wrong(_("it is empty."))
    if key == "nif" and text:
        tidied = tidy_nif(text)
        if not is_nif(tidied):
            raise Wrong(_("«%(text)s» is not a valid NIF.") % {"text": text})
        return tidied
    if key == "contact_email" and text:
        try:
            return check_address(text)
        except NotAnAddress as refused:
            raise Wrong(str(refused)) from None
    if key == "sector":
        return _sector(text)
    return text


@cache
def _sectors() -> dict[str, Sector]:
    """Return the sectors by their names in both languages, folded."""
    named = {**SECTORS, **{str(sector): sector for sector in Sector}}
    for language in ("es", "en"):
        with override(language):
            named |= {fold(words): Sector(key) for key, words in labels.SECTORS.items()}
    return named


def _sector(text: str) -> str:
    if not text:
        return Sector.OTHER
    known = _sectors().get(fold(text))
    if known is None:
        raise Wrong(
            _("«%(text)s» is not a sector. They are: %(sectors)s.")
            % {"text": text, "sectors": ", ".join(str(each) for each in labels.SECTORS.values())}
        )
    return known


def _whole(cell: object) -> int | None:
    """Parse a whole number, as forms do too; a workbook's may be a trifle off.

    :raises Wrong: if the cell is negative, no whole number, one of two, or above `MOST`.
    """
    if isinstance(cell, str) and not cell.strip():
        return None
    text = shown(cell).strip()
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if not isfinite(cell) or abs(cell - round(cell)) > ALMOST:
            raise Wrong(_("«%(text)s» is not a whole number.") % {"text": text})
        number = round(cell)
    elif re.fullmatch(r"[-−][\d., ]+", text):
        raise Wrong(_("%(text)s is negative.") % {"text": text})
    else:
        number = _written(text)
    if number < 0:
        raise Wrong(_("%(text)s is negative.") % {"text": text})
    if number > MOST:
        raise Wrong(
            _("%(text)s is more than %(most)s.") % {"text": text[:40], "most": formats.number(MOST)}
        )
    return number


def _written(text: str) -> int:
    try:
        return whole_number(text)
    except NotWhole as error:
        if error.either:
            large, small = error.either
            raise Wrong(
                _("«%(text)s» may be %(large)s or %(small)s: write it without its comma.")
                % {"text": text, "large": large, "small": small}
            ) from None
        raise Wrong(_("«%(text)s» is not a whole number.") % {"text": text[:40]}) from None


def end_of(starts_on: date, written: date, ends: Ends) -> date:
    """Return the first day that is no longer covered, from the end that the file gives.

    :raises Wrong: if the end is ambiguous, or not after the start.
    """
    ends_on = date(written.year, written.month, written.day)
    following = ends_on + timedelta(days=1)
    if isinstance(written, datetime) and ends != "inclusive":
        words = {"text": shown(written)}
        if ends:
            raise Wrong(_("«%(text)s» has a time of day: write the day alone.") % words)
        raise Wrong(
            _("«%(text)s» has a time of day: say whether that day is the last one covered.")
            % words,
            answer="ends",
        )
    if ends == "inclusive":
        ends_on = following
    elif not ends and ends_on >= starts_on and _whole_months(starts_on, following):
        raise Wrong(
            _("%(day)s looks like the last day, not the one after: say which it is.")
            % {"day": shown(ends_on)},
            answer="ends",
        )
    if ends_on <= starts_on:
        raise Wrong(
            _("%(day)s is not after the start (%(start)s).")
            % {"day": shown(ends_on), "start": shown(starts_on)}
        )
    return ends_on


def _whole_months(starts_on: date, day: date) -> bool:
    """Return whether a day is a whole number of months after the start."""
    months = (day.year - starts_on.year) * 12 + day.month - starts_on.month
    return months > 0 and add_months(starts_on, months, anchor_day=starts_on.day) == day
