from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from tests import make
from vatio import clock
from vatio.accounts.expiry import is_expired
from vatio.accounts.models import Account
from vatio.demo_clock import advancing
from vatio.notifications.models import Message
from vatio.people import one_time_links
from vatio.reminders.models import Reminder
from vatio.tenants.models import Platform

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo() -> Iterator[None]:
    Platform.objects.create(is_demo=True, settled_at=clock.real())
    clock.follow(True)
    yield
    clock.follow(False)


def hotel(ends_in: int) -> Account:
    today = clock.today("Europe/Madrid")
    account = make.account(starts_on=today + timedelta(days=ends_in) - timedelta(days=365))
    make.superadmin(account.organisation)
    return account


def test_a_visitor_sees_the_three_mails_and_the_expiry_within_forty_days(demo: None) -> None:
    account = hotel(ends_in=35)

    passed = advancing.advance(40)

    assert (passed.days, passed.expired) == (40, 1)
    told = Reminder.objects.order_by("id").values_list("milestone", flat=True)
    assert list(told) == ["month", "week", "day"]
    assert passed.reminders == 3
    assert Message.objects.filter(template="reminder").count() == 3
    assert is_expired(account, at=clock.now())


def test_the_clock_goes_on_from_where_it_was_moved(demo: None) -> None:
    advancing.advance(3)
    advancing.advance(4)

    ahead = clock.now() - clock.real()
    assert timedelta(days=6, hours=23) < ahead <= timedelta(days=7)


def test_what_guards_a_door_does_not_go_by_the_moved_clock(demo: None) -> None:
    norte = make.organisation()
    _link, token = one_time_links.invite(
        norte, "ana@norte.example", by=make.commercial(), at=clock.real()
    )

    advancing.advance(30)

    assert one_time_links.find(token, _link.kind, at=clock.real()).email == "ana@norte.example"


def test_time_is_moved_in_the_demo_alone() -> None:
    with pytest.raises(advancing.NotTheDemo):
        advancing.advance(1)

    assert abs(clock.now() - clock.real()) < timedelta(seconds=5)


@pytest.mark.parametrize("days", [0, -1, 4000])
def test_the_clock_goes_forward_within_bounds(demo: None, days: int) -> None:
    with pytest.raises(advancing.WrongDays):
        advancing.advance(days)


def test_the_bar_leads_to_the_next_expiry(demo: None, client: Client) -> None:
    account = hotel(ends_in=9)
    client.force_login(make.superadmin(account.organisation))
    address = f"/o/{account.organisation.slug}/accounts/expired/"

    assert "Demostración. Hoy es" in client.get(address).content.decode()
    client.post("/demo/advance/", {"days": "next", "back": address})

    page = client.get(address).content.decode()
    assert account.name in page
    assert "Cuentas que han caducado: 1." in page
