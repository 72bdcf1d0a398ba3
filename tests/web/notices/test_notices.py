import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.notices.news import tell
from vatio.notices import reading
from vatio.notices.choosing import GENERAL, choices_of
from vatio.notifications.models import Message, NewsChoice
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def nuria() -> Person:
    return make.superadmin(make.organisation())


@pytest.fixture
def client(nuria: Person) -> Client:
    client = Client()
    client.force_login(nuria)
    return client


def shown(client: Client, address: str = "/notices/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def bell(page: str) -> str:
    found = re.search(r'<a class="bell".*?</a>', page, re.S)
    assert found
    return " ".join(re.sub("<[^>]*>", "", found[0]).split())


def test_the_bell_counts_what_is_unread_on_every_page(client: Client, nuria: Person) -> None:
    none = bell(shown(client, "/profile/"))
    first = tell(nuria, "1")
    tell(nuria, "2")
    two = bell(shown(client, "/profile/"))
    reading.mark_read(first, at=make.NOON)
    one = bell(shown(client, "/help/"))
    for number in range(120):
        tell(nuria, f"n{number}")

    assert (none, two, one) == ("Avisos", "Avisos 2 sin leer", "Avisos 1 sin leer")
    assert bell(shown(client)) == "Avisos 99+ sin leer"


def test_a_notice_leads_to_its_thing_and_is_read_then(client: Client, nuria: Person) -> None:
    notice = tell(nuria, "Hotel")
    page = shown(client)

    answer = client.get(f"/notices/{notice.pk}/")

    notice.refresh_from_db()
    assert f'href="/notices/{notice.pk}/">Norte no va a renovar Hotel</a>' in page
    assert (answer.status_code, answer.headers["Location"]) == (302, "/help/")
    assert notice.read_at is not None
    assert bell(shown(client)) == "Avisos"


@pytest.mark.parametrize("path", ["https://x.example/", "//x.example/", "javascript:1", "/\\x", ""])
def test_a_notice_leads_nowhere_else(client: Client, nuria: Person, path: str) -> None:
    notice = tell(nuria, "Hotel")
    Message.objects.filter(pk=notice.pk).update(context={**notice.context, "path": path})

    answer = client.get(f"/notices/{notice.pk}/")

    assert answer.headers["Location"] == "/notices/"


def test_anothers_notice_and_one_of_an_account_left_are_not_found(
    client: Client, nuria: Person
) -> None:
    hotel = make.account()
    gone = tell(nuria, "gone", account=hotel)
    foreign = tell(make.superadmin(make.organisation()), "foreign")

    for notice in (gone, foreign):
        assert client.get(f"/notices/{notice.pk}/").status_code == 404
        assert client.post("/notices/mark/", {"read": notice.pk}).status_code == 404
        notice.refresh_from_db()
        assert notice.read_at is None
    assert client.get("/notices/99999999999999999999/").status_code == 404
    assert "gone" not in shown(client)


def test_the_newest_come_first_and_can_be_narrowed(client: Client, nuria: Person) -> None:
    old = tell(nuria, "Viejo", at=make.NOON)
    tell(nuria, "Nuevo", at=make.NOON + timedelta(hours=1))
    reading.mark_read(old, at=make.NOON)

    everything, unread = shown(client), shown(client, "/notices/?show=unread")
    account = shown(client, "/notices/?kind=account")
    alerts = shown(client, "/notices/?kind=alerts&show=unread")

    assert everything.index("Nuevo") < everything.index("Viejo")
    assert "Viejo" not in unread
    assert "Nuevo" in account
    assert "Nuevo" not in alerts
    assert "?show=unread&amp;kind=alerts" in alerts


def test_one_is_marked_as_read_and_as_unread_where_it_stands(client: Client, nuria: Person) -> None:
    notice = tell(nuria, "Hotel")
    back = {"back": "/notices/?kind=account"}

    read = client.post("/notices/mark/", {"read": notice.pk, **back})
    after = bell(shown(client))
    client.post("/notices/mark/", {"unread": notice.pk, **back})

    assert read.headers["Location"] == "/notices/?kind=account"
    assert after == "Avisos"
    assert bell(shown(client)) == "Avisos 1 sin leer"
    assert client.post("/notices/mark/", {"read": "x"}).status_code == 404


def test_all_are_marked_as_read_and_that_can_be_undone(client: Client, nuria: Person) -> None:
    for name in ("1", "2"):
        tell(nuria, name)
    newest = re.search(r'name="newest" value="(\d+)"', shown(client))
    assert newest
    tell(nuria, "3")

    client.post("/notices/mark-all/", {"newest": newest[1]})
    page = shown(client)
    read_at = re.search(r'name="read_at" value="([^"]+)"', page)
    assert read_at
    client.post("/notices/undo/", {"read_at": read_at[1].replace("&#43;", "+")})

    assert "2 avisos marcados como leídos." in page
    assert bell(page) == "Avisos 1 sin leer"
    assert bell(shown(client)) == "Avisos 3 sin leer"
    for nonsense in ("", "x", "2026-11-24T11:00:00", "2026-99-24T11:00:00Z"):
        assert client.post("/notices/undo/", {"read_at": nonsense}).status_code == 302


def test_without_notices_the_page_says_what_comes_and_where_to_choose(client: Client) -> None:
    page = shown(client)

    assert "Todavía no hay avisos" in page
    assert 'href="/profile/#news"' in page
    assert "Marcar todo como leído" not in page
    assert "Lo ha leído todo" in shown(client, "/notices/?show=unread")


def asked(client: Client, address: str) -> int:
    shown(client, address)
    with CaptureQueriesContext(connection) as statements:
        shown(client, address)
    return len(statements)


def test_ten_thousand_notices_cost_the_statements_of_one(client: Client, nuria: Person) -> None:
    tell(nuria, "first")
    one = [asked(client, each) for each in ("/notices/", "/profile/")]
    first = Message.objects.get(person=nuria)
    Message.objects.bulk_create(
        [
            Message(
                key=f"many:{number}",
                person=nuria,
                address=nuria.email,
                language="es",
                template=first.template,
                context=first.context,
                queued_at=make.NOON,
                next_attempt_at=make.NOON,
                send_before=first.send_before,
                news="account",
            )
            for number in range(10_000)
        ]
    )

    assert [asked(client, each) for each in ("/notices/", "/profile/")] == one
    last = re.search(r'href="(\?[^"]*)">Última', shown(client))
    assert last
    assert "Primera" in shown(client, f"/notices/{last[1]}")


def test_how_to_tell_me_is_chosen_in_the_profile(client: Client, nuria: Person) -> None:
    before = shown(client, "/profile/")
    chosen = {"how": "daily", "how_alerts": "at once", "how_work": "here"}

    client.post("/profile/news/", chosen)
    page = shown(client, "/profile/")

    assert "Cómo avisarme" in before
    assert "hacia las 08:15" in before
    assert "<details><summary>De otra forma" in before
    assert choices_of(nuria) == {GENERAL: "daily", "alerts": "at once", "work": "here"}
    assert "<details open><summary>De otra forma" in page
    assert "Se ha guardado cómo avisarle." in page


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"how": "never", "how_work": "here"},
        {"how": "daily"},
        {"how": "daily", "how_work": "here", "how_alerts": "x"},
    ],
)
def test_what_cannot_be_chosen_changes_nothing(client: Client, chosen: dict[str, Any]) -> None:
    answer = client.post("/profile/news/", chosen)

    assert answer.status_code == 422
    assert not NewsChoice.objects.exists()
