from datetime import datetime, timedelta
from typing import Any

import pytest

from tests import make
from tests.alerts.watching import point_of, rule
from tests.readings.stored import put, series
from vatio import clock
from vatio.accounts.models import Account
from vatio.alerts import finding
from vatio.alerts.models import AlertEpisode, AlertRule
from vatio.jobs import alerting
from vatio.readings.models import Touched
from vatio.readings.series import SeriesKey

pytestmark = pytest.mark.django_db


def watched(at: datetime) -> tuple[SeriesKey, AlertRule]:
    key = series(15)
    marta = make.holder(Account.objects.get(pk=key.account_id), "viewer")
    made = at - timedelta(hours=4)
    return key, rule(point_of(key), recipients=[marta], at=made)


def test_a_rule_that_fails_keeps_no_other_account_from_being_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = clock.now()
    quarter = at.timestamp() // 900 * 900 - 900
    (first, failing), (second, sound) = watched(at), watched(at)
    for key in (first, second):
        put(key, [(quarter, 3_000.0)], at=at.timestamp())
    AlertRule.objects.update(resolution=15)
    find = finding.find

    def fail(own: AlertRule, *about: Any, **more: Any) -> Any:
        if own.pk == failing.pk:
            raise ZeroDivisionError
        return find(own, *about, **more)

    monkeypatch.setattr(finding, "find", fail)
    alerting.follow()

    assert AlertEpisode.objects.get().rule == sound
    assert AlertEpisode.objects.get().told_opened_at is not None
    assert AlertRule.objects.get(pk=failing.pk).resolution is None
    assert not Touched.objects.exists()
