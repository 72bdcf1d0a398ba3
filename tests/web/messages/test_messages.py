from datetime import timedelta

import pytest
from django.test import Client

from tests import make
from tests.notices.news import tell
from vatio.notices.choosing import choose
from vatio.notices.digesting import digest
from vatio.notifications.models import Message
from vatio.notifications.news import HowTold
from vatio.people import one_time_links

pytestmark = pytest.mark.django_db


@pytest.fixture
def elena(client: Client) -> Client:
    client.force_login(make.commercial("Elena Cid"))
    return client


def failed(last_error: str = "550 No such user") -> Message:
    norte = make.organisation()
    make.opening_order(norte, "Hotel Lugo", by=make.superadmin(norte))
    message = Message.objects.filter(template="order_submitted").latest("id")
    message.state, message.last_error, message.attempts = Message.State.FAILED, last_error, 3
    message.settled_at = make.NOON
    message.save()
    return message


def test_a_failed_message_shows_the_servers_words_and_is_tried_again(elena: Client) -> None:
    message = failed("550 <b>No such user</b>")
    address = f"/desk/messages/{message.pk}/"

    page = elena.get(address).content.decode()
    answer = elena.post(f"{address}retry/", follow=True)

    assert "550 &lt;b&gt;No such user&lt;/b&gt;" in page
    assert "Reintentar" in page
    message.refresh_from_db()
    assert message.state == Message.State.QUEUED
    assert "Reintentar" not in answer.content.decode()


def test_retrying_twice_is_refused_in_words(elena: Client) -> None:
    message = failed()
    address = f"/desk/messages/{message.pk}/retry/"
    elena.post(address)

    answer = elena.post(address, follow=True)

    assert "espera" in answer.content.decode()


def test_a_secret_message_is_never_retried(elena: Client) -> None:
    norte = make.organisation()
    one_time_links.invite(norte, "ana@norte.example", by=make.superadmin(norte), at=make.NOON)
    secret = Message.objects.get(secret=True)
    Message.objects.filter(pk=secret.pk).update(state=Message.State.FAILED)

    page = elena.get(f"/desk/messages/{secret.pk}/").content.decode()
    elena.post(f"/desk/messages/{secret.pk}/retry/")

    assert "Reintentar" not in page
    secret.refresh_from_db()
    assert secret.state == Message.State.FAILED


@pytest.mark.parametrize("url", ["", "smtp://127.0.0.1:1025"])
def test_the_page_says_when_there_is_no_mail_server(
    elena: Client, settings: object, url: str
) -> None:
    settings.EMAIL_URL = url  # type: ignore[attr-defined]

    page = elena.get("/desk/messages/").content.decode()

    assert ("No hay servidor de correo" in page) == (url == "")


def test_what_is_kept_for_the_page_or_a_digest_says_so(elena: Client) -> None:
    hotel = make.account("Hotel Lugo")
    nuria = make.superadmin(hotel.organisation)
    tell(nuria, "Hotel Lugo", account=hotel, here=True)
    choose(nuria, HowTold.DAILY, {})
    tell(nuria, "Hotel Soria", account=hotel)

    waiting = elena.get("/desk/messages/").content.decode()
    digest(at=make.NOON + timedelta(days=1))
    told = elena.get("/desk/messages/?state=told").content.decode()

    for words in ("Solo en la página", "Espera al resumen"):
        assert f"</svg>{words}</span>" in waiting
    assert "</svg>Contado en un resumen</span>" in told
    assert "Norte no va a renovar Hotel Soria" in told
    assert "Norte no va a renovar Hotel Lugo" not in told
