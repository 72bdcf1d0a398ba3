import pytest

from tests import make
from tests.counts import full_or_tenth
from tests.races import together
from tests.readings.devices import NOW, gateway
from vatio.metering import checking, installing
from vatio.metering.models import DataPoint, Meter, SourceDevice
from vatio.readings.accepting import NotWaiting
from vatio.readings.models import Delivery, PendingQuantity, PendingReading
from vatio.readings.rejecting import reject

pytestmark = pytest.mark.django_db(transaction=True)


def with_energy(own):
    meter = make.meter(own.account)
    installing.add_data_point(meter, quantity=402, minutes=60, by=own.by, at=NOW)
    return meter


def test_of_two_who_accept_at_once_one_wins_and_the_other_is_told():
    for _round in range(full_or_tenth(50)):
        own = gateway()
        own.sends((0, 10), (1, 12))

        done, refused = together([lambda own=own: own.accept({402: 60})] * 2)

        assert len(done) == 1
        assert [type(each) for each in refused] == [NotWaiting]
        assert Meter.objects.filter(account=own.account).count() == 1
        assert DataPoint.objects.filter(account=own.account).count() == 1
        assert done[0].counts.new == 2
    assert checking.recount() == []


def test_accepting_and_rejecting_at_once_does_one_of_both():
    for _round in range(full_or_tenth(50)):
        own = gateway()
        own.sends((0, 10))

        done, refused = together(
            [
                lambda own=own: own.accept({402: 60}),
                lambda own=own: reject(own.source, "7", None, by=own.by, at=NOW),
            ]
        )

        assert (len(done), len(refused)) == (1, 1)
        rejected = PendingQuantity.objects.filter(account_id=own.account.pk).exists()
        assert rejected != SourceDevice.objects.filter(account=own.account).exists()


def test_what_is_sent_while_the_device_is_accepted_is_neither_lost_nor_left_waiting():
    for _round in range(full_or_tenth(100)):
        own = gateway()
        own.sends((0, 10))
        existing = with_energy(own) if _round % 2 else None

        sends = [lambda own=own, hour=hour: own.sends((hour, 10 + hour)) for hour in range(1, 6)]
        done, refused = together(
            [*sends, lambda own=own, meter=existing: own.accept({402: 60}, meter=meter)]
        )

        assert (len(done), refused) == (6, [])
        assert not PendingReading.objects.filter(account_id=own.account.pk).exists()
        assert not PendingQuantity.objects.filter(account_id=own.account.pk).exists()
        assert own.values()[:6] == [1_000] * 5 + [None]
        assert sum(each.new for each in Delivery.objects.filter(account_id=own.account.pk)) == 6
