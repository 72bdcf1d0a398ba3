"""Alerts that many begin with: what the form is filled with before anything is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from vatio.alerts.details import LONGEST
from vatio.alerts.kinds import AlertKind, Severity
from vatio.alerts.things import FedKind, WatchableThing
from vatio.consumption.subjects import SubjectKind
from vatio.keys import parse_number
from vatio.web.alerts import schedule_fields


@dataclass(frozen=True)
class Suggestion:
    """An alert to begin with: its words, why one wants it, and what the form is filled with."""

    words: str
    why: str
    query: str


def suggestions(things: Iterable[WatchableThing]) -> list[Suggestion]:
    """Return the three alerts that most accounts begin with, on what they have."""
    first: dict[str, WatchableThing] = {}
    for each in things:
        first.setdefault(each.kind, each)
    fed = first.get(FedKind.SOURCE) or first.get(FedKind.LINE) or first.get(SubjectKind.DATA_POINT)
    supply = first.get(SubjectKind.SUPPLY_POINT)
    whole = first.get(SubjectKind.SITE) or supply or first.get(SubjectKind.DATA_POINT)
    return [
        _suggestion(
            AlertKind.SILENCE,
            _("No data of a source"),
            _("A gateway that falls silent leaves gaps that nobody can fill later."),
            fed,
        ),
        _suggestion(
            AlertKind.POWER,
            _("Above the contracted power"),
            _("Excesses cost money on the bill: be told before the month is over."),
            supply,
        ),
        _suggestion(
            AlertKind.NIGHT,
            _("Night base above usual"),
            _("What stays on at night is what is wasted most."),
            whole,
        ),
    ]


def _suggestion(kind: str, words: str, why: str, thing: WatchableThing | None) -> Suggestion:
    name = f"{words} · {thing.name}" if thing else words
    asked = {"kind": kind, "name": name[:120], "thing": thing.key if thing else ""}
    return Suggestion(words, why, "?" + urlencode({k: v for k, v in asked.items() if v}))


def prefilled(parameters: QueryDict) -> Mapping[str, Any]:
    """Return what stands in the form of a new alert, as its address says."""
    kind = parameters.get("kind", "")
    minutes = parse_number(parameters.get("minutes", ""), most=LONGEST)
    severity = parameters.get("severity", "")
    return {
        **schedule_fields.initial("", None),
        "name": parameters.get("name", "")[:120],
        "kind": kind if kind in AlertKind.values else AlertKind.ABOVE,
        "thing": parameters.get("thing", ""),
        "threshold": parameters.get("threshold", "")[:20],
        "minutes": "" if minutes is None else minutes,
        "severity": severity if severity in Severity.values else Severity.NORMAL,
    }
