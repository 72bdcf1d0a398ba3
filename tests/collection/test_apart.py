import asyncio
import threading
import time
from datetime import timedelta

import pytest
from django.db import DataError, connection

from tests import make
from tests.collection.field import (
    NIGHT,
    account,
    collect,
    demo,
    line,
    measured,
    meters,
    stored,
    with_collector,
)
from tests.counts import full_or_tenth
from tests.races import together
from vatio.accounts.models import Account
from vatio.collection import asking, attempts, collecting, nights
from vatio.collection.asking import CalledAlready, TooManyAsked
from vatio.collection.collecting import Collector, DatabaseLost
from vatio.collection.locks import LOCK, CallLocks, name_of_line
from vatio.collection.models import CallAttempt, LineSettings

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


TEN_DAYS_AGO = NIGHT.date() - timedelta(days=10)
YESTERDAY = NIGHT.date() - timedelta(days=1)


@pytest.fixture(autouse=True)
def _demo() -> None:
    demo()


def test_collectors_that_begin_together_hold_one_session_with_what_lines_share() -> None:
    with meters(()) as field:
        lines = [line(account(), field.ports[0]) for _time in range(3)]
        for night in range(full_or_tenth(20)):
            field.at = NIGHT + timedelta(days=night)
            together([lambda: collect(field.at) for _each in range(4)])
            collect(field.at)
        most = field.doors[0].most

    assert most == 1
    assert set(CallAttempt.objects.values_list("outcome", flat=True)) == {"done"}
    assert CallAttempt.objects.count() == len(lines) * full_or_tenth(20)


def test_a_meter_under_two_names_is_talked_to_by_one_call_at_a_time() -> None:
    with meters(["delay=0.05"]) as field:
        line(account(), field.ports[0])
        line(account(), field.ports[0], host="localhost")
        LineSettings.objects.update(hours_until=YESTERDAY, quarters_until=YESTERDAY)

        collect(NIGHT)

    assert field.doors[0].most == 1
    assert sorted(CallAttempt.objects.values_list("outcome", flat=True)) == ["done", "in_use"]


def test_a_call_that_somebody_asks_for_is_made_at_any_hour_and_leaves_the_night_its_call() -> None:
    noon = NIGHT + timedelta(hours=10)
    with meters(()) as field:
        own = line(account(), field.ports[0])
        attempt = asking.ask(own, by=None, at=noon)
        made = collect(noon)
        field.at = NIGHT + timedelta(days=1)
        at_night = collect(NIGHT + timedelta(days=1))

    attempt.refresh_from_db()
    assert (made, attempt.outcome) == ([attempt.pk], "done")
    assert len(at_night) == 1
    assert stored(own, NIGHT.date(), field.at.date()) == measured(NIGHT.date(), field.at.date())


def test_a_line_that_waits_or_is_called_cannot_be_asked_for_again() -> None:
    own = line(account(), 4001)

    asked, refused = together([lambda: asking.ask(own, by=None, at=NIGHT)] * 8)

    assert (len(asked), {type(each) for each in refused}) == (1, {CalledAlready})


def test_twenty_calls_of_an_account_may_be_asked_for_in_an_hour() -> None:

    own = account(lines=30)
    lines = [line(own, 4001 + number) for number in range(25)]
    marta = make.holder(own)

    asked, refused = together(
        [lambda each=each: asking.ask(each, by=marta, at=NIGHT) for each in lines]
    )

    assert (len(asked), {type(each) for each in refused}) == (20, {TooManyAsked})
    later = NIGHT + timedelta(minutes=61)
    assert asking.ask(lines[0], by=marta, at=later).asked_at == later


def test_what_nobody_took_up_is_over_after_ten_minutes() -> None:
    own = line(account(), 4001)
    attempt = asking.ask(own, by=None, at=NIGHT)

    with_collector(NIGHT + timedelta(minutes=11), lambda collector: collector.once())

    attempt.refresh_from_db()
    assert (attempt.outcome, attempt.started_at) == ("not_taken", None)


def test_a_collector_that_loses_its_database_breaks_off_and_another_goes_on() -> None:
    with meters(["delay=0.005"]) as field:
        own = line(account(), field.ports[0])
        LineSettings.objects.update(hours_until=TEN_DAYS_AGO, quarters_until=TEN_DAYS_AGO)
        problems: list[BaseException] = []

        def live() -> None:
            try:
                with_collector(NIGHT, lambda collector: collector.run(asyncio.Event()))
            except DatabaseLost as problem:
                problems.append(problem)

        thread = threading.Thread(target=live)
        thread.start()
        _wait_until(lambda: CallAttempt.objects.filter(days_read__gt=2).exists())
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        begun = time.monotonic()
        thread.join(30)
        took = time.monotonic() - begun
        _wait_until(lambda: field.doors[0].here == 0)
        collect(NIGHT + timedelta(minutes=5))
        collect(NIGHT + timedelta(minutes=8))

    assert [type(each) for each in problems] == [DatabaseLost]
    assert took < 10
    assert [each.outcome for each in CallAttempt.objects.order_by("pk")][-1] == "done"
    since = TEN_DAYS_AGO
    assert stored(own, since, NIGHT.date()) == measured(since, NIGHT.date())


def test_a_collector_that_is_told_to_stop_writes_down_that_calls_were_broken_off() -> None:
    with meters(["delay=0.005"]) as field:
        line(account(), field.ports[0])

        async def stopped(collector: Collector) -> None:
            stop = asyncio.Event()
            asyncio.get_running_loop().call_later(1.5, stop.set)
            await collector.run(stop)

        begun = time.monotonic()
        with_collector(NIGHT, stopped)
        took = time.monotonic() - begun

    call = CallAttempt.objects.get()
    assert call.outcome in {"stopped", "partly"}
    assert call.days_read < call.days
    assert took < 1.5 + collecting.EVERY + 3


def _wait_until(holds) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_call_ends_once_its_account_is_being_deleted_and_stores_nothing_more() -> None:
    with meters(["delay=0.003"]) as field:
        own = line(account(), field.ports[0])
        calling = threading.Thread(target=lambda: collect(NIGHT))
        calling.start()
        _wait_until(lambda: CallAttempt.objects.filter(days_read__gt=1).exists())
        Account.objects.filter(pk=own.account_id).update(closed_at=NIGHT)
        read = LineSettings.objects.get().hours_until
        calling.join(60)
        again = collect(NIGHT + timedelta(hours=1))

    assert (calling.is_alive(), again) == (False, [])
    assert CallAttempt.objects.get().outcome == "partly"
    assert LineSettings.objects.get().hours_until == read


def test_a_call_that_is_asked_for_as_the_night_begins_is_made_in_place_of_it() -> None:
    own = line(account(), 4001)
    (due,) = nights.due_lines(at=NIGHT)
    asking.ask(own, by=None, at=NIGHT)

    begun = attempts.begin_due(due, at=NIGHT)

    assert begun is None
    assert CallAttempt.objects.get().started_at is None


def test_a_call_that_waits_for_a_meter_in_use_is_tried_now_and_then(monkeypatch) -> None:
    own = line(account(), 4001)
    asking.ask(own, by=None, at=NIGHT)
    tries: list[object] = []
    take = CallLocks.take
    monkeypatch.setattr(
        CallLocks, "take", lambda self, names: tries.append(names) or take(self, names)
    )

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [LOCK, name_of_line(own.pk)])
        with_collector(NIGHT, lambda collector: _run_for(collector, 5))
        cursor.execute("SELECT pg_advisory_unlock_all()")

    assert 2 <= len(tries) <= 5
    assert CallAttempt.objects.get().is_waiting


def test_what_cannot_be_looked_up_once_stops_no_collector(monkeypatch) -> None:
    look, fails = nights.due_lines, [True]

    def due_lines(*, at):
        if fails:
            fails.pop()
            raise DataError("a zone that the database does not know")
        return look(at=at)

    monkeypatch.setattr(nights, "due_lines", due_lines)
    monkeypatch.setattr(collecting, "NIGHTS_EVERY", 0.5)
    with meters(()) as field:
        line(account(), field.ports[0])
        LineSettings.objects.update(hours_until=YESTERDAY, quarters_until=YESTERDAY)

        with_collector(NIGHT, lambda collector: _run_for(collector, 5))

    assert CallAttempt.objects.get().outcome == "done"


async def _run_for(collector: Collector, seconds: float) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, stop.set)
    await collector.run(stop)
