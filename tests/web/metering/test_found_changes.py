import re

import pytest
from django.test import Client

from tests import make
from tests.readings.stored import put, series
from tests.web.metering.installing import at
from vatio.accounts.models import Account
from vatio.metering.models import Meter
from vatio.readings.curves import curve
from vatio.readings.models import RegisterFinding
from vatio.readings.receiving import partners
from vatio.readings.series import SeriesKey
from vatio.readings.slots import ONE_DAY, day_of

pytestmark = pytest.mark.django_db

HOUR = 3600
FIELDS = re.compile(r'name="(series|at)" value="([^"]+)"')


@pytest.fixture
def meter(hotel: Account) -> Meter:
    return make.meter(hotel, "Cuadro")


@pytest.fixture
def register(meter: Meter) -> SeriesKey:
    key = series(60, kind="register", meter=meter)
    begin = make.NOON.timestamp() - 20 * HOUR
    states = [100_000, 101_000, 500, 900, 1_000, 102_000]
    readings = [(begin + hour * HOUR, float(value)) for hour, value in enumerate(states)]
    put(key, readings, at=make.NOON.timestamp())
    return key


def counted(key: SeriesKey) -> float:
    (into,) = partners(key.account_id, {key.id: key}, at=0).values()
    first = day_of(make.NOON.timestamp(), key.time_zone).day - ONE_DAY
    days = curve(into, first, first + 2 * ONE_DAY)
    return sum(value for day in days for value in day.values if value is not None)


def test_a_change_that_was_found_is_shown_and_taken_back(
    signed: Client, meter: Meter, register: SeriesKey
) -> None:
    place = at(meter.account, f"meters/{meter.uid}/")
    shown = signed.get(place).content.decode()
    before = counted(register)

    answer = signed.post(f"{place}no-change/", dict(FIELDS.findall(shown)), follow=True)

    assert "Cambios de contador encontrados" in shown
    assert "Ya no cuenta como cambio de contador" in answer.content.decode()
    assert RegisterFinding.objects.get(kind="change").undone_at == make.NOON
    assert before > counted(register) == 2_000


@pytest.mark.parametrize(
    "told", [{}, {"series": "1", "at": "ayer"}, {"series": "x", "at": "2026-05-03T10:00:00+00:00"}]
)
def test_what_names_no_change_changes_nothing(
    signed: Client, meter: Meter, register: SeriesKey, told: dict[str, str]
) -> None:
    place = at(meter.account, f"meters/{meter.uid}/")

    answer = signed.post(f"{place}no-change/", told, follow=True)

    assert "Ahí no se encontró ningún cambio" in answer.content.decode()
    assert RegisterFinding.objects.get(kind="change").undone_at is None


def test_a_viewer_sees_it_and_has_no_button(
    client: Client, meter: Meter, register: SeriesKey
) -> None:
    client.force_login(make.holder(meter.account, "viewer"))

    shown = client.get(at(meter.account, f"meters/{meter.uid}/")).content.decode()

    assert "Cambios de contador encontrados" in shown
    assert "no-change" not in shown
