"""Fills the demo's accounts with readings, chunk by chunk, and brings what each day adds."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from vatio.accounts.expiry import collects, grace_ends_on
from vatio.accounts.models import Account
from vatio.dates import day_at
from vatio.demo import alerts
from vatio.demo.bringing import Days, bring
from vatio.demo.histories import HISTORIES, history_of
from vatio.demo.measured import MeasuredSeries, add_registers, measured
from vatio.demo_clock.filled import percent_filled
from vatio.demo_clock.models import Fill
from vatio.task_queue import defer

TASK = "fill_demo"
LOCK = 7_204_282
"""The advisory lock of whoever fills."""

CHUNK = 40_000
"""About how many readings are stored in a transaction: a second or two."""

MOST_DAYS = 31
"""How many days of an account are brought at once when the clock has gone on."""


@dataclass
class FillStep:
    """How far the readings of an account go: local days as ISO dates.

    The history runs up to, not including, `target`; what is stored, up to, not including,
    `until`; `daily` is about how many readings a day has. A gateway has sent what it read up to and
    including `sent_until`, in seconds since 1970, UTC.
    """

    account: int
    until: str
    target: str
    daily: int
    sent_until: float = 0

    @property
    def is_filled(self) -> bool:
        """Whether the history is there."""
        return self.until >= self.target


@transaction.atomic
def plan(*, at: datetime) -> None:
    """Plan the histories of all accounts that have something installed, and queue the work."""
    accounts = list(Account.objects.filter(datapoints__isnull=False).distinct().order_by("id"))
    order = {name: place for place, name in enumerate(HISTORIES)}
    accounts.sort(key=lambda account: order.get(account.name, len(order)))
    steps = [_step(account, at=at) for account in accounts]
    Fill.objects.create(
        made_on=at.date(),
        steps=[asdict(step) for step in steps],
        wanted=sum(_days_left(step) * step.daily for step in steps),
    )
    defer(TASK, queueing_lock=TASK)


def go_on() -> None:
    """Queue the next chunk, if there is one to store and it is not queued already."""
    if percent_filled() is not None:
        defer(TASK, queueing_lock=TASK)


def _step(account: Account, *, at: datetime) -> FillStep:
    """Plan the history of an account: up to today, or to the end of its grace."""
    today = day_at(at, account.time_zone)
    target = min(today, grace_ends_on(account) or today)
    history = history_of(account.name)
    since = target - timedelta(days=history.days)
    daily = history.series * 24 * 60 // history.minutes
    return FillStep(account.pk, since.isoformat(), target.isoformat(), daily)


def _days_left(step: FillStep) -> int:
    return max((date.fromisoformat(step.target) - date.fromisoformat(step.until)).days, 0)


@transaction.atomic
def fill_next(*, at: datetime) -> bool:
    """Store the next chunk of a history; return whether there may be more to store.

    Killed on the way it leaves nothing of the chunk, and the next call begins there again. While
    another process fills, this leaves it alone.
    """
    if not _is_alone():
        return False
    fill = locked()
    steps = steps_of(fill)
    step = next((each for each in steps if not each.is_filled), None)
    if fill is None or step is None:
        return False
    account = Account.objects.filter(pk=step.account).first()
    days = _chunk(step, account)
    if account is not None:
        add_registers(account, made_on=fill.made_on)
        bring(
            measured(account, made_on=fill.made_on),
            days,
            made_on=fill.made_on,
            begun=account.created_at,
            at=at,
        )
    step.until = days.until.isoformat()
    fill.done += len(days) * step.daily
    save(fill, steps)
    if account is not None and step.is_filled:
        alerts.watch(account, at=at)
    return True


def _is_alone() -> bool:
    """Return whether nobody else fills until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        (is_free,) = cursor.fetchone()
    return bool(is_free)


def _chunk(step: FillStep, account: Account | None) -> Days:
    """Return the days that come next: all that are left if the account is gone."""
    since, target = date.fromisoformat(step.until), date.fromisoformat(step.target)
    if account is None:
        return Days(since, target)
    days = max(CHUNK // step.daily, 7)
    return Days(since, min(since + timedelta(days=days), target))


def bring_days(*, at: datetime, only: Iterable[str] | None = None) -> None:
    """Bring the days that have passed since: yesterday's files, and what was called for at night.

    What gateways insert does not come this way. Accounts that collect nothing stay as they are.

    :param only: the names of the accounts; without it, all.
    """
    for step in steps_of(Fill.objects.filter(id=Fill.FIRST).first()):
        if step.is_filled:
            _bring_days(step.account, at=at, only=only)


@transaction.atomic
def _bring_days(account_id: int, *, at: datetime, only: Iterable[str] | None) -> None:
    account = Account.objects.filter(pk=account_id).first()
    if account is None or (only is not None and account.name not in only):
        return
    today = day_at(at, account.time_zone)
    fill = locked()
    steps = steps_of(fill)
    step = next(each for each in steps if each.account == account_id)
    since = date.fromisoformat(step.until)
    days = Days(since, min(today, since + timedelta(days=MOST_DAYS)))
    if fill is None or not days or not collects(account, today=days.since):
        return
    bring(
        by_store(measured(account, made_on=fill.made_on)),
        days,
        made_on=fill.made_on,
        begun=account.created_at,
        at=at,
    )
    step.until = days.until.isoformat()
    save(fill, steps)


def by_store(series: Iterable[MeasuredSeries]) -> list[MeasuredSeries]:
    """Return the series whose readings no gateway inserts."""
    return [each for each in series if not each.is_inserted]


def locked() -> Fill | None:
    """Return how far the readings go, locked until the transaction ends; None outside the demo."""
    return Fill.objects.select_for_update().filter(id=Fill.FIRST).first()


def steps_of(fill: Fill | None) -> list[FillStep]:
    """Return the accounts in the order in which they are filled."""
    return [FillStep(**each) for each in fill.steps] if fill is not None else []


def save(fill: Fill, steps: list[FillStep]) -> None:
    """Write how far the readings go."""
    fill.steps = [asdict(step) for step in steps]
    fill.save(update_fields=["steps", "done"])
