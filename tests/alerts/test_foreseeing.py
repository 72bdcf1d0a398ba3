from datetime import timedelta

import pytest

from tests.alerts.watching import BEGIN, LATER, MADE, QUARTER, point_of
from tests.readings.stored import put, series
from vatio.accounts.models import Account
from vatio.alerts.details import AlertDetails, WrongAlert
from vatio.alerts.foreseeing import foresee
from vatio.alerts.models import AlertEpisode, AlertRule

pytestmark = pytest.mark.django_db


def test_what_an_alert_would_have_found_in_ninety_days_is_told_and_nothing_is_written() -> None:
    key = series(15)
    account = Account.objects.get(pk=key.account_id)
    values = [3_000.0, 3_000.0, 1_000.0, 1_000.0, 3_000.0, 1_000.0, 1_000.0, 2_600.0]
    put(
        key,
        [(BEGIN + n * QUARTER, value) for n, value in enumerate(values)],
        at=LATER.timestamp(),
    )
    point, details = point_of(key), AlertDetails("Más de 10 kW", threshold=10_000.0)

    found = foresee(account, point, "above", details, at=LATER)
    longer = foresee(account, point, "above", AlertDetails("x", 10_000.0, minutes=30), at=LATER)
    after = foresee(account, point, "above", details, at=MADE + timedelta(days=91))

    assert (found.count, found.open_now) == (3, True)
    assert found.since(MADE + timedelta(minutes=60)) == 2
    assert (longer.count, after.count) == (1, 0)
    assert not AlertRule.objects.exists()
    assert not AlertEpisode.objects.exists()


def test_a_thing_without_readings_and_a_silence_are_not_foreseen() -> None:
    key = series(15)
    account = Account.objects.get(pk=key.account_id)
    point = point_of(key)

    empty = foresee(account, point, "above", AlertDetails("x", 1.0), at=LATER)
    silent = foresee(account, point, "silence", AlertDetails("x"), at=LATER)

    assert (empty.count, silent.count) == (0, 0)
    with pytest.raises(WrongAlert):
        foresee(account, point, "above", AlertDetails("x"), at=LATER)


def test_the_end_of_a_schedule_that_is_yet_to_come_closes_nothing() -> None:
    key = series(15)
    account = Account.objects.get(pk=key.account_id)
    put(key, [(BEGIN + n * QUARTER, 3_000.0) for n in range(8)], at=LATER.timestamp())
    day = "1" * 12 + "0" * 12
    details = AlertDetails("x", 10_000.0, schedule=day * 7)

    now = foresee(account, point_of(key), "above", details, at=MADE + timedelta(hours=2))
    later = foresee(account, point_of(key), "above", details, at=MADE + timedelta(hours=13))

    assert [each.ends for each in now.episodes] == [None]
    assert [each.ends for each in later.episodes] == [BEGIN + 12 * 3600]
