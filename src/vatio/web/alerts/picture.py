"""The picture of what an alert looks at: its curve, its thresholds and its episodes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vatio.alerts.judging import JudgedCurve
from vatio.alerts.kinds import AlertKind
from vatio.alerts.models import AlertRule
from vatio.alerts.wording import EpisodeUnit, unit_of
from vatio.formats import number
from vatio.web.alerts.words import with_unit
from vatio.web.analysis.curve_drawing import CurveDrawing, Slot, Strip, draw, strips

Stretch = tuple[datetime, datetime | None]
"""When an episode begins and ends; None while it is open."""


@dataclass(frozen=True)
class AlertPicture:
    """A curve with the stretches that are episodes, and a line for each threshold."""

    drawn: CurveDrawing
    bands: list[Strip]
    levels: list[tuple[float, str]]
    unit: EpisodeUnit
    minutes: int
    told: str


def picture(
    curve: JudgedCurve,
    rule: AlertRule,
    episodes: Iterable[Stretch],
    *,
    now: float,
) -> AlertPicture | None:
    """Draw what a rule compares with its thresholds; None without any value.

    :param rule: of a silence no threshold is drawn.
    """
    curve = curve.known(now)
    if not curve.slots:
        return None
    unit = unit_of(rule, curve.subject.quantity, curve.subject.unit)
    levels = _levels(rule)
    drawn = draw(
        [Slot(at, value) for at, value in curve.slots],
        minutes=curve.minutes,
        time_zone=curve.subject.time_zone,
        factor=unit.factor,
        unit=unit.name,
        what=curve.subject.name,
        adds=False,
        now=now,
        levels=levels,
    )
    if drawn is None:
        return None
    bands = _bands(curve, episodes, now=now)
    words = [_("Threshold: %(level)s"), _("Grave from: %(level)s")]
    lines = [
        (drawn.height(level), text % {"level": with_unit(level / unit.factor, unit.name)})
        for level, text in zip(levels, words, strict=False)
    ]
    return AlertPicture(drawn, bands, lines, unit, curve.minutes, _told(drawn, lines, bands))


def _levels(rule: AlertRule) -> list[float]:
    """Return the threshold, and the second one, that a line is drawn for."""
    if rule.kind == AlertKind.SILENCE or rule.threshold is None:
        return []
    return [rule.threshold] if rule.worse is None else [rule.threshold, rule.worse]


def _bands(curve: JudgedCurve, episodes: Iterable[Stretch], *, now: float) -> list[Strip]:
    begins = curve.slots[0][0]
    ends = curve.slots[-1][0] + curve.minutes * 60
    seen = []
    for since, until in episodes:
        first = max(since.timestamp(), begins)
        last = min(until.timestamp() if until else now, ends)
        if last >= first:
            seen.append((first - begins, last - begins))
    return strips(sorted(seen), ends - begins)


def _told(drawn: CurveDrawing, levels: Sequence[tuple[float, str]], bands: Sequence[Strip]) -> str:
    """Return in words what the picture shows."""
    marked = ngettext("%(num)s stretch is marked.", "%(num)s stretches are marked.", len(bands))
    said = [drawn.told, *(f"{words}." for _y, words in levels)]
    return " ".join([*said, marked % {"num": number(len(bands))}] if bands else said)
