from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests import make
from tests.notices.news import digests, tell, told_by
from tests.races import together
from vatio.notices.choosing import choose
from vatio.notices.digesting import digest
from vatio.notifications.models import Message
from vatio.notifications.news import DIGEST, HowTold
from vatio.people import quiet_hours
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 11, 25, 7, 15, tzinfo=UTC)
"""A quarter past eight in Madrid, the day after `make.NOON`."""

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def reader(time_zone: str = "Europe/Madrid") -> Person:
    person = make.superadmin(make.organisation(time_zone=time_zone))
    choose(person, HowTold.DAILY, {})
    return person


def test_what_waits_is_told_in_the_morning_once() -> None:
    nuria = reader()
    waiting = [tell(nuria, name) for name in ("1", "2")]

    early = digest(at=MORNING - MINUTE)
    due = digest(at=MORNING)
    again = digest(at=MORNING + 5 * MINUTE)

    assert (early, due, again) == ((0, 0), (1, 2), (0, 0))
    sent = Message.objects.get(template=DIGEST)
    assert (sent.key, sent.state, sent.news) == (
        f"news-digest:{nuria.pk}:2026-11-25",
        "queued",
        "",
    )
    assert (sent.person, sent.address, sent.language) == (nuria, nuria.email, "es")
    assert sent.context["news"] == [each.pk for each in waiting]
    assert set(sent.context) == {"news", "count", "groups", "more", "path", "time_zone"}
    told = Message.objects.filter(pk__in=sent.context["news"])
    assert set(told.values_list("state", "settled_at")) == {("told", MORNING)}


def test_what_comes_after_the_hour_waits_for_the_next_day_however_late_the_job_is() -> None:
    nuria = reader()
    tell(nuria, "before", at=MORNING)
    tell(nuria, "after", at=MORNING + MINUTE)

    for hours in (5, 10, 23):
        digest(at=MORNING + timedelta(hours=hours))
    digest(at=MORNING + DAY)

    assert digests() == {"2026-11-25": ["before"], "2026-11-26": ["after"]}


def test_days_without_a_worker_are_one_digest_that_lacks_nothing() -> None:
    nuria = reader()
    for days in range(10):
        tell(nuria, str(days), at=make.NOON + days * DAY)

    digest(at=MORNING + 9 * DAY)

    assert digests() == {"2026-12-04": [str(days) for days in range(10)]}


def test_a_clock_that_goes_back_tells_nothing_twice_and_loses_nothing() -> None:
    nuria = reader()
    tell(nuria, "1")
    digest(at=MORNING + 2 * DAY)

    tell(nuria, "2", at=make.NOON - DAY)
    for days in (-1, 0, 1, 2, 3):
        digest(at=MORNING + days * DAY)

    assert digests() == {"2026-11-27": ["1"], "2026-11-24": ["2"]}


def test_a_day_has_one_digest_though_news_of_before_turns_up_later() -> None:
    nuria = reader()
    tell(nuria, "1")
    digest(at=MORNING)
    tell(nuria, "2")

    digest(at=MORNING + 5 * MINUTE)
    assert digests() == {"2026-11-25": ["1"]}
    digest(at=MORNING + DAY)

    assert digests() == {"2026-11-25": ["1"], "2026-11-26": ["2"]}


@pytest.mark.parametrize(
    ("time_zone", "at", "day"),
    [
        ("Europe/Madrid", datetime(2027, 3, 28, 6, 15, tzinfo=UTC), "2027-03-28"),
        ("Europe/Madrid", datetime(2027, 10, 31, 7, 15, tzinfo=UTC), "2027-10-31"),
        ("Atlantic/Canary", datetime(2026, 11, 25, 8, 15, tzinfo=UTC), "2026-11-25"),
        ("Atlantic/Azores", datetime(2027, 3, 28, 8, 15, tzinfo=UTC), "2027-03-28"),
        ("Pacific/Auckland", datetime(2026, 11, 24, 19, 15, tzinfo=UTC), "2026-11-25"),
        ("Pacific/Kiritimati", datetime(2026, 11, 24, 18, 15, tzinfo=UTC), "2026-11-25"),
        ("Pacific/Pago_Pago", datetime(2026, 11, 25, 19, 15, tzinfo=UTC), "2026-11-25"),
    ],
)
def test_the_hour_is_that_of_the_readers_clock_also_when_clocks_change(
    time_zone: str, at: datetime, day: str
) -> None:
    nuria = reader(time_zone)
    tell(nuria, "1", at=at - timedelta(hours=7))

    early, due = digest(at=at - MINUTE), digest(at=at)

    assert (early, due) == ((0, 0), (1, 1))
    assert digests() == {day: ["1"]}


@pytest.mark.parametrize("days", [(2027, 3, 26), (2027, 10, 29)])
def test_around_a_change_of_the_clocks_each_day_has_its_digest(days: tuple[int, int, int]) -> None:
    nuria = reader()
    begins = datetime(*days, tzinfo=UTC)

    for hours in range(24 * 5):
        at = begins + timedelta(hours=hours)
        tell(nuria, str(hours), at=at)
        digest(at=at + 59 * MINUTE)
    digest(at=begins + 6 * DAY)

    gathered = [name for names in digests().values() for name in names]
    assert sorted(gathered, key=int) == [str(hours) for hours in range(24 * 5)]
    assert len(digests()) == 6


def test_the_clock_is_that_of_the_quiet_hours_the_organisation_the_account_or_the_department() -> (
    None
):
    quiet, leader = reader("Atlantic/Canary"), reader("Atlantic/Canary")
    quiet_hours.set_hours(quiet, time(22), time(7), time_zone="Pacific/Auckland")
    holder = make.holder(make.account(time_zone="America/Bogota"))
    elena = make.commercial()
    for person in (quiet, leader, holder, elena):
        choose(person, HowTold.DAILY, {})
        tell(person, person.email)

    digest(at=MORNING + DAY)

    zones = {
        each.person: each.context["time_zone"] for each in Message.objects.filter(template=DIGEST)
    }
    assert zones == {
        quiet: "Pacific/Auckland",
        leader: "Atlantic/Canary",
        holder: "America/Bogota",
        elena: "Europe/Madrid",
    }


def test_what_waits_comes_though_its_reader_wants_news_at_once_by_now() -> None:
    nuria = reader()
    tell(nuria, "1")
    choose(nuria, HowTold.AT_ONCE, {})

    digest(at=MORNING)

    assert digests() == {"2026-11-25": ["1"]}


def test_the_digests_of_many_are_one_statement() -> None:
    for _ in range(30):
        nuria = reader()
        for name in ("1", "2"):
            tell(nuria, f"{nuria.pk} {name}")

    with CaptureQueriesContext(connection) as asked:
        queued = digest(at=MORNING)

    assert queued == (30, 60)
    statements = [each["sql"] for each in asked if "SAVEPOINT" not in each["sql"]]
    assert len(statements) == 1


@pytest.mark.django_db(transaction=True)
def test_many_who_gather_at_once_make_one_digest_of_a_person() -> None:
    readers = [reader() for _ in range(8)]
    for nuria in readers:
        for name in ("1", "2", "3"):
            tell(nuria, f"{nuria.pk} {name}")

    together([lambda: digest(at=MORNING) for _ in range(6)])

    found = Message.objects.filter(template=DIGEST)
    assert Counter(each.person_id for each in found) == {each.pk: 1 for each in readers}
    gathered = [name for each in found for name in told_by(each)]
    told = Message.objects.filter(state="told").values_list("context__account", flat=True)
    assert sorted(gathered) == sorted(told)
    digest(at=MORNING + DAY)
    everything = [
        name for each in Message.objects.filter(template=DIGEST) for name in told_by(each)
    ]
    assert len(everything) == len(set(everything)) == 24


@pytest.mark.django_db(transaction=True)
def test_what_somebody_has_locked_waits_for_the_next_day() -> None:
    nuria = reader()
    held, free = tell(nuria, "held"), tell(nuria, "free")
    beside = connection.copy()
    try:
        with beside.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(
                "SELECT 1 FROM notifications_message WHERE id = %s FOR UPDATE", [held.pk]
            )
            digest(at=MORNING)
            cursor.execute("ROLLBACK")
    finally:
        beside.close()

    digest(at=MORNING + DAY)

    assert free.key.startswith("free")
    assert digests() == {"2026-11-25": ["free"], "2026-11-26": ["held"]}


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("tell"), st.integers(0, 2)),
        st.tuples(st.just("move"), st.integers(-30 * 60, 60 * 60)),
        st.tuples(st.just("digest"), st.just(0)),
        st.tuples(st.just("choose"), st.integers(0, 5)),
    ),
    max_size=30,
)


class AnyClock(TestCase):
    """Whatever the clock does, everything is told once, and a day has one digest."""

    @settings(max_examples=30, deadline=None)
    @given(STEPS)
    def test_each_news_is_told_once_whatever_the_clock_does(self, steps: list) -> None:
        zones = ("Europe/Madrid", "Pacific/Auckland", "Atlantic/Azores")
        people = [reader(zone) for zone in zones]
        at = datetime(2027, 3, 27, 12, tzinfo=UTC)
        latest, expected = at, set()
        for number, (step, value) in enumerate(steps):
            if step == "tell":
                message = tell(people[value], str(number), at=at)
                expected |= {str(number)} if message.state == "gathered" else set()
            elif step == "move":
                at += timedelta(minutes=value)
                latest = max(latest, at)
            elif step == "choose":
                choose(people[value // 2], HowTold.DAILY if value % 2 else HowTold.AT_ONCE, {})
            else:
                digest(at=at)

        for days in range(2, 5):
            digest(at=latest + days * DAY)

        found = Message.objects.filter(template=DIGEST)
        gathered = [name for each in found for name in told_by(each)]
        assert sorted(gathered) == sorted(expected)
        assert not Message.objects.filter(state="gathered").exists()
