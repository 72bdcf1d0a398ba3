"""How an uploaded file is read, field by field: what was found, what is asked, what is said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from vatio.accounts.models import Account
from vatio.keys import parse_number, parse_uuid
from vatio.metering.cups import NotACups, parse_cups
from vatio.metering.labels import RESOLUTIONS
from vatio.readings.drafts import DraftPlan, options_of
from vatio.readings.files.curves import CurveFile, CurveOptions
from vatio.readings.models import ReadingsDraft
from vatio.web.readings.words import (
    ASKED,
    DECIMALS,
    DELIMITERS,
    FORMATS,
    FOUND_LABEL,
    FOUND_UNIT,
    KINDS,
    LABELS,
    ZONES,
)

Choices = Mapping[str, Promise | str]
UNITS = {unit: unit for unit in ("Wh", "kWh", "kW")}
MOST_POINTS = 300
MOST_DIGITS = 12
LARGEST_CODE = 99_999


@dataclass
class ReadingField:
    """A field of how a file is read.

    `said` is what somebody said, `found` what was understood without it, and `where` what told
    so. `choices` is empty for a text. `asks` are the words of what must be asked.
    """

    name: str
    label: str
    choices: Choices = field(default_factory=dict)
    said: str = ""
    found: str = ""
    where: str = ""
    asks: str = ""
    help: str = ""
    error: str = ""


@dataclass
class Understanding:
    """The fields that are always shown, and those for what is seldom wrong."""

    first: list[ReadingField]
    others: list[ReadingField]
    details: list[tuple[str, str]]

    @property
    def opens(self) -> bool:
        """Whether one of the others is asked, or was said."""
        return any(each.asks or each.said or each.error for each in self.others)


def understanding(
    account: Account, draft: ReadingsDraft, plan: DraftPlan | None, *, errors: Mapping[str, str]
) -> Understanding:
    """Return the fields of how a draft is read."""
    file = plan.reports[0].file if plan and plan.reports else None
    asked = plan.asked if plan else ""
    fields = {each.name: each for each in (*_first(file), *_others(account))}
    known = options_of(draft.told)
    said = {**vars(known), **draft.choice}
    for each in fields.values():
        each.said = "" if said.get(each.name) is None else str(said[each.name])
        each.asks = str(ASKED.get(each.name, "")) if each.name == asked else ""
        each.error = errors.get(each.name, "")
    first = [fields.pop(name) for name in ("format", "label", "unit", "time_zone")]
    if asked in fields:
        first.insert(0, fields.pop(asked))
    first.sort(key=lambda each: not each.asks)
    return Understanding(first, list(fields.values()), _details(file))


def _first(file: CurveFile | None) -> list[ReadingField]:
    found = file.understood if file else None
    zones = {zone: zone for zone in ZONES}
    label = found.label if found else ""
    return [
        ReadingField("format", _("Format"), FORMATS, found=_of(FORMATS, file and file.format)),
        ReadingField(
            "label",
            _("Label of the hour"),
            LABELS,
            found=_of(LABELS, label),
            where=str(FOUND_LABEL.get(found.label_from, "") or _heading(found.label_from))
            if found
            else "",
        ),
        ReadingField(
            "unit",
            _("Unit"),
            UNITS,
            found=found.unit if found else "",
            where=_of(FOUND_UNIT, found and found.unit_from),
        ),
        ReadingField("time_zone", _("Time zone"), zones, found=found.time_zone if found else ""),
    ]


def _others(account: Account) -> list[ReadingField]:
    points = account.datapoints.in_service().select_related("meter").order_by("name_sorted", "id")
    offered: dict[str, Promise | str] = {
        str(each.uid): f"{each.meter.name} · {each.name}" for each in points[:MOST_POINTS]
    }
    minutes = {str(key): words for key, words in RESOLUTIONS.items()}
    return [
        ReadingField(
            "cups",
            "CUPS",
            help=_("Of what the file names no supply point for."),
        ),
        ReadingField(
            "point",
            _("Data point"),
            offered,
            help=_("It takes the curve, whatever supply point the file names."),
        ),
        ReadingField("kind", _("What the values are"), KINDS),
        ReadingField("minutes", _("Length of the intervals"), minutes),
        ReadingField("decimal", _("Decimal mark"), DECIMALS),
        ReadingField(
            "digits",
            _("Digits of the register"),
            help=_("Where it begins again at zero: 6 for 999999."),
        ),
    ]


def _heading(text: str) -> str:
    return _("the heading is «%(text)s»") % {"text": text} if text else ""


def _of(words: Choices, key: object) -> str:
    return str(words.get(str(key), "")) if key else ""


def _details(file: CurveFile | None) -> list[tuple[str, str]]:
    """Return what else was understood, in words."""
    if file is None:
        return []
    found = file.understood
    minutes = found.minutes
    rows = [
        (_("Separator"), _of(DELIMITERS, found.delimiter)),
        (_("Encoding"), found.encoding),
        (_("Decimal mark"), _of(DECIMALS, found.decimal)),
        (_("Length of the intervals"), str(RESOLUTIONS.get(minutes, "")) if minutes else ""),
        (_("Line of the header"), str(found.header_line or "")),
        (_("What the values are"), _of(KINDS, found.kind)),
    ]
    return [(words, value) for words, value in rows if value]


def read_form(
    account: Account, form: QueryDict
) -> tuple[CurveOptions, dict[str, Any], dict[str, str]]:
    """Return what a form says of a file: how it is read, what is taken, and what is wrong."""
    errors: dict[str, str] = {}
    said: dict[str, Any] = {name: form.get(name, "") for name in vars(CurveOptions())}
    if said["cups"].strip():
        try:
            said["cups"] = parse_cups(said["cups"]).code
        except NotACups as refused:
            errors["cups"] = str(refused)
            said["cups"] = ""
    written = form.get("digits", "").strip()
    digits = parse_number(written, most=MOST_DIGITS) or None
    if written and digits is None:
        errors["digits"] = _("A whole number from 1 to %(most)s.") % {"most": MOST_DIGITS}
    choice: dict[str, Any] = {
        "create": form.get("create") == "yes",
        "digits": digits,
        "point": str(parse_uuid(form.get("point", "")) or "") or None,
    }
    if form.get("columns"):
        taken = {parse_number(each, most=LARGEST_CODE) for each in form.getlist("take")}
        choice["quantities"] = sorted(each for each in taken if each is not None)
    return options_of(said), choice, errors
