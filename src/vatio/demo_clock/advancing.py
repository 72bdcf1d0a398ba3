"""Moves the demo's clock forward a day at a time, and does the work that each day brings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from vatio import clock
from vatio.accounts import current_holdings
from vatio.accounts.models import EndingCount
from vatio.clock.models import Shift
from vatio.orders import digesting, lapsing
from vatio.refusal import Refused
from vatio.reminders import deciding
from vatio.tenants.platform import is_demo

MOST_DAYS = 3_660


class NotTheDemo(Refused):
    """Only the demo's clock can be moved."""


class WrongDays(Refused):
    """The number of days is less than 1 or more than MOST_DAYS."""


@dataclass
class Passed:
    """How many days passed, and how much happened meanwhile."""

    days: int = 0
    reminders: int = 0
    expired: int = 0
    lapsed: int = 0
    sent: int = 0


def advance(days: int, *, send: Callable[[], int] | None = None) -> Passed:
    """Move the demo's clock forward day by day, do the work of each day, and return the counts.

    :param send: delivers the messages that are due and returns how many; by default the worker
        delivers them.
    :raises NotTheDemo: outside the demo.
    :raises WrongDays: unless `days` is from 1 to MOST_DAYS, about ten years.
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
    """Return the instant at which the next account expires; None if none will."""
    ahead = EndingCount.objects.filter(ends_at__gt=clock.now(), accounts__gt=0)
    return ahead.order_by("ends_at").values_list("ends_at", flat=True).first()


def days_to_the_next_end() -> int | None:
    """Return the days until the next account expires, rounded up; None if none will."""
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
    reminders, _messages = deciding.decide(at=at)
    ended = EndingCount.objects.filter(ends_at__gt=before, ends_at__lte=at)
    passed.days += 1
    passed.reminders += reminders
    passed.expired += ended.aggregate(number=Sum("accounts", default=0))["number"]
    passed.lapsed += lapsing.lapse(at=at)
    digesting.digest(at=at)
    current_holdings.refresh(at=at)
