from datetime import UTC, datetime, timedelta

import pytest

from tests import make
from tests.alerts.test_kinds import MONDAY, after, tell
from tests.alerts.test_telling import SOON, bring, bring_all, many, queued, watched
from tests.alerts.watching import BEGIN, LATER, MADE, QUARTER, follow, rule, stored
from tests.consumption import world
from tests.consumption.world import Fed
from tests.readings.gateways import NOW, gateway
from tests.readings.stored import put
from vatio.accounts.models import Account
from vatio.alerts import evaluating, making, silence, sleeping, telling
from vatio.alerts.details import AlertDetails, RecipientDetails
from vatio.alerts.models import AlertEpisode, AlertRule, AlertTold
from vatio.alerts.wording import described
from vatio.metering.sites import remove_site
from vatio.notifications.models import Message
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db


def month_of(threshold: float = 50_000.0) -> tuple[Fed, AlertRule, Person]:
    account = world.account()
    fed = world.point(world.meter(account, "A"), 60)
    marta = make.holder(account, "viewer", "Marta Vega")
    made = datetime(2026, 5, 11, 10, tzinfo=UTC)
    return (
        fed,
        rule(fed.point, "month sum", threshold=threshold, at=made, recipients=[marta]),
        marta,
    )


def spend(fed: Fed, *days: int, kwh: float = 10.0) -> None:
    """Consume so much in each hour of the morning of days, follow, and tell."""
    for day in days:
        tell(fed, MONDAY + timedelta(days=day), *[kwh] * 12)
    at = after(max(days), 13)
    follow(at)
    telling.tell([fed.point.account_id], at=at)


def test_a_sum_that_was_taken_back_is_told_again_once_it_is_truly_passed() -> None:
    fed, looking, _marta = month_of()
    spend(fed, 0)
    spend(fed, 0, kwh=1.0)
    undone = queued()

    spend(fed, 1)
    spend(fed, 2, 3, 4, 5)

    assert undone == ["opened", "closed"]
    assert queued() == ["opened", "closed", "opened"]
    assert [each[1:3] for each in stored(looking)] == [(None, 612_000.0)]
    assert AlertEpisode.objects.filter(rule=looking, withdrawn=True).count() == 1


def test_a_sum_of_another_threshold_is_told_when_that_is_passed() -> None:
    fed, looking, marta = month_of()
    spend(fed, 0)
    making.change_alert(
        looking,
        AlertDetails("Presupuesto", threshold=300_000.0),
        recipients=[RecipientDetails(marta)],
        by=make.commercial(),
        at=after(1, 8),
    )

    spend(fed, 1)
    before = queued()
    spend(fed, 2, 3)

    assert before == ["opened"]
    assert queued() == ["opened", "opened"]
    old, new = AlertEpisode.objects.filter(rule=looking).order_by("id")
    assert (old.is_open, new.is_open, new.muted) == (False, True, False)


def test_what_worsens_after_its_end_was_told_is_told_to_nobody() -> None:
    key, _marta, looking = watched()
    bring(key, 5, 12, 12, 5, 5)

    bring(key, 25, first=2)

    assert queued() == ["closed"]
    assert AlertEpisode.objects.get(rule=looking).told_worsened_at == SOON


def test_of_an_open_one_that_a_value_of_days_ago_worsens_nobody_is_told() -> None:
    key, _marta, looking = watched()
    slots = int((LATER - MADE).total_seconds()) // QUARTER
    bring(key, *[12.0] * slots, at=LATER)

    bring(key, 25, first=1, at=LATER)
    silent = queued()
    bring(key, 12, first=slots, at=LATER + timedelta(minutes=15))

    assert silent == queued() == ["opened"]
    assert AlertEpisode.objects.get(rule=looking).told_worsened_at == LATER


def test_one_that_goes_on_after_its_end_was_told_has_its_end_told_once_more() -> None:
    key, _marta, looking = watched()
    bring(key, 12)
    bring(key, 5, 5, first=1)

    bring(key, *[12.0] * 7, first=1)
    going_on = queued()
    bring(key, 5, 5, 5, first=8)

    assert going_on == ["opened", "closed"]
    assert queued() == ["opened", "closed", "closed-2"]
    assert len(stored(looking)) == 1
    closings = AlertTold.objects.filter(what="closed").order_by("id")
    assert [each.reopened for each in closings] == [0, 1]
    assert "2 h" in str(Message.objects.order_by("id").last().context)  # type: ignore[union-attr]


def test_one_that_late_data_open_again_has_no_end_to_be_told() -> None:
    key, _marta, _looking = watched()
    bring(key, 12, 5, 5)

    bring(key, *[12.0] * 5, first=1, at=LATER)
    bring(key, 5, 5, first=6, at=LATER)

    assert queued() == ["closed"]


def test_what_is_open_has_lasted_until_now() -> None:
    own = gateway(minutes=15)
    own.insert([(0, NOW.timestamp() - 900, 20.0)], at=NOW)
    looking = rule(own.source, "silence", threshold=None, at=NOW)
    for hour in range(2, 72):
        silence.sweep(at=NOW + timedelta(hours=hour, minutes=1))
    episode = AlertEpisode.objects.select_related("rule").get()

    facts = described(own.account, [episode], at=NOW + timedelta(days=3))[episode.pk]

    assert facts["lasted"] == "3 d"
    making.remove_alert(looking, by=make.commercial(), at=NOW + timedelta(days=3))
    episode.refresh_from_db()
    assert episode.ends == NOW + timedelta(days=3)


def test_closings_behind_a_storm_are_told_together_once_its_ten_minutes_are_over() -> None:
    keys, _marta = many(8)
    bring_all(keys, 12)
    at = SOON + timedelta(minutes=20)

    for number, key in enumerate(keys):
        bring(key, 5, 5, first=1, at=at + timedelta(seconds=20 * number))
    at_first = queued()
    telling.tell_waiting(at=at + timedelta(minutes=5))
    still_waiting = queued()
    telling.tell_waiting(at=at + timedelta(minutes=11))

    assert at_first == still_waiting == ["closed"] * 5
    assert queued() == ["closed"] * 7
    together = Message.objects.filter(template="alerts_together").order_by("id")
    assert [each.context["count"] for each in together] == [8, 1]
    assert not AlertEpisode.objects.filter(told_closed_at=None).exists()


def test_what_waits_behind_a_storm_as_its_account_expires_is_told_to_nobody() -> None:
    keys, _marta = many(12)
    bring_all(keys[:6], 12)
    bring_all(keys[6:], 12, at=SOON + timedelta(minutes=5))
    Account.objects.filter(pk=keys[0].account_id).update(ends_at=SOON + timedelta(minutes=6))

    sleeping.follow_terms(at=SOON + timedelta(minutes=7))
    telling.tell_waiting(at=SOON + timedelta(minutes=11))

    (message,) = Message.objects.all()
    assert message.context["count"] == 6
    assert not AlertEpisode.objects.filter(ends=None).exists()


def test_what_waits_as_its_site_is_removed_is_told_to_nobody() -> None:
    account = world.account()
    site = world.site(account, "Nave 3")
    looking = rule(site)
    AlertEpisode.objects.create(
        account=account,
        organisation_id=account.organisation_id,
        rule=looking,
        begins=MADE,
        ends=SOON,
        last_at=SOON,
        noticed_at=SOON,
    )

    remove_site(site, by=make.commercial(), at=SOON)

    assert AlertEpisode.objects.get(rule=looking).muted
    assert not AlertEpisode.objects.filter(telling.NEW | telling.OVER | telling.GRAVER).exists()


def test_all_is_found_again_from_the_beginning_and_nothing_told_anew() -> None:
    fed, looking, _marta = month_of()
    spend(fed, 0)
    spend(fed, 0, kwh=1.0)
    spend(fed, 1)
    spend(fed, 2, 3)
    before = (queued(), stored(looking))

    evaluating.evaluate_anew(at=after(3, 14))
    telling.tell([fed.point.account_id], at=after(3, 14))

    assert (queued(), stored(looking)) == before


def test_what_came_in_time_is_told_even_if_it_is_evaluated_days_later() -> None:
    key, _marta, looking = watched()
    put(key, [(BEGIN, 12 * 250.0)], at=SOON.timestamp())
    at = SOON + timedelta(hours=49)

    follow(at)
    telling.tell([key.account_id], at=at)

    assert queued() == ["opened"]
    assert not AlertEpisode.objects.get(rule=looking).late


def test_what_opened_behind_a_mute_and_goes_on_is_told_once_that_is_over() -> None:
    key, _marta, looking = watched()
    hour = timedelta(hours=1)
    making.mute_alert(looking, until=SOON + hour, by=make.commercial(), at=SOON)
    bring(key, 12)

    telling.tell_waiting(at=SOON + hour - timedelta(minutes=1))
    muted = queued()
    telling.tell_waiting(at=SOON + hour)
    telling.tell_waiting(at=SOON + 2 * hour)

    assert muted == []
    assert queued() == ["opened"]
    bring(key, 5, 5, first=1, at=SOON + 2 * hour)
    assert queued() == ["opened", "closed"]


def test_what_an_alert_found_before_it_was_changed_behind_a_mute_is_told_no_more() -> None:
    key, marta, looking = watched()
    making.mute_alert(looking, until=SOON + timedelta(hours=1), by=make.commercial(), at=SOON)
    bring(key, 12)
    making.change_alert(
        looking,
        AlertDetails("Otro", threshold=30_000.0),
        recipients=[RecipientDetails(marta)],
        by=make.commercial(),
        at=SOON,
    )

    telling.tell_waiting(at=SOON + timedelta(hours=2))

    assert queued() == []
