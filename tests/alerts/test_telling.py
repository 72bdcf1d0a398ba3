from datetime import datetime, timedelta

import pytest

from tests import make
from tests.alerts.watching import BEGIN, LATER, MADE, QUARTER, follow, point_of, rule
from tests.consumption import world
from tests.readings.stored import put, series
from vatio.accounts.models import Account
from vatio.alerts import making, telling
from vatio.alerts.models import AlertEpisode, AlertRule
from vatio.notifications.models import Message
from vatio.notifications.rendering import render
from vatio.readings.series import SeriesKey
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db

SOON = MADE + timedelta(hours=2)


def bring(key: SeriesKey, *values: float, first: int = 0, at: datetime = SOON) -> None:
    """Bring quarters of so many kW, follow them, and tell."""
    readings = [(BEGIN + (first + n) * QUARTER, kw * 250.0) for n, kw in enumerate(values)]
    put(key, readings, at=at.timestamp())
    follow(at)
    telling.tell([key.account_id], at=at)


def watched() -> tuple[SeriesKey, Person, AlertRule]:
    key = series(15)
    account = Account.objects.get(pk=key.account_id)
    marta = make.holder(account, "viewer", "Marta Vega")
    return key, marta, rule(point_of(key), recipients=[marta], worse=20_000.0)


def queued() -> list[str]:
    return [
        each.key.split(":")[2] for each in Message.objects.filter(template="alert").order_by("id")
    ]


def test_an_episode_is_told_when_it_opens_worsens_and_closes_once_each() -> None:
    key, marta, looking = watched()

    bring(key, 5, 12, 13)
    bring(key, 14, first=3)
    bring(key, 25, first=4)
    bring(key, 26, first=5)
    bring(key, 5, 5, first=6)
    bring(key, 5, 5, first=8)

    assert queued() == ["opened", "worsened", "closed"]
    last = Message.objects.get(key__contains=":closed:")
    assert (last.person, last.account_id) == (marta, key.account_id)
    told = render(last, address="http://vatio.example")
    assert "1 h 15 min" in told.text
    assert "26 kW" in told.text
    episode = AlertEpisode.objects.get(rule=looking)
    assert f"/alerts/{episode.uid}/" in told.text


def test_one_that_opened_and_closed_meanwhile_is_one_message() -> None:
    key, _marta, _rule = watched()

    bring(key, 5, 12, 5, 5)

    assert queued() == ["closed"]


def test_a_correction_that_splits_moves_or_undoes_what_was_told_repeats_nothing() -> None:
    key, _marta, looking = watched()
    bring(key, 5, 12, 12, 12, 12)
    (row,) = AlertEpisode.objects.filter(rule=looking)

    bring(key, 12, 12, 5, 5, 5)

    moved = AlertEpisode.objects.get(rule=looking)
    assert (moved.pk, moved.begins, moved.ends) == (row.pk, MADE, MADE + timedelta(minutes=30))
    assert queued() == ["opened", "closed"]


def test_late_data_that_part_an_open_one_tell_of_no_second_one_and_of_its_end_once() -> None:
    key, _marta, looking = watched()
    bring(key, 12, 12, 12, 12, 12)

    bring(key, 5, 5, first=1)
    after_parting = queued()
    bring(key, 5, 5, first=5)

    assert after_parting == ["opened"]
    assert queued() == ["opened", "closed"]
    assert AlertEpisode.objects.filter(rule=looking, ends__isnull=False).count() == 2


def test_one_that_was_told_and_did_not_happen_is_taken_back_in_words_and_not_told_again() -> None:
    key, _marta, looking = watched()
    bring(key, 12)

    bring(key, 5, 5, 5)
    bring(key, 13)

    episode = AlertEpisode.objects.get(rule=looking)
    assert (episode.withdrawn, episode.ends) == (False, MADE + timedelta(minutes=15))
    assert queued() == ["opened", "closed"]
    words = render(Message.objects.get(key__contains=":closed:"), address="").text
    assert "no ocurrió" in words


def test_data_that_come_late_open_one_that_nobody_is_told_of() -> None:
    key, _marta, looking = watched()

    bring(key, 12, 12, at=LATER)

    assert AlertEpisode.objects.get(rule=looking).late
    assert queued() == []

    bring(key, 5, 5, first=2, at=LATER)
    assert queued() == []


def test_of_what_opened_behind_a_mute_nobody_is_told_that_it_is_over() -> None:
    key, _marta, looking = watched()
    bring(key, 12, at=LATER)
    by, slots = make.commercial(), int((LATER - MADE).total_seconds()) // QUARTER
    making.mute_alert(looking, until=LATER + timedelta(hours=1), by=by, at=LATER)
    bring(key, *[12.0] * (slots - 1), first=1, at=LATER)

    making.mute_alert(looking, until=None, by=by, at=LATER)
    bring(key, 5, 5, first=slots, at=LATER + timedelta(minutes=30))

    episode = AlertEpisode.objects.get(rule=looking)
    assert (episode.late, episode.muted, episode.is_open) == (False, True, False)
    assert queued() == []


def test_a_late_one_that_still_goes_on_is_told() -> None:
    key, _marta, looking = watched()
    bring(key, 12, 12, at=LATER)
    slots = int((LATER - MADE).total_seconds()) // QUARTER

    bring(key, *[12.0] * (slots - 2), first=2, at=LATER)

    assert not AlertEpisode.objects.get(rule=looking).late
    assert queued() == ["opened"]


def test_what_a_muted_rule_finds_is_told_to_nobody() -> None:
    key, _marta, looking = watched()
    by = make.commercial()
    making.mute_alert(looking, until=SOON + timedelta(hours=1), by=by, at=SOON)

    bring(key, 12)
    bring(key, 5, 5, first=1, at=SOON + timedelta(hours=2))

    assert queued() == []
    assert AlertEpisode.objects.get(rule=looking).muted


def test_who_left_the_account_is_told_nothing() -> None:
    key, marta, _rule = watched()
    marta.account_roles.all().delete()

    bring(key, 12)

    assert queued() == []


def many(count: int, sms_credits: int = 0) -> tuple[list[SeriesKey], Person]:
    account = world.account(sms_credits=sms_credits)
    marta = make.holder(account, "viewer", "Marta Vega")
    keys = [series(15, of=account) for _time in range(count)]
    for key in keys:
        rule(point_of(key), recipients=[marta])
    return keys, marta


def bring_all(keys: list[SeriesKey], *values: float, first: int = 0, at: datetime = SOON) -> None:
    for key in keys:
        readings = [(BEGIN + (first + n) * QUARTER, kw * 250.0) for n, kw in enumerate(values)]
        put(key, readings, at=at.timestamp())
    follow(at)
    telling.tell([keys[0].account_id], at=at)


def test_five_openings_are_five_messages_and_six_are_one() -> None:
    five, _marta = many(5)
    bring_all(five, 12)
    assert queued() == ["opened"] * 5
    Message.objects.all().delete()
    six, _marta = many(6)

    bring_all(six, 12)

    (message,) = Message.objects.all()
    assert (message.template, message.context["count"]) == ("alerts_together", 6)
    assert render(message, address="").text.count("\n- ") == 6


def test_openings_behind_a_storm_wait_until_ten_minutes_are_over_and_are_one_message() -> None:
    keys, _marta = many(12)
    bring_all(keys[:6], 12)

    bring_all(keys[6:], 12, at=SOON + timedelta(minutes=5))
    waiting = Message.objects.count()
    telling.tell_waiting(at=SOON + timedelta(minutes=11))

    assert waiting == 1
    assert [each.context["count"] for each in Message.objects.order_by("id")] == [6, 6]
    assert not AlertEpisode.objects.filter(told_opened_at=None).exists()
