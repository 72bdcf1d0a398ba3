from datetime import timedelta

import pytest

from tests import make
from tests.collection.called import details
from vatio.accounts.models import Account
from vatio.alerts import making, silence, unanswered
from vatio.alerts.models import AlertEpisode, AlertRecipient, AlertRule
from vatio.collection.models import CallAttempt
from vatio.collection.setting_up import add_line
from vatio.metering.models import RtcLine

pytestmark = pytest.mark.django_db

NOW = make.NOON
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def hotel() -> Account:
    version = make.licence("Con líneas", meters=3, supply_points=3, rtc_lines=3)
    return make.account("Hotel Lugo", version=version)


@pytest.fixture
def line(hotel: Account) -> RtcLine:
    return add_line(make.supply_point(hotel), make.meter(hotel), details(), by=None, at=NOW)


def called(line: RtcLine, outcome: str, *, at) -> None:
    CallAttempt.objects.create(
        account_id=line.account_id,
        organisation_id=line.organisation_id,
        line=line,
        started_at=at,
        ended_at=at + timedelta(minutes=1),
        outcome=outcome,
    )


def look(at) -> None:
    unanswered.watch_lines(at=at)
    silence.sweep(at=at)


def episodes() -> list[tuple]:
    return list(AlertEpisode.objects.order_by("id").values_list("begins", "ends"))


def test_three_days_without_an_answer_are_an_alert_by_itself_until_the_line_answers(line) -> None:
    called(line, "done", at=NOW)
    look(NOW + HOUR)
    for day in (1, 2, 3):
        called(line, "no_answer", at=NOW + day * DAY)
    look(NOW + 3 * DAY)
    before = episodes()
    look(NOW + 3 * DAY + 2 * HOUR)
    opened = episodes()
    called(line, "nothing_new", at=NOW + 4 * DAY)
    look(NOW + 4 * DAY + HOUR)

    begins = NOW + HOUR
    assert (before, opened) == ([], [(begins, None)])
    assert episodes() == [(begins, NOW + 4 * DAY + timedelta(minutes=1))]


def test_a_line_that_was_not_called_since_its_answer_is_not_blamed(line) -> None:
    called(line, "done", at=NOW)
    look(NOW + HOUR)

    look(NOW + 9 * DAY)

    assert episodes() == []


def test_the_administrators_are_told_or_else_who_leads_the_organisation(hotel, line) -> None:
    nuria = make.superadmin(hotel.organisation)
    other = make.account("Hotel Vigo", organisation=hotel.organisation, version=hotel_version())
    theirs = add_line(make.supply_point(other), make.meter(other), details(), by=None, at=NOW)
    marta = make.holder(hotel)
    make.holder(hotel, "viewer")
    for each in (line, theirs):
        called(each, "silent", at=NOW)

    made = unanswered.watch_lines(at=NOW + HOUR)

    assert made == 2
    assert set(AlertRecipient.objects.values_list("rule__line", "person")) == {
        (line.pk, marta.pk),
        (theirs.pk, nuria.pk),
    }
    assert set(AlertRule.objects.values_list("name", "minutes")) == {("Línea sin respuesta", 4320)}


def hotel_version():
    return make.licence("Con líneas")


def test_an_alert_that_somebody_removed_is_not_made_again(hotel, line) -> None:
    called(line, "silent", at=NOW)
    unanswered.watch_lines(at=NOW + HOUR)
    making.remove_alert(AlertRule.objects.get(), by=make.superadmin(hotel.organisation), at=NOW)

    again = unanswered.watch_lines(at=NOW + 2 * HOUR)

    assert (again, AlertRule.objects.count()) == (0, 1)


def test_a_line_that_was_never_called_has_no_alert(line) -> None:
    assert unanswered.watch_lines(at=NOW + 9 * DAY) == 0
