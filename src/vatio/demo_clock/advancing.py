"""Moves the demo's clock forward a day at a time, and lets each day bring what it brings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from vatio import clock
from vatio.accounts.models import EndingCount
from vatio.clock.models import Shift
from vatio.orders import digesting, lapsing
from vatio.refusal import Refused
from vatio.reminders import deciding
from vatio.tenants.platform import is_demo

MOST_DAYS = 3_660


class NotTheDemo(Refused):
    """Time is moved in the demo alone."""


class WrongDays(Refused):
    """The clock goes forward, by a number of days within bounds."""


@dataclass
class Passed:
    """What happened while the days passed."""

    days: int = 0
    reminders: int = 0
    expired: int = 0
    lapsed: int = 0
    sent: int = 0


def advance(days: int, *, send: Callable[[], int] | None = None) -> Passed:
    """Let days pass, one after the other, each with the work that it brings.

    :param send: sends what is due and tells how many; without it the worker does.
    :raises NotTheDemo: outside the demo.
    :raises WrongDays: unless it is from 1 to ten years.
    """
    if not is_demo():
        raise NotTheDemo(_("Only the demo's clock can be moved."))
    if not 1 <= days <= MOST_DAYS:
        raise WrongDays(_("Write a number from 1 to %(most)s.") % {"most": MOST_DAYS}, field="days")
    passed = Passed()
    clock.follow(True)
    for _day in range(days):
        _pass_a_day(passed)
        if send is not None:
            passed.sent += send()
    return passed


def next_end() -> datetime | None:
    """Tell the instant at which the next account expires."""
    ahead = EndingCount.objects.filter(ends_at__gt=clock.now(), accounts__gt=0)
    return ahead.order_by("ends_at").values_list("ends_at", flat=True).first()


def days_to_the_next_end() -> int | None:
    """Tell how many days it is to the day on which the next account expires."""
    following = next_end()
    if following is None:
        return None
    return max(-(-(following - clock.now()) // timedelta(days=1)), 1)


@transaction.atomic
def _pass_a_day(passed: Passed) -> None:
    Shift.objects.get_or_create(id=1)
    Shift.objects.select_for_update().get(id=1)
    clock.forget()
    before = clock.now()
    Shift.objects.filter(id=1).update(days=F("days") + 1)
    clock.forget()
    at = clock.now()
    told, _written = deciding.decide(at=at)
    ended = EndingCount.objects.filter(ends_at__gt=before, ends_at__lte=at)
    passed.days += 1
    passed.reminders += told
    passed.expired += ended.aggregate(number=Sum("accounts", default=0))["number"]
    passed.lapsed += lapsing.lapse(at=at)
    digesting.digest(at=at)
