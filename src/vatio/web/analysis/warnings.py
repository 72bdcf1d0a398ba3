"""What has to be known before the numbers of a page are believed."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from vatio.accounts.models import Account
from vatio.consumption.looking import Look
from vatio.consumption.subjects import EnergySubject
from vatio.dates import written

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
    keys = {key for look in looked for key in (*look.silent, *look.later)}
    names_of = _names_of(account, keys) if keys else {}
    for look in looked:
        if len(look.components) > 1 and look.silent and not look.is_empty:
            names = [names_of[key] for key in look.silent if key in names_of]
            found.append(
                _("Without readings on these days, and not in the sum: %(names)s.")
                % {"names": _few(names)}
            )
        later: dict[str, list[str]] = {}
        for key, day in sorted(look.later.items(), key=lambda each: each[1]):
            later.setdefault(written(day), []).append(names_of.get(key, ""))
        found += [
            _("Readings from %(day)s on: %(names)s.") % {"day": day, "names": _few(names)}
            for day, names in list(later.items())[:NAMED]
        ]
        if len({each.time_zone for each in look.known.series.values()}) > 1:
            found.append(_("Its meters count in different time zones: each gives its own days."))
    return found


def _names_of(account: Account, points: set[int]) -> dict[int, str]:
    """Return the meter of each data point by name."""
    rows = account.datapoints.filter(pk__in=points)
    return dict(rows.order_by("meter__name_sorted").values_list("pk", "meter__name"))


def _few(names: Sequence[str]) -> str:
    words = ", ".join(f"«{name}»" for name in names[:NAMED])
    if len(names) > NAMED:
        words += " " + _("and %(num)s more") % {"num": len(names) - NAMED}
    return words
