"""The kinds of alert rules: what each looks at, and what it takes unless said otherwise."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AlertKind(models.TextChoices):
    """What a rule looks for."""

    ABOVE = "above", _("Above a threshold")
    BELOW = "below", _("Below a threshold")
    DAY_SUM = "day sum", _("Sum of a day above")
    WEEK_SUM = "week sum", _("Sum of a week above")
    MONTH_SUM = "month sum", _("Sum of a month above")
    POWER = "power", _("Above the contracted power")
    NIGHT = "night", _("Night base above usual")
    SILENCE = "silence", _("No data")


class Severity(models.TextChoices):
    """How grave what a rule finds is; SMS are for high ones."""

    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")


SUMS = frozenset({AlertKind.DAY_SUM, AlertKind.WEEK_SUM, AlertKind.MONTH_SUM})
DAILY = SUMS | {AlertKind.NIGHT}
"""Kinds that tell of whole days: what they find is news for longer than an interval."""

WARNS_AT = 0.9
"""The share of the contracted power from which on a rule warns."""

WORSENS_AT = 1.0
"""The share of the contracted power above which an episode has worsened."""

NIGHT_SHARE = 0.2
"""How much more than usual, as a share of it, a night base is too much."""

NIGHT_LEAST = 1_000.0
"""The power in W that a night base exceeds as well."""

SPOKEN_AGAIN = 2
"""A source is silent after so many times its usual spacing, and `LEAST_SILENCE` at least."""

LEAST_SILENCE = 120
"""Minutes without data before a source can count as silent."""

LINE_SILENCE = 26 * 60
"""Minutes without data before an RTC line, which is called every 24 hours, is silent."""
