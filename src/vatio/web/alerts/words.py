"""The words and figures of alerts on the pages: states, severities, kinds, thresholds."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from vatio.alerts.kinds import SUMS, AlertKind, Severity
from vatio.alerts.listing import ListedRule
from vatio.alerts.models import AlertEpisode
from vatio.formats import amount

STATES: Mapping[bool, tuple[Promise, str, str]] = {
    True: (gettext_lazy("Open now"), "warn", "warm"),
    False: (gettext_lazy("Closed"), "check", ""),
}
"""Whether an episode is open: its word, its icon, its look."""

SEVERITIES: Mapping[str, tuple[Promise | str, str, str]] = {
    Severity.LOW: (Severity.LOW.label, "down", ""),
    Severity.NORMAL: (Severity.NORMAL.label, "minus", ""),
    Severity.HIGH: (Severity.HIGH.label, "up", "bad"),
}
"""How grave an alert is: its word, its icon, its look."""

CLOSED_ONES = pgettext_lazy("episodes", "Closed")

KINDS: Mapping[str, Promise | str] = {each.value: each.label for each in AlertKind}

MARKS: Mapping[str, Promise] = {
    "late": gettext_lazy("late"),
    "muted": gettext_lazy("muted"),
    "withdrawn": gettext_lazy("undone by later readings"),
    "worsened": gettext_lazy("it worsened"),
}


def marks_of(episode: AlertEpisode) -> list[Promise]:
    """Return what is to be known of an episode besides, in words."""
    marks = [name for name in ("late", "muted", "withdrawn") if getattr(episode, name)]
    return [MARKS[name] for name in [*marks, *(["worsened"] if episode.worsened_at else [])]]


def figure(value: float | None) -> str:
    """Write a value with three digits that say something: 1.234, 23,4, 0,123; a dash for none."""
    if value is None:
        return "–"
    places = 0 if abs(value) >= 1000 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return amount(round(value, places))


def with_unit(value: float | None, unit: str) -> str:
    """Write a value with its unit."""
    return f"{figure(value)} {unit}".strip() if value is not None else "–"


def _for_time(minutes: int) -> str:
    """Return for how long, in the longest unit that says it whole: 3 days, 26 hours, 15 minutes."""
    days, hours = minutes // (24 * 60), minutes // 60
    if minutes % (24 * 60) == 0:
        return ngettext("for %(num)s day", "for %(num)s days", days) % {"num": amount(days)}
    if minutes % 60 == 0:
        return ngettext("for %(num)s hour", "for %(num)s hours", hours) % {"num": amount(hours)}
    words = ngettext("for %(num)s minute", "for %(num)s minutes", minutes)
    return words % {"num": amount(minutes)}


def threshold_words(each: ListedRule) -> str:
    """Return what a rule looks for, in a line: above 30 kW for 15 minutes; grave from 40 kW."""
    rule, unit = each.rule, each.unit.name
    if rule.kind == AlertKind.SILENCE:
        if not rule.minutes:
            return _("for longer than usual")
        return _for_time(rule.minutes)
    level = with_unit(each.threshold, unit)
    if rule.kind == AlertKind.NIGHT:
        share = amount((rule.share or 0) * 100)
        return _("%(share)s %% above the usual, and %(level)s") % {"share": share, "level": level}
    side = _("less than %(level)s") if rule.kind == AlertKind.BELOW else _("more than %(level)s")
    words = [side % {"level": level}]
    if rule.minutes and rule.kind not in SUMS:
        words.append(_for_time(rule.minutes))
    if each.worse is not None:
        words.append(_("grave from %(level)s") % {"level": with_unit(each.worse, unit)})
    return " · ".join(words)
