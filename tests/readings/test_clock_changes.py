from datetime import UTC, date, datetime, timedelta

import pytest

from tests.readings.gateways import gateway
from tests.readings.recounting import disagreements
from vatio.metering.models import Series
from vatio.readings.curves import curve
from vatio.readings.slots import ONE_DAY, local_day, place, start

pytestmark = pytest.mark.django_db

AT = datetime(2026, 10, 27, 9, 0, tzinfo=UTC)
COUNTS = {
    ("Europe/Madrid", date(2026, 3, 29)): (23, 92),
    ("Europe/Madrid", date(2026, 10, 25)): (25, 100),
    ("Atlantic/Canary", date(2026, 3, 29)): (23, 92),
    ("Atlantic/Canary", date(2026, 10, 25)): (25, 100),
    ("Atlantic/Azores", date(2026, 3, 29)): (23, 92),
    ("Atlantic/Azores", date(2026, 10, 25)): (25, 100),
    ("Australia/Lord_Howe", date(2026, 4, 5)): (25, 98),
    ("Australia/Lord_Howe", date(2026, 10, 4)): (24, 94),
}
"""Hours and quarters of the days on which clocks change; of half an hour on Lord Howe."""


@pytest.mark.parametrize(("zone", "day"), COUNTS)
@pytest.mark.parametrize("minutes", [60, 15])
@pytest.mark.parametrize("quantity", [301, 402])
def test_a_day_on_which_clocks_change_comes_in_slot_by_slot(zone, day, minutes, quantity):
    own = gateway(quantity=quantity, minutes=minutes)
    Series.objects.filter(account_id=own.account.pk).update(time_zone=zone)
    local = local_day(day, zone)
    slots = local.count(minutes)
    instants = [start(local, slot, minutes) for slot in range(slots)] + [local.ends]
    behind = local.ends + minutes * 60

    said = own.insert([(0, at, float(n * (n + 1) // 2)) for n, at in enumerate(instants)], at=AT)
    own.insert([(0, local.begins - 60 * minutes, 0.0), (0, behind, 1e4)], at=AT)

    assert slots == COUNTS[zone, day][minutes == 15]
    assert (said.counts.new, said.refused) == (slots + 1, [])
    assert [place(at, zone, minutes)[1:] for at in instants[:-1]] == [(n, 0) for n in range(slots)]
    key = own.series() if quantity == 301 else own.intervals()
    assert key.time_zone == zone
    (found,) = curve(key, day, day + ONE_DAY)
    expected = [float(n * (n + 1) // 2) for n in range(slots)]
    if quantity == 402:
        expected = [float(n + 1) * 1000 for n in range(slots)]
    assert found.values == expected
    assert disagreements() == []


def test_the_last_slot_of_a_day_of_half_an_hour_more_is_shorter():
    day = local_day(date(2026, 4, 5), "Australia/Lord_Howe")

    assert day.ends - start(day, 24, 60) == 1800
    assert place(day.ends - 1, "Australia/Lord_Howe", 60)[1:] == (24, 1799)
    assert place(day.ends, "Australia/Lord_Howe", 60).local.day == day.day + timedelta(days=1)
