"""The weekly schedule of an alert as a form has it: always, by working hours, or day by day."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vatio.alerts import schedules
from vatio.alerts.details import AlertThing
from vatio.alerts.things import working_hours_of

ALWAYS, INSIDE, OUTSIDE, CHOSEN = "always", "inside", "outside", "chosen"

WAYS = [
    (ALWAYS, gettext_lazy("Always")),
    (INSIDE, gettext_lazy("In the working hours of the site")),
    (OUTSIDE, gettext_lazy("Outside the working hours of the site")),
    (CHOSEN, gettext_lazy("On chosen days and hours")),
]

DAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)

USUAL = ["8-18"] * 5 + [""] * 2
"""What stands in the fields of the days before anybody chose any."""


class HoursField(forms.Field):
    """The hours of a day, written 8-14, 16-20, as 24 letters; none of an empty one."""

    def to_python(self, value: object) -> str:
        try:
            return schedules.read_hours(str(value or "").strip())
        except schedules.NotHours:
            raise ValidationError(
                _("Write whole hours of the day, such as 8-14, 16-20; nothing for none.")
            ) from None


def fields() -> dict[str, forms.Field]:
    """Return the fields of a schedule."""
    made: dict[str, forms.Field] = {
        "when": forms.ChoiceField(label=gettext_lazy("Schedule"), choices=WAYS, required=False)
    }
    return made | {
        f"day{number}": HoursField(label=label, required=False) for number, label in enumerate(DAYS)
    }


def initial(schedule: str, thing: AlertThing | None) -> dict[str, str]:
    """Return what stands in the fields for a schedule."""
    known = known_hours(thing)
    way = CHOSEN
    if schedule == schedules.ALWAYS:
        way = ALWAYS
    elif known and schedule == known:
        way = INSIDE
    elif known and schedule == schedules.outside(known):
        way = OUTSIDE
    days: Sequence[str] = USUAL
    if schedule:
        days = [schedules.written_hours(day) for day in schedules.days_of(schedule)]
    return {"when": way, **{f"day{number}": hours for number, hours in enumerate(days)}}


def known_hours(thing: AlertThing | None) -> str | None:
    """Return the working hours of a thing's site as a schedule; None where there are none."""
    said = working_hours_of(thing) if thing is not None else ()
    return schedules.of_working_hours(said[1]) if said else None


def schedule_of(written: Mapping[str, Any], thing: AlertThing | None) -> str:
    """Return the schedule that valid fields say.

    :raises ValidationError: if there are no working hours, or not a single hour is chosen.
    """
    way = written.get("when") or ALWAYS
    if way == ALWAYS:
        return schedules.ALWAYS
    if way == CHOSEN:
        made = schedules.of_days(written[f"day{number}"] for number in range(schedules.DAYS))
        if made == schedules.NEVER:
            raise ValidationError(_("Choose an hour at least."))
        return made
    known = known_hours(thing)
    if known is None:
        raise ValidationError(why_unknown(thing))
    return known if way == INSIDE else schedules.outside(known)


def why_unknown(thing: AlertThing | None) -> str:
    """Return why the working hours of a thing's site are not known."""
    said = working_hours_of(thing) if thing is not None else ()
    if not said:
        return _("Its site says no working hours: write them there, or choose the hours here.")
    return _("The working hours of %(site)s, «%(text)s», are not understood: choose them here.") % {
        "site": said[0],
        "text": said[1],
    }
