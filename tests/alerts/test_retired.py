from datetime import timedelta

import pytest

from tests import make
from tests.alerts.test_telling import SOON, bring, queued, watched
from tests.alerts.watching import point_of, rule
from tests.readings.gateways import NOW, gateway
from vatio.alerts import silence, telling
from vatio.alerts.models import AlertEpisode
from vatio.alerts.retired import close_retired
from vatio.metering.retiring import put_back, retire

pytestmark = pytest.mark.django_db

GONE = SOON + timedelta(hours=1)


def test_what_is_open_of_a_retired_meter_is_closed_then_and_told_to_nobody() -> None:
    key, _marta, _rule = watched()
    bring(key, 12)
    retire(point_of(key).meter, by=make.commercial(), at=GONE)

    closed = close_retired(at=GONE + timedelta(minutes=1))
    again = close_retired(at=GONE + timedelta(minutes=2))
    telling.tell_waiting(at=GONE + timedelta(minutes=2))

    episode = AlertEpisode.objects.get()
    assert (closed, again) == (1, 0)
    assert episode.ends == GONE
    assert queued() == ["opened"]


def test_what_is_open_of_what_is_in_service_stays_open() -> None:
    key, _marta, _rule = watched()
    bring(key, 12)

    assert close_retired(at=GONE) == 0
    assert AlertEpisode.objects.get().is_open


def test_a_meter_that_is_put_back_tells_of_what_opens_then() -> None:
    key, _marta, _rule = watched()
    bring(key, 12)
    by = make.commercial()
    retire(point_of(key).meter, by=by, at=GONE)
    close_retired(at=GONE + timedelta(minutes=1))
    put_back(point_of(key).meter, by=by, at=GONE + timedelta(minutes=2))
    put_back(point_of(key), by=by, at=GONE + timedelta(minutes=2))

    bring(key, 5, 5, first=1, at=GONE + timedelta(minutes=3))
    after_calm = queued()
    bring(key, 12, first=3, at=GONE + timedelta(minutes=4))

    assert after_calm == ["opened"]
    assert queued() == ["opened", "opened"]


def test_the_silence_of_a_retired_point_is_closed_and_told_to_nobody() -> None:
    own = gateway(2, minutes=15)
    own.insert([(each, NOW.timestamp() - 900, 20.0) for each in (0, 1)], at=NOW)
    marta = make.holder(own.account, "viewer", "Marta Vega")
    rule(own.points[0], "silence", threshold=None, at=NOW, recipients=[marta])
    at = NOW + timedelta(hours=4)
    own.insert([(1, at.timestamp() - 900, 20.0)], at=at)
    silence.sweep(at=at)
    telling.tell_waiting(at=at)
    retire(own.points[0], by=make.commercial(), at=at)

    close_retired(at=at)
    silence.sweep(at=at)
    telling.tell_waiting(at=at)

    assert AlertEpisode.objects.get().ends == at
    assert queued() == ["opened"]
