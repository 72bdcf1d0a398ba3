import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client

from tests import make
from vatio import clock
from vatio.accounts.expiry import is_expired
from vatio.accounts.models import Account
from vatio.demo_clock import advancing
from vatio.notices import choosing
from vatio.notifications.models import Message
from vatio.notifications.news import DIGEST, HowTold
from vatio.people import one_time_links
from vatio.reminders.models import Reminder
from vatio.tenants.models import Platform
from vatio.web.demo import demo_clock

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


WRONG = ["0", "367", "1.5", "١", "²", "", " ", "1e3", "-1", "+1", "1 0", "abc", "9" * 5000]


@pytest.mark.parametrize("text", WRONG)
def test_days_are_a_whole_number_up_to_a_year(demo: None, client: Client, text: str) -> None:
    client.force_login(make.commercial())
    before = clock.now()

    with pytest.raises(advancing.WrongDays):
        advancing.parse_days(text)
    answer = client.post("/demo/advance/", {"days": text, "back": "/desk/"}, follow=True)

    assert "Escriba un número entero de días, del 1 al 366." in answer.content.decode()
    assert clock.now() - before < timedelta(hours=1)


@pytest.mark.parametrize(("text", "days"), [("1", 1), ("366", 366), (" 7 ", 7), ("030", 30)])
def test_a_day_and_a_leap_year_are_whole_numbers_of_days(text: str, days: int) -> None:
    assert advancing.parse_days(text) == days


def test_a_press_moves_the_clock_by_as_many_days(demo: None, client: Client) -> None:
    client.force_login(make.superadmin(make.organisation()))

    answer = client.post("/demo/advance/", {"days": "3"}, follow=True)

    assert "Ahora es" in answer.content.decode()
    assert (clock.now() - clock.real()).days == 2
    assert advancing.days_to_go() == 0


@pytest.mark.parametrize("role", ["administrator", "viewer", "nobody"])
def test_who_only_looks_at_accounts_neither_sees_the_buttons_nor_moves_the_clock(
    demo: None, client: Client, role: str
) -> None:
    account = hotel(ends_in=9)
    client.force_login(make.person() if role == "nobody" else make.holder(account, role))

    page = client.get("/profile/").content.decode()
    answer = client.post("/demo/advance/", {"days": "1"})

    assert answer.status_code == 403
    assert "Demostración. Hoy es" in page
    assert "+1 día" not in page
    assert clock.now() - clock.real() < timedelta(minutes=1)


def test_who_is_not_signed_in_moves_nothing(demo: None, client: Client) -> None:
    answer = client.post("/demo/advance/", {"days": "1"})

    assert answer.status_code == 302
    assert clock.now() - clock.real() < timedelta(minutes=1)


@pytest.mark.parametrize(("hour", "days_left"), [(10, [7, 0]), (3, [6, -1])])
def test_the_messages_of_a_day_leave_before_the_next_begins(
    demo: None, hour: int, days_left: list[int]
) -> None:
    """Whoever moves the clock before the hour of reminders meets those of the day before."""
    at = datetime(2026, 11, 24, hour, tzinfo=ZoneInfo("Europe/Madrid"))
    with time_machine.travel(at, tick=True):
        assert _days_left_on_leaving() == days_left


def _days_left_on_leaving() -> list[int]:
    hotel(ends_in=35)
    left: list[tuple[str, int]] = []

    def send() -> int:
        due = Message.objects.filter(state="queued", template="reminder")
        left.extend((message.context["ends_on"], message.context["days_left"]) for message in due)
        return due.update(state="sent")

    passed = advancing.advance(40, send=send)

    assert passed.sent == passed.reminders == 3
    assert not Message.objects.filter(state="too late").exists()
    return [days for _day, days in left][1:]


@pytest.mark.parametrize("hour", [3, 10])
def test_the_digests_of_each_day_that_passes_leave_and_are_counted(demo: None, hour: int) -> None:
    at = datetime(2026, 11, 24, hour, tzinfo=ZoneInfo("Europe/Madrid"))
    with time_machine.travel(at, tick=True):
        account = hotel(ends_in=35)
        nuria = account.organisation.memberships.get().person
        choosing.choose(nuria, HowTold.DAILY, {})
        sent: list[str] = []

        def send() -> int:
            due = Message.objects.filter(state="queued", person=nuria)
            sent.extend(due.values_list("template", flat=True))
            return due.update(state="sent")

        passed = advancing.advance(40, send=send)

    assert sent == [DIGEST] * 3
    assert (passed.reminders, passed.sent) == (3, 3)
    told = Message.objects.filter(template="reminder", person=nuria)
    assert list(told.values_list("state", flat=True)) == ["told"] * 3


def test_whoever_is_killed_on_the_way_leaves_the_rest_to_the_next(demo: None) -> None:
    hotel(ends_in=5)
    days = 0

    def die_on_the_third() -> int:
        nonlocal days
        days += 1
        if days == 4:
            raise KeyboardInterrupt
        return 0

    with pytest.raises(KeyboardInterrupt):
        advancing.advance(7, send=die_on_the_third)
    assert advancing.days_to_go() == 4

    advancing.carry_on(lambda: 0)

    assert advancing.days_to_go() == 0
    assert advancing.totals().days == 7


def test_the_clock_is_never_asked_for_more_than_a_year(demo: None) -> None:
    advancing.ask(300)

    with pytest.raises(advancing.TooManyDays):
        advancing.ask(67)

    advancing.ask(66)
    assert advancing.days_to_go() == 366


def test_nobody_else_sends_while_the_clock_moves(demo: None) -> None:
    others: list[bool] = []

    def ask_as_another_sender() -> int:
        def send() -> None:
            with advancing.sending() as may_send:
                others.append(may_send)
            connection.close()

        thread = threading.Thread(target=send)
        thread.start()
        thread.join(10)
        return 0

    advancing.advance(1, send=ask_as_another_sender)
    with advancing.sending() as may_send:
        others.append(may_send)

    assert others == [False, False, True]


def test_no_expiry_within_a_year_is_said(demo: None, client: Client) -> None:
    client.force_login(make.commercial())

    answer = client.post("/demo/advance/", {"days": "next", "back": "/desk/"}, follow=True)

    assert "Ninguna cuenta caduca en los próximos 366 días." in answer.content.decode()


def test_the_bar_shows_that_the_clock_is_on_its_way(
    demo: None, client: Client, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:1"  # type: ignore[attr-defined]
    monkeypatch.setattr(demo_clock, "PATIENCE", 0.1)
    client.force_login(make.commercial())

    page = client.post("/demo/advance/", {"days": "30", "back": "/desk/"}, follow=True)

    shown = page.content.decode()
    assert "El reloj está en camino: quedan 30 días." in shown
    assert "quedan 30 días" in shown
    assert "+1 día" not in shown


def test_the_bar_leads_to_the_next_expiry(demo: None, client: Client) -> None:
    account = hotel(ends_in=9)
    client.force_login(make.superadmin(account.organisation))
    address = f"/o/{account.organisation.slug}/accounts/expired/"

    assert "Demostración. Hoy es" in client.get(address).content.decode()
    client.post("/demo/advance/", {"days": "next", "back": address})

    page = client.get(address).content.decode()
    assert account.name in page
    assert "Cuentas que han caducado: 1." in page
