"""One person, whichever of the two spellings of a domain is typed."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests import make
from vatio.accounts.configuring import Details
from vatio.notifications.models import Message
from vatio.people.models import OneTimeLink
from vatio.reminders.deciding import decide
from vatio.tenants.models import Organisation, Person

pytestmark = pytest.mark.django_db

LETTERS = "jefa@energía.example"
ASCII = "jefa@xn--energa-7va.example"
SECRET = "mesa-lámpara-42"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def invite(client: Client, organisation: Organisation, email: str) -> str:
    client.force_login(make.commercial())
    answer = client.post(f"/desk/organisations/{organisation.slug}/", {"email": email})
    assert answer.status_code == 302, answer.content.decode()
    client.logout()
    message = Message.objects.filter(template="invitation").latest("id")
    return str(message.context["path"])


def register(client: Client, path: str) -> None:
    answer = client.post(path, {"name": "La Jefa", "password": SECRET, "again": SECRET})
    assert answer.status_code == 302
    client.logout()


@pytest.mark.parametrize(("invited", "typed"), [(LETTERS, ASCII), (ASCII, LETTERS)])
def test_who_was_invited_in_one_spelling_signs_in_with_the_other(
    client: Client, invited: str, typed: str
) -> None:
    register(client, invite(client, make.organisation(), invited))

    answer = client.post("/sign-in/", {"login": f" {typed.upper()} ", "password": SECRET})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_a_second_invitation_in_the_other_spelling_is_to_the_same_person(client: Client) -> None:
    organisation, other = make.organisation(), make.organisation()
    register(client, invite(client, organisation, LETTERS))

    joining = invite(client, other, ASCII)
    client.force_login(Person.objects.get(email=ASCII))
    client.post(joining)
    client.force_login(make.commercial())
    again = client.post(f"/desk/organisations/{organisation.slug}/", {"email": ASCII})

    assert Person.objects.filter(name="La Jefa").count() == 1
    assert Person.objects.get(email=ASCII).memberships.count() == 2
    assert again.status_code == 422
    assert "jefa@energía.example ya es SuperAdministrador" in again.content.decode()


def test_a_waiting_invitation_is_replaced_by_one_in_the_other_spelling(client: Client) -> None:
    organisation = make.organisation()
    dead = invite(client, organisation, LETTERS)

    living = invite(client, organisation, ASCII)

    assert OneTimeLink.objects.waiting().count() == 1
    assert client.get(dead).status_code == 410
    assert LETTERS in client.get(living).content.decode()


def test_a_forgotten_password_is_asked_for_in_either_spelling(
    client: Client, settings: Any
) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:1025"
    register(client, invite(client, make.organisation(), LETTERS))

    client.post("/sign-in/forgotten/", {"email": LETTERS})

    assert Message.objects.get(template="password_link").address == ASCII


def test_an_invitation_to_an_account_is_to_the_one_spelling(client: Client) -> None:
    account = make.account()
    client.force_login(make.superadmin(account.organisation))

    client.post(f"/accounts/{account.uid}/people/", {"email": LETTERS, "role": "viewer"})

    assert OneTimeLink.objects.get(account_id=account.pk).email == ASCII


def test_a_contact_and_a_notice_address_are_stored_once_and_shown_with_letters(
    client: Client,
) -> None:
    commercial = make.commercial()
    client.force_login(commercial)
    client.post(
        "/desk/new-organisation/",
        {"name": "Faro", "time_zone": "Europe/Madrid", "notice_address": LETTERS},
    )
    faro = Organisation.objects.get(slug="faro")

    page = client.get("/desk/organisations/faro/").content.decode()

    assert faro.notice_address == ASCII
    assert LETTERS in page
    assert ASCII not in page


def test_a_contact_is_configured_and_shown_with_letters(client: Client) -> None:
    account = make.account()
    client.force_login(make.superadmin(account.organisation))
    path = f"/accounts/{account.uid}/configure/"
    details = Details.of(account)
    written = {**asdict(details), "contact_email": LETTERS.upper(), "seen": details.mark}

    answer = client.post(path, written)

    account.refresh_from_db()
    assert (answer.status_code, account.contact_email) == (302, ASCII)
    assert f'value="{LETTERS}"' in client.get(path).content.decode()
    assert f">{LETTERS}<" in client.get(f"/accounts/{account.uid}/").content.decode()


def test_a_mailbox_gets_one_reminder_whichever_way_it_was_written(client: Client) -> None:
    account = make.account(starts_on=date(2026, 5, 3))
    register(client, invite(client, account.organisation, LETTERS))
    organisation = account.organisation
    organisation.notice_address = ASCII
    organisation.save(update_fields=["notice_address"])
    account.contact_email = ASCII
    account.save(update_fields=["contact_email"])

    decide(at=datetime(2027, 4, 4, 7, tzinfo=UTC))

    sent = Message.objects.filter(template="reminder", address=ASCII)
    assert sent.count() == 1
    assert Message.objects.filter(template="reminder").count() == 1


def test_an_address_that_nobody_can_have_is_refused_in_words(client: Client) -> None:
    organisation = make.organisation()
    client.force_login(make.commercial())

    answer = client.post(f"/desk/organisations/{organisation.slug}/", {"email": "ñu@faro.example"})
    client.logout()
    wrong = client.post("/sign-in/", {"login": "ñu@faro.example", "password": "x"})

    assert answer.status_code == 422
    assert "antes de la @" in answer.content.decode()
    assert "que ha indicado no son" in wrong.content.decode()
