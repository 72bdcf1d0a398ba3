import asyncio
import socket
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import pytest

from tests import make
from tests.collection.called import details
from tests.collection.field import demo, stored
from tests.demo.measuring import TODAY, account, interval, measure
from tests.demo.meter.calling import SHORT
from vatio.collection import making_calls
from vatio.collection.collecting import Collector
from vatio.collection.models import CallAttempt, LineSettings
from vatio.collection.setting_up import change_line
from vatio.demo import called_lines, filling, first_calls
from vatio.demo.called_meters import CalledMeters, answering
from vatio.demo.energy.values import values
from vatio.demo.measured import called
from vatio.demo.meter.server import LOOPBACK
from vatio.demo.meter.station import KEY
from vatio.demo.whole_units import counted
from vatio.metering.models import Meter, RtcLine, SupplyPoint

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

T = TypeVar("T")
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
SINCE = TODAY - timedelta(days=3)
"""The first day that calls bring."""


@pytest.fixture(autouse=True)
def _demo(monkeypatch: pytest.MonkeyPatch) -> None:
    demo()
    monkeypatch.setattr(making_calls, "IP_LIMITS", SHORT)


def line(name: str = "Hotel A", meter: str = "Contador general", *, minutes: int = 60) -> RtcLine:
    of = account(name, kind="collector", minutes=minutes, days=12)
    measure(of)
    own = interval(of).data_point.meter
    Meter.objects.filter(pk=own.pk).update(name=meter)
    made = RtcLine.objects.create(
        account=of,
        organisation_id=of.organisation_id,
        supply_point=SupplyPoint.objects.get(account=of),
        meter=own,
        service="accepted",
        service_since=make.NOON,
        created_at=make.NOON,
    )
    called_lines.set_up(at=NOW)
    return made


def during(act: Callable[[CalledMeters], Awaitable[T]], *, at: datetime = NOW) -> T:
    async def run() -> T:
        meters = CalledMeters(now=lambda: at)
        try:
            assert await meters.open()
            return await act(meters)
        finally:
            await meters.close()

    return asyncio.run(run())


async def collect(at: datetime) -> list[int]:
    collector = Collector(now=lambda: at, at_once=5)
    try:
        return await collector.once()
    finally:
        collector.close()


def call(own: RtcLine, *, at: datetime = NOW) -> CallAttempt:
    first_calls.ask(at, lines=[own.pk])
    (made,) = during(lambda _meters: collect(at), at=at)
    return CallAttempt.objects.get(pk=made)


def fill() -> None:
    while filling.fill_next(at=NOW):
        pass


def made(own: RtcLine, day: date, *, minutes: int) -> list[float]:
    (series,) = called(own.account, made_on=TODAY)
    return counted(values(series.profile, day=day, time_zone="Europe/Madrid", minutes=minutes))


@pytest.mark.parametrize("minutes", [60, 15])
def test_a_call_goes_on_where_the_history_ends_with_what_the_same_load_measured(minutes) -> None:
    own = line(minutes=minutes)
    fill()
    before = stored(own, SINCE - timedelta(days=9), TODAY, minutes=minutes)

    made_call = call(own)

    assert before == [
        value for back in range(12, 3, -1) for value in made(own, day(back), minutes=minutes)
    ]
    assert (made_call.outcome, made_call.first_on, made_call.last_on) == ("done", SINCE, day(1))
    assert (made_call.corrected, made_call.missing) == (0, 0)
    for each in (60, 15):
        assert stored(own, SINCE, TODAY, minutes=each) == [
            value for back in (3, 2, 1) for value in made(own, day(back), minutes=each)
        ]


def day(back: int) -> date:
    return TODAY - timedelta(days=back)


def test_days_that_were_filled_in_and_are_called_again_are_the_same() -> None:
    own = line(minutes=15)
    fill()
    LineSettings.objects.update(hours_until=day(8), quarters_until=day(8))

    made_call = call(own)

    assert (made_call.days, made_call.corrected) == (8, 0)
    assert made_call.new == 25 + 7 * 24 + 3 * 96


@pytest.mark.parametrize(
    "name, meter, outcome, drift",
    [
        ("Frigoríficos Celeiro 011", "Contador general", "silent", None),
        ("Hotel Playa de Mogán 020", "Contador 04", "in_use", None),
        ("Pazo de Congresos 034", "Alumbrado 02", "wrong_key", None),
        ("Nave Frigorífica O Ceao 038", "Contador 02", "done", 95),
        ("Nave Frigorífica O Ceao 038", "Contador 03", "done", 0),
    ],
)
def test_the_meters_in_trouble_are_those_of_the_list(name, meter, outcome, drift) -> None:
    own = line(name, meter)

    made_call = call(own)

    assert (made_call.outcome, made_call.drift) == (outcome, drift)


def test_a_port_that_somebody_else_has_is_left_to_them_and_the_line_calls_another() -> None:
    own = line()
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        LineSettings.objects.update(port=port)

        made_call = call(own)

    assert made_call.outcome == "done"
    assert LineSettings.objects.get().port != port


def test_a_second_start_answers_at_the_same_ports_and_goes_on() -> None:
    own = line()
    call(own)
    port = LineSettings.objects.get().port
    tomorrow = NOW + timedelta(days=1, hours=3)

    again = call(own, at=tomorrow)

    assert LineSettings.objects.get().port == port
    assert (again.outcome, again.first_on, again.last_on) == ("done", TODAY, TODAY)


def test_one_process_answers_and_another_once_that_ends() -> None:
    own = line()

    async def run() -> list[bool]:
        first, second = (CalledMeters(now=lambda: NOW) for _each in range(2))
        opened = [await first.open(), await second.open()]
        await first.close()
        opened.append(await second.open())
        opened.append(own.pk in second.ports)
        await second.close()
        return opened

    opened = asyncio.run(run())

    assert opened == [True, False, True, True]


def test_a_line_that_somebody_leads_elsewhere_is_no_longer_the_demos() -> None:
    own = line()
    changed = details(host=LOOPBACK, port=20_900, link_address=1, key=KEY)
    change_line(own, changed, by=make.superadmin(own.organisation), at=NOW)

    ports = during(lambda meters: asyncio.sleep(0, meters.ports))

    assert ports == {}
    assert LineSettings.objects.get().port == 20_900


def test_while_the_meters_answer_lines_that_nobody_called_are_asked_for() -> None:
    own = line()

    async def run() -> list[int]:
        async with answering(now=lambda: NOW, asks=True):
            await asyncio.sleep(0.3)
            return await collect(NOW)

    made_calls = asyncio.run(run())

    asked = CallAttempt.objects.get(pk__in=made_calls)
    assert (asked.line_id, asked.asked_by, asked.asked_at) == (own.pk, None, NOW)


def test_a_line_is_asked_for_once_and_again_when_the_clock_has_passed_a_night() -> None:
    own = line()
    first = first_calls.ask(NOW, lines=[own.pk])
    waiting = first_calls.ask(NOW, lines=[own.pk])
    CallAttempt.objects.update(started_at=NOW, ended_at=NOW, outcome="silent")
    later = first_calls.ask(NOW + timedelta(hours=25), lines=[own.pk])
    moved = first_calls.ask(NOW + timedelta(days=2), lines=[own.pk])

    assert (first, waiting, later, moved) == (1, 0, 0, 1)


def test_a_line_whose_account_is_not_collected_any_more_is_not_asked_for() -> None:
    own = line()
    type(own.account).objects.filter(pk=own.account_id).update(covered_until=day(60))

    assert first_calls.ask(NOW, lines=[own.pk]) == 0
    assert not CallAttempt.objects.exists()
