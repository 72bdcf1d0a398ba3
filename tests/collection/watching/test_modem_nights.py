from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests import make
from tests.collection.lines import call_of, called_line, roomy
from vatio.accounts.expiry import GRACE_DAYS
from vatio.accounts.models import Account
from vatio.collection.line_zones import zone_of
from vatio.collection.models import CallAttempt
from vatio.collection.watching.modem_nights import Window, calls_of_night, last_night, modem_nights
from vatio.metering.models import SupplyPoint

pytestmark = pytest.mark.django_db

MADRID = "Europe/Madrid"


@pytest.fixture(autouse=True)
def _modems(settings) -> None:
    settings.COLLECT_MODEMS = {"Lugo": "/dev/ttyUSB0", "Vigo": "/dev/ttyUSB1"}


@pytest.mark.parametrize(
    ("night_from", "night_until", "begins", "ends"),
    [
        (time(0, 30), time(6), datetime(2026, 11, 23, 23, 30), datetime(2026, 11, 24, 5)),
        (time(22), time(4), datetime(2026, 11, 23, 21), datetime(2026, 11, 24, 3)),
        (time(13), time(15), datetime(2026, 11, 23, 12), datetime(2026, 11, 23, 14)),
    ],
)
def test_a_window_lies_in_the_night_before_its_morning(
    night_from: time, night_until: time, begins: datetime, ends: datetime
) -> None:
    span = Window(night_from, night_until, MADRID).span(date(2026, 11, 24))

    assert span == (begins.replace(tzinfo=UTC), ends.replace(tzinfo=UTC))


def test_a_night_in_which_clocks_go_forward_is_an_hour_shorter() -> None:
    begins, ends = Window(time(0, 30), time(6), MADRID).span(date(2027, 3, 28))

    assert ends - begins == timedelta(hours=4, minutes=30)


def test_a_night_holds_about_90_calls_an_hour_of_all_the_hours_of_its_lines() -> None:
    hotel = roomy()
    called_line(hotel, modem=True, night_from=time(0), night_until=time(2))
    called_line(hotel, modem=True, night_from=time(1), night_until=time(3))
    called_line(hotel, modem=True, night_from=time(22), night_until=time(23))
    called_line(hotel)

    lugo, vigo = modem_nights(at=make.NOON)

    assert (lugo.name, lugo.lines, lugo.seconds, lugo.fitting) == ("Lugo", 3, 4 * 3600, 360)
    assert (lugo.begins, lugo.ends) == (
        datetime(2026, 11, 24, 21, tzinfo=UTC),
        datetime(2026, 11, 25, 2, tzinfo=UTC),
    )
    assert not lugo.is_too_short
    assert (vigo.lines, vigo.fitting, vigo.is_too_short) == (0, 0, False)


def test_more_lines_than_the_night_holds_are_too_many() -> None:
    hotel = roomy()
    for _each in range(3):
        called_line(hotel, modem=True, night_from=time(1), night_until=time(1, 1))

    (lugo, _vigo) = modem_nights(at=make.NOON)

    assert (lugo.fitting, lugo.is_too_short) == (1, True)


def test_a_modem_that_the_operator_names_no_longer_is_told(settings) -> None:
    called_line(roomy(), modem=True)
    settings.COLLECT_MODEMS = {"Vigo": "/dev/ttyUSB1"}

    assert [(each.name, each.is_named) for each in modem_nights(at=make.NOON)] == [
        ("Vigo", True),
        ("Lugo", False),
    ]


def test_the_calls_of_last_night_are_those_of_its_hours() -> None:
    line = called_line(roomy(), modem=True)
    during = call_of(line, "engaged", at=datetime(2026, 11, 24, 1, tzinfo=UTC))
    by_vigo = call_of(line, at=datetime(2026, 11, 24, 2, tzinfo=UTC))
    CallAttempt.objects.filter(pk=by_vigo.pk).update(modem="Vigo")
    call_of(line, at=datetime(2026, 11, 23, 1, tzinfo=UTC))
    call_of(line, at=datetime(2026, 11, 24, 9, tzinfo=UTC), by=make.commercial())
    (lugo, _vigo) = modem_nights(at=make.NOON)

    span = last_night(lugo, at=make.NOON)

    assert span == (
        datetime(2026, 11, 23, 23, 30, tzinfo=UTC),
        datetime(2026, 11, 24, 5, tzinfo=UTC),
    )
    assert list(calls_of_night("Lugo", span)) == [during]


def test_lines_whose_readings_are_not_collected_any_more_take_no_night() -> None:
    called_line(roomy(), modem=True)
    gone = called_line(roomy("Otro"), modem=True)
    until = make.NOON.date() - timedelta(days=GRACE_DAYS)
    Account.objects.filter(pk=gone.account_id).update(covered_until=until)

    (lugo, _vigo) = modem_nights(at=make.NOON)

    assert lugo.lines == 1


def test_during_the_night_it_is_the_one_that_runs() -> None:
    called_line(roomy(), modem=True)
    at = datetime(2026, 11, 24, 2, tzinfo=UTC)
    (lugo, _vigo) = modem_nights(at=at)

    assert last_night(lugo, at=at) == (
        datetime(2026, 11, 23, 23, 30, tzinfo=UTC),
        datetime(2026, 11, 24, 5, tzinfo=UTC),
    )


def test_lines_of_the_canaries_are_called_an_hour_later() -> None:
    line = called_line(roomy(), modem=True)
    SupplyPoint.objects.filter(pk=line.supply_point_id).update(territory="canarias")
    line.supply_point.refresh_from_db()

    (lugo, _vigo) = modem_nights(at=make.NOON)

    assert lugo.begins == datetime(2026, 11, 25, 0, 30, tzinfo=UTC)
    assert zone_of(line) == "Atlantic/Canary"


def test_a_line_of_water_goes_by_the_clock_of_its_account() -> None:
    line = called_line(roomy(time_zone="Atlantic/Canary"), modem=True)
    SupplyPoint.objects.filter(pk=line.supply_point_id).update(energy="water", territory="")
    line.supply_point.refresh_from_db()

    (lugo, _vigo) = modem_nights(at=make.NOON)

    assert lugo.begins == datetime(2026, 11, 25, 0, 30, tzinfo=UTC)
    assert zone_of(line) == "Atlantic/Canary"
