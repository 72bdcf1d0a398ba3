from datetime import UTC, datetime, timedelta

import pytest

from tests import make
from tests.races import together
from vatio.notifications.models import Message
from vatio.orders import deciding
from vatio.orders.digesting import digest
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db

EIGHT = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def elena() -> Person:
    person = make.commercial("Elena Cid")
    person.digest = True
    person.save(update_fields=["digest"])
    return person


def digests() -> list[list[str]]:
    found = Message.objects.filter(template="orders_digest").order_by("id")
    return [[order["account"] for order in message.context["orders"]] for message in found]


def test_the_orders_of_a_day_come_in_one_message_at_eight_and_once(elena: Person) -> None:
    nuria = make.superadmin(make.organisation())
    for name in ("Hotel Lugo", "Hotel Soria"):
        make.opening_order(nuria.memberships.get().organisation, name, by=nuria)

    digest(at=EIGHT - timedelta(minutes=1))
    assert digests() == []
    for minutes in (0, 5, 300):
        digest(at=EIGHT + timedelta(minutes=minutes))

    assert digests() == [["Hotel Lugo", "Hotel Soria"]]
    asked = Message.objects.filter(template="order_submitted", person=elena)
    assert set(asked.values_list("state", flat=True)) == {"here"}


def test_what_was_decided_meanwhile_and_days_without_orders_are_not_told(elena: Person) -> None:
    norte = make.organisation()
    first = make.opening_order(norte, "Hotel Lugo", by=make.superadmin(norte))
    deciding.reject(first, reason="Falta el NIF", by=elena, at=make.NOON)

    digest(at=EIGHT)
    digest(at=EIGHT + DAY)

    assert digests() == []


def test_after_days_without_a_worker_nothing_is_left_out_and_nothing_is_told_twice(
    elena: Person,
) -> None:
    norte = make.organisation()
    nuria = make.superadmin(norte)
    make.opening_order(norte, "Hotel Lugo", by=nuria)
    digest(at=EIGHT)
    make.opening_order(norte, "Hotel Soria", by=nuria, at=EIGHT + timedelta(hours=2))
    make.opening_order(norte, "Hotel Teruel", by=nuria, at=EIGHT + 3 * DAY)

    digest(at=EIGHT + 5 * DAY)
    digest(at=EIGHT + 6 * DAY)

    assert digests() == [["Hotel Lugo"], ["Hotel Soria", "Hotel Teruel"]]


@pytest.mark.django_db(transaction=True)
def test_many_who_tell_at_once_tell_a_person_once(elena: Person) -> None:
    norte = make.organisation()
    make.opening_order(norte, "Hotel Lugo", by=make.superadmin(norte))

    together([lambda: digest(at=EIGHT) for _ in range(5)])

    assert len(digests()) == 1
