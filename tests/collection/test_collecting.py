import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError

from tests import make
from tests.collection.called import details
from tests.collection.field import NIGHT, account, collect, demo, line, measured, meters, stored
from tests.collection.lines import call_of
from tests.demo.meter.calling import AT_ONCE, SHORT
from vatio.collection import making_calls, nights
from vatio.collection.iec102.failures import CallFailed, CallFailure
from vatio.collection.models import CallAttempt, LineSettings
from vatio.collection.reaching.addresses import Endpoint
from vatio.collection.setting_up import change_line
from vatio.demo.meter.faults import KNOWN
from vatio.readings import taking_back
from vatio.readings.models import Delivery

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.fixture(autouse=True)
def _demo() -> None:
    demo()


def test_a_line_is_called_at_night_and_its_curves_are_stored_from_45_days_back() -> None:
    with meters(()) as field:
        own = line(account(), field.ports[0])

        made = collect(NIGHT)

    call = CallAttempt.objects.get()
    assert made == [call.pk]
    assert call.outcome == "done"
    assert (call.days, call.days_read, call.hours, call.quarters) == (
        45,
        45,
        45 * 24 + 1,
        4 * (45 * 24 + 1),
    )
    since, until = date(2026, 9, 26), date(2026, 11, 10)
    assert stored(own, since, until) == measured(since, until)
    assert stored(own, since, until, minutes=15) == measured(since, until, minutes=15)
    settings = LineSettings.objects.get()
    assert (settings.hours_until, settings.quarters_until) == (until, until)


def test_a_line_is_called_once_a_night_and_the_next_night_brings_a_day() -> None:
    with meters(()) as field:
        own = line(account(), field.ports[0])
        collect(NIGHT)
        again = collect(NIGHT + timedelta(hours=1))
        field.at = NIGHT + timedelta(days=1)
        before = collect(NIGHT - timedelta(hours=1, minutes=31) + timedelta(days=1))
        next_night = collect(NIGHT + timedelta(days=1))

    call = CallAttempt.objects.get(pk__in=next_night)
    assert (again, before) == ([], [])
    assert (call.days, call.hours, call.quarters) == (1, 24, 96)
    assert (call.first_on, call.last_on) == (date(2026, 11, 10), date(2026, 11, 10))
    assert stored(own, date(2026, 11, 10), date(2026, 11, 11)) == measured(
        date(2026, 11, 10), date(2026, 11, 11)
    )


def test_what_fails_is_called_again_after_waits_that_grow_within_its_night() -> None:
    with meters(["garbage"]) as field:
        line(account(), field.ports[0])
        made = []
        for minutes in range(240):
            at = NIGHT + timedelta(minutes=minutes)
            if nights.due_lines(at=at):
                made += [minutes] * len(collect(at))

    assert made == [0, 3, 8, 17, 34, 67, 128, 189]
    assert {each.outcome for each in CallAttempt.objects.all()} == {"garbled"}


@pytest.mark.parametrize(
    "faults, outcome",
    [
        (["busy"], "in_use"),
        (["silent"], "silent"),
        (["garbage"], "garbled"),
        (["wrong-key"], "wrong_key"),
        (["wrong-key-silent"], "wrong_key"),
        (["other-link"], "wrong_meter"),
        (["other-point"], "wrong_meter"),
        (["no-type"], "no_such_curve"),
        (["no-period"], "no_such_curve"),
        (["hang-up=3"], "wrong_key"),
        (["hang-up=5"], "hung_up"),
        (["idle-flood"], "garbled"),
        (["cut=300"], "partly"),
    ],
)
def test_a_call_that_fails_says_why_in_a_word_of_the_list(faults, outcome, monkeypatch) -> None:
    monkeypatch.setattr(making_calls, "IP_LIMITS", SHORT)
    with meters(faults) as field:
        line(account(), field.ports[0])

        collect(NIGHT)

    assert CallAttempt.objects.get().outcome == outcome


def test_a_refused_key_is_not_tried_again_before_it_is_written_anew() -> None:
    with meters(["wrong-key"], ()) as field:
        own = line(account(), field.ports[0])
        first = collect(NIGHT)
        later = collect(NIGHT + timedelta(hours=2))
        change_line(
            own,
            details(host="127.0.0.1", port=field.ports[1]),
            by=make.superadmin(own.organisation),
            at=NIGHT + timedelta(hours=2, minutes=1),
        )
        anew = collect(NIGHT + timedelta(hours=2, minutes=2))

    assert (len(first), later, len(anew)) == (1, [], 1)
    assert CallAttempt.objects.get(pk__in=anew).outcome == "done"


def test_what_broke_off_goes_on_where_it_was_and_no_value_comes_twice() -> None:
    with meters(["hang-up=900"]) as field:
        own = line(account(), field.ports[0])
        made = []
        for hour in range(4):
            made += collect(NIGHT + timedelta(hours=hour))

    calls = list(CallAttempt.objects.order_by("pk"))
    assert [each.outcome for each in calls][:-1] == ["partly"] * (len(calls) - 1)
    assert stored(own, date(2026, 9, 26), calls[-1].last_on) == measured(
        date(2026, 9, 26), calls[-1].last_on
    )
    assert sum(each.corrected for each in calls) == 0


@pytest.mark.parametrize(
    "night, day, hours",
    [
        (datetime(2026, 10, 26, 1, tzinfo=UTC), date(2026, 10, 25), 25),
        (datetime(2026, 3, 30, 1, tzinfo=UTC), date(2026, 3, 29), 23),
    ],
)
def test_days_of_23_and_25_hours_are_read_whole(night, day, hours) -> None:
    with meters((), at=night) as field:
        own = line(
            account(starts_on=date(2026, 1, 1)), field.ports[0], at=make.noon(date(2026, 1, 2))
        )

        collect(night)

    until = day + timedelta(days=1)
    assert len(stored(own, day, until)) == hours
    assert stored(own, day, until) == measured(day, until)
    assert stored(own, day, until, minutes=15) == measured(day, until, minutes=15)


def test_what_was_taken_back_is_read_again() -> None:
    with meters(()) as field:
        own = line(account(), field.ports[0])
        collect(NIGHT)
        delivery = Delivery.objects.get()
        taking_back.take_back(
            own.account,
            delivery.id,
            by=make.superadmin(own.organisation),
            at=NIGHT + timedelta(hours=9),
        )
        field.at = NIGHT + timedelta(days=1)
        collect(NIGHT + timedelta(days=1))

    since, until = date(2026, 9, 27), date(2026, 11, 11)
    assert stored(own, since, until) == measured(since, until)


def test_the_first_of_every_account_come_before_the_second_of_any() -> None:
    many, few = account("Muchas", lines=9), account("Pocas", lines=9)
    for port in range(4001, 4006):
        line(many, port)
    last = line(few, 4100)

    order = [each.line_id for each in nights.due_lines(at=NIGHT)]

    assert order.index(last.pk) == 1


def test_nothing_is_called_once_readings_are_not_collected_any_more() -> None:
    with meters(()) as field:
        own = line(account(months=1), field.ports[0])
        in_grace = datetime(2026, 7, 2, 1, tzinfo=UTC)
        field.at = in_grace
        called = collect(in_grace)
        after = collect(datetime(2026, 7, 5, 1, tzinfo=UTC))

    assert own.account.covered_until == date(2026, 6, 3)
    assert (len(called), after) == (1, [])
    assert CallAttempt.objects.get().outcome == "no_place"


def test_whatever_meters_do_no_wrong_reading_is_stored_and_no_call_hangs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(making_calls, "IP_LIMITS", AT_ONCE)
    yesterday, today = NIGHT.date() - timedelta(days=1), NIGHT.date()
    with meters(*[[fault] for fault in KNOWN], late=1.2) as field:
        own = account(lines=len(KNOWN))
        lines = dict(zip(KNOWN, [line(own, port) for port in field.ports], strict=True))
        LineSettings.objects.update(hours_until=yesterday, quarters_until=yesterday)
        begun = time.monotonic()

        collect(NIGHT)

        took = time.monotonic() - begun

    assert took < AT_ONCE.call + 20
    assert not CallAttempt.objects.filter(ended_at=None).exists()
    outcomes = dict(CallAttempt.objects.values_list("line_id", "outcome"))
    assert len(outcomes) == len(KNOWN)
    assert "failed" not in outcomes.values()
    for minutes in (60, 15):
        right = measured(yesterday, today, minutes=minutes)
        for fault, each in lines.items():
            came = stored(each, yesterday, today, minutes=minutes)
            wrong = [
                pair for pair in zip(came, right, strict=False) if pair[0] not in (None, pair[1])
            ]
            assert (fault, wrong) == (fault, [])


def test_a_meter_that_keeps_no_quarters_is_asked_for_those_of_yesterday_alone() -> None:
    with meters(["no-quarters"]) as field:
        own = line(account(), field.ports[0])
        collect(NIGHT)
        field.at = NIGHT + timedelta(days=1)
        (second,) = collect(field.at)

    call = CallAttempt.objects.get(pk=second)
    assert (call.outcome, call.days, call.hours, call.quarters) == ("done", 1, 24, 0)
    assert stored(own, NIGHT.date(), field.at.date()) == measured(NIGHT.date(), field.at.date())


@pytest.mark.parametrize("fault", ["quarters-nack", "quarters-no-data"])
def test_quarter_hours_that_a_meter_refuses_keep_no_hours_from_being_stored(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making_calls, "IP_LIMITS", SHORT)
    since = NIGHT.date() - timedelta(days=3)
    with meters([fault]) as field:
        own = line(account(), field.ports[0])
        LineSettings.objects.update(hours_until=since, quarters_until=since)

        collect(NIGHT)

    call, until = CallAttempt.objects.get(), NIGHT.date()
    assert (call.outcome, call.days_read, call.hours, call.quarters) == ("done", 3, 72, 0)
    assert stored(own, since, until) == measured(since, until)
    settings = LineSettings.objects.get()
    assert (settings.hours_until, settings.quarters_until) == (until, since)


def test_quarter_hours_alone_that_are_refused_keep_no_later_hours_from_being_stored() -> None:
    since = NIGHT.date() - timedelta(days=3)
    with meters(["quarters-nack"]) as field:
        own = line(account(), field.ports[0])
        LineSettings.objects.update(
            hours_until=NIGHT.date() - timedelta(days=1), quarters_until=since
        )

        collect(NIGHT)

    assert CallAttempt.objects.get().outcome == "done"
    last = NIGHT.date() - timedelta(days=1)
    assert stored(own, last, NIGHT.date()) == measured(last, NIGHT.date())


def test_a_key_that_may_have_been_refused_is_sent_once_a_night() -> None:
    with meters(["hang-up=3"]) as field:
        line(account(), field.ports[0])
        first = collect(NIGHT)
        later = collect(NIGHT + timedelta(hours=2))
        field.at = NIGHT + timedelta(days=1)
        next_night = collect(field.at)

    assert (len(first), later, len(next_night)) == (1, [], 1)


def test_bytes_are_counted_beyond_two_thousand_million_and_never_negative() -> None:
    own = line(account(), 4001)
    call = call_of(own, at=NIGHT, bytes_received=5_000_000_000)

    call.refresh_from_db()

    assert call.bytes_received == 5_000_000_000
    with pytest.raises(IntegrityError, match="the_bytes_of_a_call_are_counted"):
        CallAttempt.objects.update(bytes_sent=-1)


def test_a_clock_that_is_off_by_a_century_keeps_nothing_from_being_read() -> None:
    with meters(["drift=2900000000"]) as field:
        line(account(), field.ports[0])

        collect(NIGHT)

    call = CallAttempt.objects.get()
    assert (call.outcome, call.drift) == ("done", 2**31 - 1)


def test_of_a_name_with_thousands_of_addresses_a_few_are_tried(monkeypatch) -> None:
    tried: list[str] = []

    async def unreachable(address: str, port: int, *, within: float) -> None:
        tried.append(address)
        raise CallFailed(CallFailure.UNREACHABLE)

    many = tuple(Endpoint(f"127.0.{n // 250}.{n % 250 + 1}", 4001) for n in range(3_000))
    monkeypatch.setattr(making_calls, "find", lambda *_given, **_named: many)
    monkeypatch.setattr(making_calls, "dial_ip", unreachable)
    line(account(), 4001, host="localhost")

    collect(NIGHT)

    assert len(tried) == making_calls.MOST_TRIED
    assert CallAttempt.objects.get().outcome == "unreachable"
