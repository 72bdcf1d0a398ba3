from datetime import date, timedelta

import pytest

from tests import make
from tests.alerts.watching import LATER
from tests.collection.called import details
from tests.consumption import world
from tests.readings.stored import put, series
from vatio.alerts import unanswered
from vatio.alerts.models import AlertEpisode, AlertRule
from vatio.collection.models import CallAttempt
from vatio.collection.setting_up import add_line
from vatio.demo import alerts
from vatio.history.models import Act
from vatio.notifications.models import Message

pytestmark = pytest.mark.django_db


def test_an_account_of_the_demo_has_episodes_open_closed_acknowledged_and_a_muted_alert() -> None:
    account = make.account("Hotel Lugo 012", starts_on=date(2025, 12, 1))
    make.superadmin(account.organisation)
    supply = world.supply(account, "Acometida general")
    meter = world.meter(account, "Contador general", measures=supply, since=world.SINCE)
    hour = int(LATER.timestamp()) - 3600
    values = [(hour - n * 3600, 20_000.0 + n % 24 * 500 + n * 131 % 700) for n in range(90 * 24)]
    put(series(60, of=account, meter=meter), values, at=LATER.timestamp())
    before = Message.objects.count()

    alerts.watch(account, at=LATER)
    alerts.watch(account, at=LATER)

    assert AlertRule.objects.filter(account=account).count() == 4
    assert AlertEpisode.objects.filter(ends=None).exists()
    assert AlertEpisode.objects.filter(ends__isnull=False, late=False).exists()
    assert AlertEpisode.objects.filter(acknowledged_at__isnull=False).count() == 1
    assert AlertRule.objects.get(kind="night").muted_until == LATER + timedelta(days=5)
    assert Message.objects.count() == before
    acts = Act.objects.filter(account_id=account.pk, verb="alert.made").values_list("at", flat=True)
    rules = AlertRule.objects.filter(account=account).values_list("made_at", flat=True)
    assert sorted(acts) == sorted(rules)
    assert LATER not in rules


def test_the_alert_that_a_line_has_by_itself_keeps_none_away() -> None:
    hotel = make.account("Hotel Lugo 012", version=make.licence("Con líneas", rtc_lines=3))
    make.superadmin(hotel.organisation)
    supply = make.supply_point(hotel)
    line = add_line(supply, make.meter(hotel), details(), by=None, at=make.NOON)
    CallAttempt.objects.create(
        account=hotel,
        organisation=hotel.organisation,
        line=line,
        outcome="done",
        started_at=LATER,
        ended_at=LATER + timedelta(minutes=1),
    )
    unanswered.watch_lines(at=LATER + timedelta(hours=1))

    alerts.watch(hotel, at=LATER)

    found = AlertRule.objects.values_list("kind", "made_by__name")
    assert {kind: by is None for kind, by in found} == {
        "silence": True,
        "power": False,
        "night": False,
    }


def test_other_accounts_have_none() -> None:
    account = make.account("Hotel cualquiera")

    alerts.watch(account, at=LATER)

    assert not AlertRule.objects.exists()
