import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests import make
from vatio import clock
from vatio.notifications import delivery
from vatio.notifications.models import Message

pytestmark = pytest.mark.django_db

PAGE = "/sign-in/forgotten/"
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


@pytest.fixture(autouse=True)
def _with_mail(settings: Any) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:1025"


def link() -> str:
    message = Message.objects.filter(template="password_link").latest("id")
    assert message.secret
    return str(message.context["path"])


def test_a_link_arrives_with_which_one_chooses_a_password_once(client: Client) -> None:
    nuria = make.superadmin(make.organisation())

    answer = client.post(PAGE, {"email": nuria.email.upper()}, follow=True)
    chosen = {"password": "mesa-lámpara-42", "again": "mesa-lámpara-42"}
    first = client.post(link(), chosen)
    second = client.post(link(), chosen)

    assert "Mire su correo" in answer.content.decode()
    assert first.status_code == 302
    assert second.status_code == 410
    nuria.refresh_from_db()
    assert nuria.check_password("mesa-lámpara-42")


def test_an_unknown_address_gets_the_same_answer_and_no_message(client: Client) -> None:
    nuria = make.superadmin(make.organisation())

    known = client.post(PAGE, {"email": nuria.email}, follow=True)
    unknown = client.post(PAGE, {"email": "nadie@otro.example"}, follow=True)

    assert known.redirect_chain == unknown.redirect_chain
    assert CSRF.sub("", known.content.decode()) == CSRF.sub("", unknown.content.decode())
    assert Message.objects.filter(template="password_link").count() == 1


def test_asking_again_kills_the_link_before(client: Client) -> None:
    nuria = make.superadmin(make.organisation())
    client.post(PAGE, {"email": nuria.email})
    old = link()

    client.post(PAGE, {"email": nuria.email})

    assert link() != old
    assert client.get(old).status_code == 410
    assert client.get(link()).status_code == 200


def test_somebody_who_left_gets_no_link(client: Client) -> None:
    nuria = make.superadmin(make.organisation())
    nuria.is_active = False
    nuria.save(update_fields=["is_active"])

    client.post(PAGE, {"email": nuria.email})

    assert not Message.objects.filter(template="password_link").exists()


def test_a_link_that_never_left_is_forgotten_when_it_is_dead(client: Client) -> None:
    nuria = make.superadmin(make.organisation())
    client.post(PAGE, {"email": nuria.email})

    delivery.give_up_on_late(at=clock.real() + timedelta(days=400))
    assert Message.objects.get(template="password_link").context
    delivery.give_up_on_secrets(real=clock.real() + timedelta(days=2))

    dead = Message.objects.get(template="password_link")
    assert (dead.state, dead.context) == (Message.State.TOO_LATE, {})


def test_without_a_mail_server_the_page_says_whom_to_ask(client: Client, settings: Any) -> None:
    settings.EMAIL_URL = ""

    page = client.get(PAGE).content.decode()

    assert "vatio people reset" in page
    assert '<form class="stack' not in page
