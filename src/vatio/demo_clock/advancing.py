"""Moves the demo's clock forward a day at a time, and does the work that each day brings."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from vatio import clock
from vatio.accounts import current_holdings
from vatio.accounts.models import EndingCount
from vatio.clock.models import Shift
from vatio.notices import digesting as news_digesting
from vatio.orders import digesting, lapsing
from vatio.refusal import Refused
from vatio.reminders import deciding
from vatio.task_queue import defer, worker_heard_at
from vatio.tenants.models import Membership, Person
from vatio.tenants.platform import is_demo

MOST_DAYS = 366
TASK = "advance"
LOCK = 7_204_281
"""The advisory lock of whoever moves the clock; whoever sends meanwhile holds it shared."""

RECENTLY = timedelta(seconds=30)
"""How long ago a worker that is taken to be there was heard of; it tells of itself every ten."""

Send = Callable[[], int]
Arrive = Callable[[], None]


def _nothing() -> None:
    """Bring nothing."""


class NotTheDemo(Refused):
    """Only the demo's clock can be moved."""


class WrongDays(Refused):
    """What was written is no whole number of days from 1 to MOST_DAYS."""


class TooManyDays(Refused):
    """With the days that the clock has yet to go, it would be asked for more than MOST_DAYS."""


@dataclass
class Passed:
    """How many days passed, and how much happened meanwhile."""

    days: int = 0
    reminders: int = 0
    expired: int = 0
    lapsed: int = 0
    sent: int = 0


def parse_days(text: str) -> int:
    """Return a whole number of days, written in digits from 0 to 9.

    :raises WrongDays: for anything else than a number from 1 to MOST_DAYS.
    """
    if not re.fullmatch("[0-9]{1,3}", text.strip()) or not 1 <= int(text) <= MOST_DAYS:
        raise WrongDays(
            _("Write a whole number of days, from 1 to %(most)s.") % {"most": MOST_DAYS},
            field="days",
        )
    return int(text)


def may_advance(person: Person) -> bool:
    """Return whether a person may move the demo's clock, which moves for everybody.

    The commercial department may, and SuperAdministrators; who only looks at accounts may not.
    """
    return person.is_commercial or Membership.objects.filter(person=person).exists()


@transaction.atomic
def ask(days: int) -> None:
    """Ask for the clock to be moved, and leave it to the worker; `carry_on` may do it sooner.

    :raises NotTheDemo: outside the demo.
    :raises TooManyDays: if it would have more than MOST_DAYS to go.
    """
    if not is_demo():
        raise NotTheDemo(_("Only the demo's clock can be moved."))
    Shift.objects.get_or_create(id=1)
    within = Shift.objects.filter(id=1, days_to_go__lte=MOST_DAYS - days)
    if not within.update(days_to_go=F("days_to_go") + days):
        raise TooManyDays(_("The clock is still on its way: wait until it has arrived."))
    defer(TASK, timestamp=0)


def carry_on(send: Send, *, arrive: Arrive = _nothing) -> None:
    """Let the days to go pass, and the messages of each leave before the next begins.

    Whoever is killed on the way leaves the rest of the days to the next. If another process
    moves the clock, this waits until it has arrived.

    :param arrive: brings the readings of a day, once it has passed.
    """
    clock.follow(True)
    with _alone():
        _count_sent(send())
        while _pass_a_day():
            arrive()
            _count_sent(send())


def advance(days: int, *, send: Send = lambda: 0) -> Passed:
    """Move the clock forward here and now, and return what happened meanwhile.

    :param send: delivers the messages that are due and returns how many; without it they wait.
    :raises NotTheDemo: outside the demo.
    :raises TooManyDays: if it would have more than MOST_DAYS to go.
    """
    before = totals()
    ask(days)
    carry_on(send)
    return since(before)


def totals() -> Passed:
    """Return what happened on all days that the clock was ever moved by."""
    shift = Shift.objects.filter(id=1).values(*_NAMES).first()
    return Passed(**shift) if shift else Passed()


def since(before: Passed) -> Passed:
    """Return what happened since the totals were `before`."""
    now = totals()
    return Passed(**{name: getattr(now, name) - getattr(before, name) for name in _NAMES})


def days_to_go() -> int:
    """Return how many days the clock has yet to go: more than 0 while it is on its way."""
    return Shift.objects.filter(id=1).values_list("days_to_go", flat=True).first() or 0


def worker_is_there() -> bool:
    """Return whether a worker was heard of just now, which moves the clock when asked to."""
    heard_at = worker_heard_at()
    return heard_at is not None and clock.real() - heard_at < RECENTLY


@contextmanager
def sending() -> Iterator[bool]:
    """Tell whether a sender may send: not while the clock moves, as each day sends its own.

    A move begins once nobody sends, so that no message becomes too late on its way.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock_shared(%s::bigint)", [LOCK])
        (may_send,) = cursor.fetchone()
    try:
        yield may_send
    finally:
        if may_send:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock_shared(%s::bigint)", [LOCK])


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


_NAMES = [field.name for field in fields(Passed)]


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the lock of whoever moves the clock; it goes with the connection if the process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s::bigint)", [LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s::bigint)", [LOCK])


def _count_sent(number: int) -> None:
    Shift.objects.filter(id=1).update(sent=F("sent") + number)


@transaction.atomic
def _pass_a_day() -> bool:
    """Let a day pass if the clock has one to go; return whether it had."""
    shift = Shift.objects.select_for_update().filter(id=1, days_to_go__gt=0).first()
    if shift is None:
        return False
    clock.forget()
    before = clock.now()
    Shift.objects.filter(id=1).update(
        days=F("days") + 1, days_to_go=F("days_to_go") - 1, moved_at=clock.real()
    )
    clock.forget()
    at = clock.now()
    reminders, _messages = deciding.decide(at=at)
    ended = EndingCount.objects.filter(ends_at__gt=before, ends_at__lte=at)
    expired = ended.aggregate(number=Sum("accounts", default=0))["number"]
    lapsed = lapsing.lapse(at=at)
    digesting.digest(at=at)
    news_digesting.digest(at=at)
    current_holdings.refresh(at=at)
    Shift.objects.filter(id=1).update(
        reminders=F("reminders") + reminders,
        expired=F("expired") + expired,
        lapsed=F("lapsed") + lapsed,
    )
    return True
