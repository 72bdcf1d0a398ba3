from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.alerts.watching import rule
from tests.readings.gateways import NOW, Gateway, gateway
from vatio.accounts.models import Account
from vatio.alerts import silence, sleeping
from vatio.alerts.models import AlertEpisode, AlertRule
from vatio.metering.models import DataSource

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def speak(own: Gateway, *devices: int, at: datetime) -> None:
    """Let devices send the quarter that ends at an instant."""
    begins = at.timestamp() - 900
    own.insert([(device, begins, 20.0) for device in devices], at=at)


def silences() -> list[tuple[datetime, datetime | None]]:
    return list(AlertEpisode.objects.order_by("id").values_list("begins", "ends"))


def test_a_source_is_silent_two_hours_after_its_last_interval_and_until_it_speaks() -> None:
    own = gateway(minutes=15)
    speak(own, 0, at=NOW)
    rule(own.source, "silence", threshold=None, at=NOW)

    early = [silence.sweep(at=NOW), silence.sweep(at=NOW + 2 * HOUR)]
    opened = silence.sweep(at=NOW + 2 * HOUR + timedelta(minutes=1))
    again = silence.sweep(at=NOW + 3 * HOUR)
    speak(own, 0, at=NOW + 4 * HOUR)
    closed = silence.sweep(at=NOW + 4 * HOUR)

    assert early == [set(), set()]
    assert (opened, again, closed) == ({own.account.pk}, set(), {own.account.pk})
    assert silences() == [(NOW, NOW + 4 * HOUR)]


def test_what_never_had_data_counts_from_its_acceptance() -> None:
    own = gateway(minutes=15)
    rule(own.source, "silence", threshold=None, minutes=180, at=make.NOON)

    silence.sweep(at=make.NOON + 3 * HOUR)
    none = silences()
    AlertRule.objects.update(due_at=make.NOON)
    silence.sweep(at=make.NOON + 3 * HOUR + timedelta(minutes=1))

    assert (none, silences()) == ([], [(make.NOON, None)])


def test_a_source_without_data_points_is_not_expected_to_speak() -> None:
    account = make.account()
    source = DataSource.objects.create(
        account=account,
        organisation=account.organisation,
        name="Sola",
        kind="insertion",
        created_at=make.NOON,
    )
    rule(source, "silence", threshold=None, at=make.NOON)

    assert silence.sweep(at=make.NOON + 48 * HOUR) == set()


def test_points_of_a_silent_gateway_are_one_episode_of_the_gateway() -> None:
    own = gateway(3, minutes=15)
    speak(own, 0, 1, 2, at=NOW)
    rule(own.source, "silence", threshold=None, at=NOW)
    for each in own.points:
        rule(each, "silence", threshold=None, at=NOW)

    silence.sweep(at=NOW + 3 * HOUR)
    whole = list(AlertEpisode.objects.values_list("rule__source", flat=True))
    speak(own, 0, 1, at=NOW + 3 * HOUR)
    silence.sweep(at=NOW + 3 * HOUR + timedelta(minutes=1))

    assert whole == [own.source.pk]
    still = AlertEpisode.objects.get(ends=None)
    assert (still.rule.data_point, still.begins) == (own.points[2], NOW)


def test_rules_of_an_expired_account_sleep_and_look_ahead_once_it_is_renewed() -> None:
    own = gateway(minutes=15)
    speak(own, 0, at=NOW)
    looking = rule(own.source, "silence", threshold=None, at=NOW)
    silence.sweep(at=NOW + 3 * HOUR)
    Account.objects.update(ends_at=NOW + 4 * HOUR)

    sleeping.follow_terms(at=NOW + 5 * HOUR)
    asleep = AlertEpisode.objects.get()
    silence.sweep(at=NOW + 9 * HOUR)
    Account.objects.update(ends_at=NOW + 900 * HOUR)
    sleeping.follow_terms(at=NOW + 10 * HOUR)
    silence.sweep(at=NOW + 11 * HOUR)

    looking.refresh_from_db()
    assert (asleep.ends, asleep.told_closed_at) == (NOW + 4 * HOUR, NOW + 5 * HOUR)
    assert (looking.asleep, looking.looks_from) == (False, NOW + 10 * HOUR)
    assert AlertEpisode.objects.count() == 1
    silence.sweep(at=NOW + 12 * HOUR + timedelta(minutes=1))
    assert AlertEpisode.objects.get(ends=None).begins == NOW + 10 * HOUR


def test_a_sweep_is_one_statement() -> None:
    own = gateway(4, minutes=15)
    for each in own.points:
        rule(each, "silence", threshold=None, at=NOW)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        silence.sweep(at=NOW)

    assert len(asked) == 1


def test_a_gateway_that_sends_a_day_at_once_is_no_silent_one_between_two_of_them() -> None:
    own = gateway(minutes=15)
    for day in range(5):
        at = NOW + timedelta(days=day)
        own.insert([(0, at.timestamp() - 900 * n, 20.0) for n in range(96, 0, -1)], at=at)
    rule(own.source, "silence", threshold=None, at=NOW + timedelta(days=4))

    silence.sweep(at=NOW + timedelta(days=5, hours=20))
    before = AlertEpisode.objects.count()
    silence.sweep(at=NOW + timedelta(days=6, minutes=1))

    assert before == 0
    assert AlertEpisode.objects.get().begins == NOW + timedelta(days=4)
