from datetime import timedelta

import pytest
from django.db import connection

from tests import make
from tests.notices.news import tell
from vatio.notices import reading
from vatio.notices.standing import MOST_COUNTED, UNREAD, notices_of, unread_of
from vatio.notifications.models import Message
from vatio.notifications.queueing import Recipient, queue
from vatio.tenants.models import Membership, Person

pytestmark = pytest.mark.django_db


def counted(person: Person) -> int:
    asked = {"person": person.pk, "commercial": person.is_commercial}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {UNREAD}", asked)
        return int(cursor.fetchone()[0])


def names(person: Person) -> list[str]:
    return [each.context["account"] for each in notices_of(person).order_by("id")]


def test_the_notices_of_what_somebody_left_are_neither_shown_nor_counted() -> None:
    hotel, other = make.account("Hotel"), make.account("Otro")
    marta = make.holder(hotel)
    make.role(other, marta, "viewer")
    for account in (hotel, other, None):
        tell(marta, account.name if account else "own", account=account)
    tell(make.holder(hotel), "another's", account=hotel)

    before = names(marta), counted(marta)
    marta.account_roles.filter(account=hotel).delete()

    assert before == (["Hotel", "Otro", "own"], 3)
    assert (names(marta), counted(marta)) == (["Otro", "own"], 2)


def test_who_leads_sees_the_notices_of_the_organisation_until_they_leave() -> None:
    hotel = make.account("Hotel")
    nuria = make.superadmin(hotel.organisation)
    make.superadmin(make.organisation(), "Otra")
    tell(nuria, "Hotel", account=hotel)

    before = names(nuria), counted(nuria)
    Membership.objects.filter(person=nuria).delete()

    assert before == (["Hotel"], 1)
    assert (names(nuria), counted(nuria)) == ([], 0)


def test_the_commercial_department_has_a_part_in_everything_while_active() -> None:
    elena = make.commercial()
    tell(elena, "Hotel", account=make.account("Hotel"))

    before = names(elena), counted(elena)
    elena.is_active = False
    elena.save(update_fields=["is_active"])

    assert before == (["Hotel"], 1)
    assert names(elena) == []


def test_what_is_no_news_is_no_notice() -> None:
    nuria = make.superadmin(make.organisation())
    queue("orders_digest", [Recipient.of(nuria)], key="x", context={}, at=make.NOON)

    assert names(nuria) == []
    assert counted(nuria) == 0


def test_more_than_a_hundred_unread_are_counted_as_a_hundred() -> None:
    nuria = make.superadmin(make.organisation())
    for number in range(MOST_COUNTED + 2):
        tell(nuria, str(number))

    assert counted(nuria) == MOST_COUNTED
    assert unread_of(nuria).count() == MOST_COUNTED + 2


def test_a_notice_is_read_once_and_can_be_unread_again() -> None:
    nuria = make.superadmin(make.organisation())
    notice = tell(nuria, "Hotel")

    for hours in (1, 2):
        reading.mark_read(notice, at=make.NOON + timedelta(hours=hours))
    notice.refresh_from_db()
    assert notice.read_at == make.NOON + timedelta(hours=1)
    assert counted(nuria) == 0

    reading.mark_unread(notice)
    assert counted(nuria) == 1


def test_all_that_was_shown_is_read_at_once_and_unread_again() -> None:
    nuria = make.superadmin(make.organisation())
    first, second, third = (tell(nuria, name) for name in ("1", "2", "3"))
    foreign = tell(make.superadmin(make.organisation()), "4")
    reading.mark_read(first, at=make.NOON - timedelta(hours=1))

    marked = reading.mark_all_read(nuria, newest=second.pk, at=make.NOON)
    read = dict(Message.objects.exclude(news="").values_list("pk", "read_at"))
    undone = reading.undo(nuria, read_at=make.NOON)

    assert (marked, undone) == (1, 1)
    assert read == {
        first.pk: make.NOON - timedelta(hours=1),
        second.pk: make.NOON,
        third.pk: None,
        foreign.pk: None,
    }
    assert list(unread_of(nuria).order_by("pk")) == [second, third]
