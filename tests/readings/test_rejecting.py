import pytest

from tests.readings.devices import NOW, gateway
from vatio.history.models import Act
from vatio.history_sentences import sentence
from vatio.readings import pending
from vatio.readings.accepting import NotWaiting
from vatio.readings.models import PendingQuantity, PendingReading
from vatio.readings.rejecting import reject, take_back_rejection
from vatio.readings.waiting import rejected, waiting

pytestmark = pytest.mark.django_db


def test_a_device_that_was_rejected_never_waits_again_whatever_it_sends():
    own = gateway()
    own.sends((0, 10), (1, 11))
    own.sends((0, 5), did="8")

    reject(own.source, "7", None, by=own.by, at=NOW)
    said = [own.sends((2, 12), p=code) for code in (402, 301)]

    assert [each.refused[0].code for each in said] == ["rejected", "rejected"]
    assert [each.did for each in waiting(own.account)] == ["8"]
    assert list(PendingReading.objects.values_list("did", flat=True)) == ["8"]
    (device,) = rejected(own.account)
    assert (device.did, device.readings, device.quantities[0].is_whole) == ("7", 2, True)


def test_a_quantity_can_be_rejected_alone():
    own = gateway()
    own.sends((0, 10))
    own.sends((0, 21), p=301)

    reject(own.source, "7", [301], by=own.by, at=NOW)

    assert own.sends((1, 22), p=301).refused[0].code == "rejected"
    assert own.sends((1, 11)).counts.held == 1
    (device,) = waiting(own.account)
    assert [each.measures.code for each in device.quantities] == [402]


def test_what_was_accepted_of_a_device_goes_on():
    own = gateway()
    own.sends((0, 10))
    own.accept({402: 60})
    own.sends((0, 21), p=301)

    reject(own.source, "7", None, by=own.by, at=NOW)

    assert own.sends((1, 11)).counts.new == 1
    assert own.sends((1, 22), p=301).refused[0].code == "rejected"


def test_a_rejection_that_is_taken_back_lets_the_device_wait_anew():
    own = gateway()
    own.sends((0, 10))
    reject(own.source, "7", None, by=own.by, at=NOW)

    take_back_rejection(own.source, "7", by=own.by, at=NOW)

    assert waiting(own.account) == rejected(own.account) == []
    assert own.sends((1, 11)).counts.held == 1
    assert [each.readings for each in waiting(own.account)] == [1]


def test_what_no_longer_waits_cannot_be_rejected_and_what_is_not_rejected_not_taken_back():
    own = gateway()
    own.sends((0, 10))
    with pytest.raises(NotWaiting):
        reject(own.source, "7", [301], by=own.by, at=NOW)
    with pytest.raises(NotWaiting):
        take_back_rejection(own.source, "7", by=own.by, at=NOW)
    reject(own.source, "7", None, by=own.by, at=NOW)

    with pytest.raises(NotWaiting):
        reject(own.source, "7", None, by=own.by, at=NOW)
    with pytest.raises(NotWaiting):
        own.accept({402: 60})

    assert PendingQuantity.objects.get().rejected_at == NOW


def test_rejected_devices_leave_room_for_others_to_wait(monkeypatch):
    monkeypatch.setattr(pending, "MOST_DEVICES", 1)
    own = gateway()
    own.sends((0, 10))
    reject(own.source, "7", None, by=own.by, at=NOW)

    said = [own.sends((0, 10), did=did) for did in ("8", "9")]

    assert [each.counts.held for each in said] == [1, 0]
    assert said[1].refused[0].code == "too_many_pending"


def test_the_history_says_what_was_rejected():
    own = gateway()
    own.sends((0, 10))
    own.sends((0, 21), p=301)
    reject(own.source, "7", [301], by=own.by, at=NOW)
    reject(own.source, "7", None, by=own.by, at=NOW)
    take_back_rejection(own.source, "7", by=own.by, at=NOW)

    acts = Act.objects.filter(verb__startswith="readings.").order_by("id")

    assert [sentence(act.verb, act.facts).words for act in acts] == [
        "Del dispositivo 7 de Pasarela se ha rechazado: 301",
        "Dispositivo 7 de Pasarela rechazado",
        "Retirado el rechazo del dispositivo 7 de Pasarela",
    ]
