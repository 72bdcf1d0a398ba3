import html
import re
from datetime import timedelta

import pytest
from django.test import Client

from tests import make
from tests.web.metering.installing import at
from vatio import clock
from vatio.accounts.models import Account
from vatio.metering import installing, tokens
from vatio.metering.models import DataSource, SourceDevice, SourceToken
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db

TOKEN = re.compile(r"vts_[\w-]{43}")


@pytest.fixture(autouse=True)
def _at_noon_really(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "real", lambda: make.NOON)


@pytest.fixture
def source(hotel: Account) -> DataSource:
    made, _token = tokens.add_with_token(
        hotel,
        name="Pasarela",
        kind="insertion",
        by=make.commercial("Elena Cid"),
        at=make.NOON,
        issued_at=make.NOON,
    )
    return made


def page(source: DataSource, onward: str = "") -> str:
    return at(source.account, f"sources/{source.uid}/{onward}")


def tokens_in(text: str) -> list[str]:
    return TOKEN.findall(html.unescape(text))


def test_a_gateway_that_is_added_shows_its_token_once_beside_the_button_that_copies_it(
    signed: Client, hotel: Account
) -> None:
    answer = signed.post(at(hotel, "sources/new/"), {"name": "Pasarela", "kind": "insertion"})
    source = DataSource.objects.get()
    first = signed.get(answer["Location"])
    again = signed.get(answer["Location"])

    assert answer["Location"] == page(source)
    (token,) = tokens_in(first.text)
    found = tokens.recognised(token, at=make.NOON)
    assert found is not None
    assert found.source_id == source.pk
    assert ">Copiar</button>" in first.text
    assert "Copie esta clave ahora" in first.text
    assert first["Cache-Control"] == "private, no-store"
    assert tokens_in(again.text) == []


def test_the_token_waits_for_its_page_in_a_cookie_of_that_page_and_no_session(
    signed: Client, source: DataSource
) -> None:
    signed.post(page(source, "rotate/"))

    cookie = signed.cookies["source-token"]
    assert (cookie["path"], cookie["max-age"]) == (page(source), 60)
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")
    assert tokens_in(str(dict(signed.session))) == []


def test_a_cookie_of_another_source_or_one_that_nobody_signed_shows_nothing(
    signed: Client, hotel: Account, source: DataSource
) -> None:
    other = installing.add_source(
        hotel, name="Otra", kind="insertion", by=make.commercial(), at=make.NOON
    )
    signed.post(page(source, "rotate/"))

    assert tokens_in(signed.get(page(other)).text) == []
    signed.cookies["source-token"] = "vts_" + "a" * 43
    assert tokens_in(signed.get(page(source)).text) == []


def test_a_source_of_files_has_no_token_and_no_way_to_send(signed: Client, hotel: Account) -> None:
    answer = signed.post(
        at(hotel, "sources/new/"), {"name": "Ficheros", "kind": "files"}, follow=True
    )

    assert "Ficheros" in answer.text
    for words in ("Clave", "Cambiar la clave", "x-dexcell-source-token"):
        assert words not in answer.text
    refused = signed.post(page(DataSource.objects.get(), "rotate/"), follow=True)
    assert "Solo una fuente por inserción tiene clave." in refused.text
    assert not SourceToken.objects.exists()


def test_changing_the_token_says_what_becomes_of_the_old_one_and_shows_both(
    signed: Client, source: DataSource
) -> None:
    before = signed.get(page(source)).text

    answer = signed.post(page(source, "rotate/"), follow=True).text

    assert "Cambiar la clave" in before
    assert "sigue valiendo un día como mucho" in before
    assert len(set(tokens_in(answer))) == 1
    assert source.tokens.live(at=make.NOON).count() == 2
    assert "25 nov 2026, 12:00" in answer
    assert "Elena Cid" in answer
    assert "Nuria Vidal" in answer


def test_a_token_is_revoked_and_another_is_made(signed: Client, source: DataSource) -> None:
    token = source.tokens.get()

    answer = signed.post(page(source, "revoke/"), {"token": token.pk}, follow=True).text
    fresh = signed.post(page(source, "rotate/"), follow=True).text

    assert "Ninguna clave vale" in answer
    assert "Crear una clave" in answer
    assert len(set(tokens_in(fresh))) == 1


@pytest.mark.parametrize("written", ["", "x", "0", "-1", str(10**30)])
def test_a_token_that_is_not_there_is_not_found(
    written: str, signed: Client, source: DataSource
) -> None:
    assert signed.post(page(source, "revoke/"), {"token": written}).status_code == 404
    assert source.tokens.live(at=make.NOON).count() == 1


def test_the_token_of_another_source_is_not_revoked_through_this_one(
    signed: Client, source: DataSource
) -> None:
    other, _token = tokens.add_with_token(
        make.account(), name="Ajena", kind="insertion", by=None, at=make.NOON, issued_at=make.NOON
    )

    answer = signed.post(page(source, "revoke/"), {"token": other.tokens.get().pk})

    assert answer.status_code == 404
    assert other.tokens.live(at=make.NOON).exists()


def test_the_page_and_the_list_say_when_the_source_was_last_seen(
    signed: Client, hotel: Account, source: DataSource
) -> None:
    assert "Nunca" in signed.get(page(source)).text
    source.tokens.update(last_seen_at=make.NOON - timedelta(hours=3))

    for address in (page(source), at(hotel, "sources/")):
        assert "24 nov 2026, 09:00" in signed.get(address).text
    assert f'href="{page(source)}' in signed.get(at(hotel, "sources/")).text


def test_its_devices_lead_to_their_meters(
    signed: Client, hotel: Account, source: DataSource
) -> None:
    meter = make.meter(hotel)
    SourceDevice.objects.create(
        account=hotel, organisation=hotel.organisation, source=source, did="A<1>", meter=meter
    )

    answer = signed.get(page(source)).text

    assert f'href="/accounts/{hotel.uid}/installation/meters/{meter.uid}/"' in answer
    assert "A<1>" not in answer
    assert "A&lt;1&gt;" in answer


def test_a_source_gets_another_name(signed: Client, source: DataSource) -> None:
    form = page(source, "change/")
    assert 'value="Pasarela"' in signed.get(form).text

    answer = signed.post(form, {"name": " Cubierta  norte "}, follow=True)

    source.refresh_from_db()
    assert (source.name, source.kind) == ("Cubierta norte", "insertion")
    assert "Fuente de datos cambiada: Cubierta norte" in answer.text


def test_a_name_that_is_taken_is_said_beside_the_field(
    signed: Client, hotel: Account, source: DataSource
) -> None:
    installing.add_source(hotel, name="Otra", kind="files", by=make.commercial(), at=make.NOON)

    answer = signed.post(page(source, "change/"), {"name": "OTRA"})

    assert answer.status_code == 422
    assert 'id="id_name-error"' in answer.text
    source.refresh_from_db()
    assert source.name == "Pasarela"


def test_who_looks_sees_the_tokens_and_no_button(
    client: Client, hotel: Account, source: DataSource
) -> None:
    for person in (make.holder(hotel, "viewer"), make.commercial()):
        client.force_login(person)

        answer = client.get(page(source)).text

        assert "Elena Cid" in answer
        for words in ("Cambiar la clave", "Anular", 'method="post" action="/accounts/'):
            assert words not in answer


def test_in_english_the_page_says_the_same(
    client: Client, hotel: Account, source: DataSource, nuria: Person
) -> None:
    nuria.language = "en"
    nuria.save(update_fields=["language"])
    client.force_login(nuria)

    answer = client.post(page(source, "rotate/"), follow=True).text

    for words in ("Copy this token now", ">Copy</button>", "Change the token", "How to send"):
        assert words in answer
