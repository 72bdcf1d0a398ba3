import random
from datetime import date, timedelta

import pytest
from django.db import connection

from tests import make
from tests.counts import full_or_tenth
from tests.purging.lived import OVER, asked, lived
from tests.races import together
from tests.readings.gateways import NOW, Gateway, gateway
from tests.readings.recounting import disagreements
from tests.readings.stored import seconds
from vatio.accounts.locking import AccountGone
from vatio.accounts.models import Account
from vatio.metering.changing import ZoneIsFixed, change_meter
from vatio.metering.models import Series, Site, SourceDevice
from vatio.purging import deleting
from vatio.purging.models import Purge
from vatio.readings.curves import curve
from vatio.readings.models import Day, Delivery, MonthTotals, PendingReading, State, Touched
from vatio.readings.slots import ONE_DAY
from vatio.readings.taking_back import take_back

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 10, 25)
BEGIN = int(seconds("2026-10-24T22:00"))
HOUR = 3600


def values(own: Gateway, device: int = 0, day: date = DAY) -> list[float | None]:
    (found,) = curve(own.series(device), day, day + ONE_DAY)
    return found.values


@pytest.mark.parametrize("writers", [2, 8])
def test_writers_of_one_new_day_lose_no_slot(writers: int) -> None:
    own = gateway()
    for number in range(full_or_tenth(50)):
        day = DAY - number * ONE_DAY
        begins = int(seconds(f"{day - ONE_DAY}T22:00"))

        def write(first: int, begins: int = begins) -> int:
            slots = range(first, 24, writers)
            said = own.insert([(0, begins + slot * HOUR, slot) for slot in slots])
            return said.counts.new

        done, refused = together([lambda w=w: write(w) for w in range(writers)])

        assert (sum(done), refused) == (24, [])
        assert values(own, day=day)[:24] == list(range(24))
    assert disagreements() == []
    assert Delivery.objects.get().new == 24 * full_or_tenth(50)


def test_writers_of_several_series_in_opposite_orders_never_wait_for_each_other() -> None:
    own = gateway(6)
    drawn = random.Random(7)
    for number in range(full_or_tenth(100)):
        day = BEGIN - number * 24 * HOUR
        orders = [drawn.sample(range(6), drawn.randint(2, 6)) for _each in range(4)]

        def write(number: int, orders: list[list[int]] = orders, day: int = day) -> int:
            order = orders[number]
            return own.insert([(each, day + number * HOUR, each) for each in order]).counts.new

        done, refused = together([lambda n=n: write(n) for n in range(4)])

        assert (done, refused) == ([len(each) for each in orders], [])
    assert disagreements() == []


def test_writers_of_new_registers_each_make_their_series_once() -> None:
    for _each in range(full_or_tenth(50)):
        own = gateway(3, quantity=402)

        def write(number: int, own: Gateway = own) -> int:
            devices = [0, 1, 2] if number % 2 else [2, 1, 0]
            at = BEGIN + number * HOUR
            return own.insert([(each, at, 100 + number) for each in devices]).counts.new

        done, refused = together([lambda n=n: write(n) for n in range(4)])

        assert (done, refused) == ([3] * 4, [])
        assert Series.objects.filter(account_id=own.account.pk).count() == 6
        for device in range(3):
            (day,) = curve(own.intervals(device), DAY, DAY + ONE_DAY)
            assert day.values[:4] == [1000, 1000, 1000, None]
    assert disagreements() == []


def test_a_delivery_is_taken_back_whole_while_its_source_sends() -> None:
    by = make.commercial()
    for number in range(full_or_tenth(50)):
        own = gateway(3, quantity=402 if number % 2 else 301)
        account = Account.objects.get(pk=own.account.pk)
        own.insert([(each, BEGIN, 10 + each) for each in range(3)])
        first = Delivery.objects.get(account_id=account.pk).id

        def write(own: Gateway = own) -> str:
            own.insert([(each, BEGIN + HOUR, 20 + each) for each in (2, 0, 1)])
            return "written"

        def back(account: Account = account, first: int = first) -> str:
            take_back(account, first, by=by, at=NOW + timedelta(seconds=5))
            return "back"

        done, refused = together([write, back])

        assert (set(done), refused) == ({"written", "back"}, [])
        kind = "register" if number % 2 else "interval"
        factor = 1000 if number % 2 else 1
        standing = [
            curve(own.series(each, kind), DAY, DAY + ONE_DAY)[0].values[:2] for each in range(3)
        ]
        assert standing in (
            [[None, None]] * 3,
            [[None, (20 + each) * factor] for each in range(3)],
        )
        left = Delivery.objects.filter(account_id=account.pk, taken_back_at=None)
        assert left.exists() == (standing[0][1] is not None)
    assert disagreements() == []


def test_a_meter_moves_to_another_zone_only_before_its_first_reading() -> None:
    by = make.commercial()
    moved = 0
    for number in range(full_or_tenth(50)):
        own = gateway(quantity=301 if number % 2 else 402)
        site = Site.objects.create(
            account=own.account,
            organisation=own.account.organisation,
            name="Azores",
            time_zone="Atlantic/Azores",
            created_at=make.NOON,
        )
        meter = own.meters[0]

        def move(own: Gateway = own, site: Site = site) -> str:
            change_meter(own.meters[0], name="M", make="", site=site, by=by, at=make.NOON)
            return "moved"

        def write(own: Gateway = own) -> str:
            own.insert([(0, BEGIN, 10), (0, BEGIN + HOUR, 12)])
            return "written"

        done, refused = together([write, move])

        assert "written" in done
        assert [type(each) for each in refused] == [ZoneIsFixed] * (len(done) == 1)
        zones = set(
            Series.objects.filter(data_point__meter=meter).values_list("time_zone", flat=True)
        )
        zone = "Atlantic/Azores" if "moved" in done else "Europe/Madrid"
        assert zones == {zone}
        begun = {24} if zone == "Atlantic/Azores" else {25}
        days = Day.objects.filter(account_id=own.account.pk)
        assert {each.day.day for each in days if each.present} == begun
        moved += "moved" in done
    assert disagreements() == []


def test_a_purge_leaves_nothing_of_what_comes_meanwhile() -> None:
    with connection.cursor() as cursor:
        # What has lived has rows with numbers that the server has not given yet.
        for table in ("delivery", "revision", "registerreading", "pendingreading"):
            cursor.execute(f"ALTER TABLE readings_{table} ALTER COLUMN id RESTART WITH 1000")
    for number in range(full_or_tenth(20)):
        hotel = lived(f"Hotel {number} {random.random()}")
        device = SourceDevice.objects.get(account=hotel)
        SourceDevice.objects.filter(pk=device.pk).update(did="D0")
        own = Gateway(hotel, device.source, "", [device.meter], [], 402)
        own.insert([(0, BEGIN, 7)])
        purge = asked(hotel)

        def write(own: Gateway = own) -> str:
            try:
                own.insert([(0, BEGIN + HOUR, 8)])
            except AccountGone:
                return "gone"
            return "written"

        def end(purge: Purge = purge) -> str:
            return "purged" if deleting.end(purge.pk, at=OVER) else "kept"

        done, refused = together([end, write])

        assert refused == []
        assert "purged" in done or "written" in done
        if "purged" in done:
            for model in (Day, State, Delivery, MonthTotals, Touched, PendingReading):
                assert not model.objects.filter(account_id=hotel.pk).exists()
