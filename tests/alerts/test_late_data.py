from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests import make
from tests.alerts.test_announcing import quiet, reachable
from tests.alerts.watching import LATER, QUARTER, point_of, rule, slots_of, stored, told_by_letters
from tests.consumption import world
from tests.counts import full_or_tenth
from tests.readings.stored import put, series
from vatio.accounts.models import Account
from vatio.alerts import evaluating, making, telling
from vatio.alerts.models import AlertEpisode, AlertRecipient, AlertRule, AlertTold
from vatio.notices.choosing import choose
from vatio.notifications.models import Message
from vatio.notifications.news import HowTold
from vatio.readings import following
from vatio.readings.series import SeriesKey
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db

MADRID = ZoneInfo("Europe/Madrid")
# What fails is told as it was drawn: to look for less would take minutes.
EXAMPLES = settings(
    max_examples=full_or_tenth(300),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
AGES = st.sampled_from([0, 1, 7, 8, 9, 30, 190, 191, 192, 193, 194, 260])
"""How many quarters ago what arrives ended: around two hours, and around 48."""

ARRIVAL = st.tuples(AGES, st.integers(1, 12), st.sampled_from([1_000.0, 2_400.0, 3_000.0, 6_000.0]))
STEP = st.tuples(
    st.sampled_from([-1, 0, 5, 15, 40, 125, 480, 1_500, 3_000]),
    st.lists(ARRIVAL, max_size=3),
    st.sampled_from(["", "", "", "", "mute", "speak"]),
)
"""By how many minutes the clock moves, what arrives then, and what is done to the alert first."""


@pytest.fixture(autouse=True)
def _set_up(settings: Any) -> None:
    settings.SMS_URL = "http://127.0.0.1:1/"
    settings.SMS_A_DAY_PERSON = settings.SMS_A_DAY_ACCOUNT = 1_000


@dataclass
class Told:
    """An alert, whom it tells, and the rows that were told up to now."""

    key: SeriesKey
    looking: AlertRule
    sleeper: Person
    mailless: Person
    seen: set[int] = field(default_factory=set)

    def live(self, at: datetime, arrivals: list[tuple[int, int, float]]) -> list[AlertTold]:
        """Take in what arrives, follow it, tell it, and return what was told anew."""
        newest = int(at.timestamp()) // QUARTER
        slots: dict[float, float] = {}
        for age, count, value in arrivals:
            for slot in range(newest - age - count, newest - age):
                slots.setdefault(slot * QUARTER, value)
        if slots:
            put(self.key, list(slots.items()), at=at.timestamp())
        following.follow(
            also=lambda changes: void(telling.tell(evaluating.evaluate(changes, at=at), at=at))
        )
        telling.tell(evaluating.close_periods(at=at), at=at)
        telling.tell_waiting(at=at)
        rows = AlertTold.objects.select_related("episode__rule", "person").exclude(pk__in=self.seen)
        new = list(rows.order_by("id"))
        self.seen |= {row.pk for row in new}
        return new


def void(_anything: object) -> None:
    """Return nothing, whatever is given."""


def listened(kind: str, threshold: float) -> Told:
    account: Account = world.account(sms_credits=10_000)
    key = series(15, of=account)
    names = ("Marta Vega", "Luis Rey", "Ana Gil")
    people = [reachable(account, name) for name in names]
    quiet(people[1], starts=22, ends=7)
    quiet(people[2], starts=22, ends=7)
    choose(people[2], HowTold.HERE, {})
    made = rule(
        point_of(key),
        kind,
        recipients=people,
        severity="high",
        threshold=threshold,
        worse=threshold * 2,
    )
    AlertRecipient.objects.filter(rule=made).update(by_sms=True)
    return Told(key, made, people[1], people[2])


def ill_told(rows: list[AlertTold], known: set[int], told: Told, at: datetime) -> list[str]:
    """Tell what of the rows that were told at a moment nobody should have been told."""
    found = []
    is_night = not 7 <= at.astimezone(MADRID).hour < 22
    told.looking.refresh_from_db()
    until = told.looking.muted_until
    for row in rows:
        last_at = row.episode.last_at
        leaves = row.channel != "page" and row.fate == ""
        if row.episode_id not in known and last_at < at - timedelta(hours=48):
            found.append(f"late: {row}")
        found += [f"worse late: {row}"] if row.what == "worsened" and not is_new(row, at) else []
        if row.channel == "sms" and row.what != "still" and told.looking.kind == "above":
            found += [f"too old to text: {row}"] if last_at <= at - timedelta(hours=2) else []
        if leaves and row.person == told.sleeper and is_night:
            found.append(f"in a quiet hour: {row}")
        if until and until > at:
            found.append(f"muted: {row}")
    return found


def is_new(row: AlertTold, at: datetime) -> bool:
    """Return whether what worsened goes on, and worsened in an interval of the last 48 hours."""
    worsened_at = row.episode.worsened_at
    by = at - timedelta(hours=48) - timedelta(seconds=QUARTER)
    return row.episode.ends is None and worsened_at is not None and worsened_at >= by


def unsaid(looking: AlertRule, at: datetime) -> list[str]:
    """Tell which episodes go on as data in time say, and have no end any more that will be told."""
    going_on = AlertEpisode.objects.filter(
        rule=looking, ends__isnull=True, last_at__gt=at - timedelta(hours=48)
    )
    told = [each for each in going_on if each.told_opened_at is not None]
    return [
        str(each)
        for each in told
        if each.told_closed_at is not None
        or each.told.filter(what="closed", reopened=each.reopened).exists()
    ]


def repeated() -> list[str]:
    """Tell which messages say what had been said: each row has its own, or is one of its many."""
    named = Counter(AlertTold.objects.filter(fate="").values_list("message_key", flat=True))
    wrong = []
    for key in Message.objects.filter(channel__in=["email", "sms"], key__startswith="alert"):
        parts = key.key.split(":")
        if parts[0].endswith("-here"):
            continue  # What stands on the page alone is named by nothing.
        many = int(parts[4]) if parts[0].startswith("alerts") else 1
        if named[key.key] != many:
            wrong.append(key.key)
    return wrong


@contextmanager
def undone() -> Iterator[None]:
    """Leave nothing of an example to the next one, whose clock begins anew."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


CLOSED = (0, [(8, 1, 3_000.0), (0, 8, 1_000.0)], "")
"""What opens and closes one at once."""


@EXAMPLES
@example("above", [CLOSED, (0, [(8, 1, 6_000.0)], "")])
@example("above", [CLOSED, (0, [(0, 8, 3_000.0)], ""), (40, [(0, 2, 1_000.0)], "")])
@example("above", [(0, [(0, 384, 3_000.0)], ""), (0, [(300, 1, 6_000.0)], "")])
@example(
    "day sum", [(0, [(0, 8, 3_000.0)], ""), (0, [(0, 8, 1_000.0)], ""), (1, [(0, 8, 6e3)], "")]
)
@given(kind=st.sampled_from(["above", "day sum"]), steps=st.lists(STEP, min_size=2, max_size=10))
def test_whenever_data_arrive_nobody_is_told_late_or_twice_or_in_a_quiet_hour(
    kind: str, steps: list[tuple[int, list[tuple[int, int, float]], str]]
) -> None:
    with undone():
        told = listened(kind, 10_000.0)
        wrong: list[str] = []
        at = LATER

        for minutes, arrivals, deed in steps:
            at += timedelta(minutes=minutes)
            if deed:
                until = at + timedelta(hours=3) if deed == "mute" else None
                making.mute_alert(told.looking, until=until, by=make.commercial(), at=at)
            known = set(AlertTold.objects.values_list("episode_id", flat=True))
            wrong += ill_told(told.live(at, arrivals), known, told, at)

        assert wrong == []
        assert repeated() == []
        assert unsaid(told.looking, at) == []
        mails = Message.objects.filter(channel="email", state="queued", person=told.mailless)
        assert not mails.exists()
        assert not AlertEpisode.objects.filter(late=True, told_opened_at__isnull=False).exists()
        if kind == "above":
            powers = {begin: value * 4 for begin, value in slots_of(told.key).items()}
            since = int(told.looking.looks_from.timestamp())
            expected = told_by_letters(powers, begin=since, level=10_000, need=0)
            assert stored(told.looking) == expected
