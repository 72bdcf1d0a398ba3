"""What has to be known before the numbers of a page are believed."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from vatio.accounts.models import Account
from vatio.consumption.looking import Look
from vatio.consumption.subjects import EnergySubject
from vatio.dates import written
from vatio.readings.slots import ONE_DAY

NAMED = 5
"""How many of the things without data are named."""


def warnings(
    account: Account, looked: Sequence[Look], apart: Sequence[EnergySubject] = ()
) -> list[str]:
    """Return in sentences what is silent, what began within the span, and what stands apart."""
    found: list[str] = []
    if apart:
        units = ", ".join(f"«{each.name}» ({each.unit})" for each in apart)
        found.append(_("Of another unit, to be looked at apart: %(names)s.") % {"names": units})
    if len({each.subject.time_zone for each in looked}) > 1:
        found.append(
            _(
                "They are in different time zones: under a day they stand side by side by instant, "
                "and from days on each gives its own."
            )
        )
    found += _uncovered(account, looked)
    keys = {key for look in looked for key in (*look.silent, *look.later)}
    names_of = _names_of(account, keys) if keys else {}
    for look in looked:
        if len(look.components) > 1 and look.silent and not look.is_empty:
            names = [names_of[key] for key in look.silent if key in names_of]
            found.append(
                _("Without readings on these days, and not in the sum: %(names)s.")
                % {"names": _few(map(_quoted, names))}
            )
        later: dict[str, list[str]] = {}
        for key, day in sorted(look.later.items(), key=lambda each: each[1]):
            later.setdefault(written(day), []).append(names_of.get(key, ""))
        found += [
            _("Readings from %(day)s on: %(names)s.")
            % {"day": day, "names": _few(map(_quoted, names))}
            for day, names in list(later.items())[:NAMED]
        ]
        if len({each.time_zone for each in look.known.series.values()}) > 1:
            found.append(_("Its meters count in different time zones: each gives its own days."))
    return found


def _uncovered(account: Account, looked: Sequence[Look]) -> list[str]:
    """Return which supply points lack their principal meter, and on which days."""
    gaps = list(dict.fromkeys(each for look in looked for each in look.uncovered))
    if not gaps:
        return []
    points = account.supplypoints.filter(pk__in={each.supply_point_id for each in gaps})
    names = dict(points.values_list("pk", "name"))
    told = [
        _("«%(name)s» from %(since)s to %(until)s")
        % {
            "name": names.get(each.supply_point_id or 0, ""),
            "since": written(each.since),
            "until": written(each.until - ONE_DAY),
        }
        for each in gaps
    ]
    words = _("The principal meter is missing, and nothing is added for it: %(names)s.")
    return [words % {"names": _few(told)}]


def _names_of(account: Account, points: set[int]) -> dict[int, str]:
    """Return the meter of each data point by name."""
    rows = account.datapoints.filter(pk__in=points)
    return dict(rows.order_by("meter__name_sorted").values_list("pk", "meter__name"))


def _quoted(name: str) -> str:
    return f"«{name}»"


def _few(told: Iterable[str]) -> str:
    names = list(told)
    words = ", ".join(names[:NAMED])
    if len(names) > NAMED:
        words += " " + _("and %(num)s more") % {"num": len(names) - NAMED}
    return words
