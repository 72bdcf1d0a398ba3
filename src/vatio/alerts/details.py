"""What can be said of an alert, and whether it fits: its kind, its thresholds, what it looks at."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import isfinite
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from vatio.alerts.kinds import (
    NIGHT_LEAST,
    NIGHT_SHARE,
    SUMS,
    WARNS_AT,
    WORSENS_AT,
    AlertKind,
    Severity,
)
from vatio.alerts.models import AlertRule
from vatio.consumption import subjects
from vatio.consumption.subjects import SubjectKind
from vatio.metering.models import (
    CalculatedSeries,
    DataPoint,
    DataSource,
    RtcLine,
    Site,
    SupplyPoint,
)
from vatio.metering.quantities import Adding
from vatio.refusal import Refused
from vatio.tenants.models import Person

COLUMNS: dict[type[models.Model], str] = {
    DataPoint: "data_point",
    CalculatedSeries: "calculated",
    Site: "site",
    SupplyPoint: "supply_point",
    DataSource: "source",
    RtcLine: "line",
}
"""The column of a rule that holds each kind of thing."""

AlertThing = DataPoint | CalculatedSeries | Site | SupplyPoint | DataSource | RtcLine

DEFAULTS: dict[str, dict[str, float]] = {
    AlertKind.POWER: {"threshold": WARNS_AT, "worse": WORSENS_AT},
    AlertKind.NIGHT: {"threshold": NIGHT_LEAST, "share": NIGHT_SHARE},
}
"""What a kind takes where nothing else is said."""

LOOKED_AT: dict[SubjectKind, type[models.Model]] = {
    SubjectKind.DATA_POINT: DataPoint,
    SubjectKind.CALCULATED: CalculatedSeries,
    SubjectKind.SITE: Site,
    SubjectKind.SUPPLY_POINT: SupplyPoint,
}
"""What has readings of its own, by its kind."""

MEASURED = SUMS | {AlertKind.POWER, AlertKind.NIGHT}
"""Kinds that not every quantity says something to."""

ACTIVE = frozenset((401, 402))
"""Active power and active energy: for them a power is contracted."""

LONGEST = 31 * 24 * 60
LONGEST_NAME = 120
LONGEST_TEXT = 300


class WrongAlert(Refused):
    """An alert cannot be what was asked: it lacks a threshold, or its thing cannot be watched."""


@dataclass(frozen=True)
class AlertDetails:
    """What can be said of an alert; see `AlertRule` for the units."""

    name: str
    threshold: float | None = None
    worse: float | None = None
    share: float | None = None
    minutes: int = 0
    schedule: str = ""
    sms_text: str = ""
    severity: str = Severity.NORMAL


SAYS = ("name", "severity", "sms_text")
"""What changes how a rule tells of episodes, and not which it finds."""

LOOKS = tuple(each.name for each in fields(AlertDetails) if each.name not in SAYS)
"""What makes a rule find other episodes where it is changed."""


@dataclass(frozen=True)
class RecipientDetails:
    """A person whom an alert tells, and by which channels."""

    person: Person
    by_mail: bool = True
    by_sms: bool = False


def complete(thing: AlertThing, kind: str, details: AlertDetails) -> dict[str, Any]:
    """Return the columns of an alert on a thing, with what its kind takes where nothing is said.

    :raises WrongAlert: if the kind does not fit the thing, or the details do not fit the kind.
    """
    ensure_fits(thing, kind)
    return completed(kind, details)


def ensure_fits(thing: AlertThing, kind: str) -> None:
    """Refuse a kind of alert that cannot look at a thing.

    :raises WrongAlert: saying what an alert of the kind looks at.
    """
    is_fed = isinstance(thing, DataSource | RtcLine)
    if kind == AlertKind.SILENCE:
        if not is_fed and not isinstance(thing, DataPoint):
            raise WrongAlert(_("No data is told of a source, a line or a data point."))
        if isinstance(thing, DataSource) and thing.kind not in (
            DataSource.Kind.INSERTION,
            DataSource.Kind.COLLECTOR,
        ):
            raise WrongAlert(_("Files and people bring data when they have them."))
    elif is_fed:
        raise WrongAlert(_("Of a source or a line no data can be told, and nothing else."))
    elif kind == AlertKind.POWER and not isinstance(thing, SupplyPoint | DataPoint):
        raise WrongAlert(_("A power is contracted for a supply point."))
    elif kind in MEASURED:
        _ensure_measured(thing, kind)
    if kind not in AlertKind.values:
        raise WrongAlert(_("This kind of alert is not known."), field="kind")


def _ensure_measured(thing: AlertThing, kind: str) -> None:
    """Refuse a kind of alert where what a thing measures says nothing to it."""
    subject_kind = next(each for each, model in LOOKED_AT.items() if isinstance(thing, model))
    found = subjects.of_rows(thing.account, {subject_kind: [thing.pk]})
    quantity = found[subject_kind, thing.pk].quantity
    if kind in SUMS and quantity.adding != Adding.SUM:
        raise WrongAlert(
            _("Amounts add up, as energy and water do; %(quantity)s does not.")
            % {"quantity": quantity.label}
        )
    if kind == AlertKind.POWER and quantity.code not in ACTIVE:
        raise WrongAlert(_("With the contracted power only active energy or power is compared."))
    if kind == AlertKind.NIGHT and quantity.base not in ("W", "Wh"):
        raise WrongAlert(_("A night base is a mean power: it needs energy or power."))


def completed(kind: str, details: AlertDetails) -> dict[str, Any]:
    """Return the columns of details, with what the kind takes where nothing is said.

    :raises WrongAlert: if the details do not fit the kind.
    """
    columns: dict[str, Any] = {each.name: getattr(details, each.name) for each in fields(details)}
    columns["name"] = " ".join(details.name.split())
    columns["sms_text"] = " ".join(details.sms_text.split())
    for name, usual in DEFAULTS.get(kind, {}).items():
        columns[name] = usual if columns[name] is None else columns[name]
    if details.worse is None and columns["worse"] and columns["threshold"] >= columns["worse"]:
        columns["worse"] = None
    if not columns["name"]:
        raise WrongAlert(_("Write a name."), field="name")
    if len(columns["name"]) > LONGEST_NAME:
        raise WrongAlert(_("That is too long."), field="name")
    _ensure_levels(kind, columns)
    if details.schedule and (
        len(details.schedule) != AlertRule.HOURS or set(details.schedule) - {"0", "1"}
    ):
        raise WrongAlert(_("The schedule is not understood."), field="schedule")
    if len(columns["sms_text"]) > LONGEST_TEXT:
        raise WrongAlert(_("The text is too long: it would cost too much."), field="sms_text")
    if not 0 <= details.minutes <= LONGEST:
        raise WrongAlert(_("That is too long."), field="minutes")
    if kind in SUMS or kind == AlertKind.NIGHT:
        columns["minutes"] = 0
    return columns


def _ensure_levels(kind: str, columns: Mapping[str, Any]) -> None:
    """Refuse thresholds that are missing, are no numbers, or contradict each other."""
    threshold, worse = columns["threshold"], columns["worse"]
    if kind != AlertKind.SILENCE and threshold is None:
        raise WrongAlert(_("Write a threshold."), field="threshold")
    numbers = (threshold, worse, columns["share"])
    if any(isinstance(each, float) and not isfinite(each) for each in numbers):
        raise WrongAlert(_("Write a threshold."), field="threshold")
    if threshold is None or worse is None:
        return
    if worse > threshold if kind == AlertKind.BELOW else worse < threshold:
        raise WrongAlert(
            _("«Grave from» lies beyond the threshold, on the side that the alert looks for."),
            field="worse",
        )
