import re
from datetime import timedelta
from typing import Any

import pytest

from tests import make
from tests.browser.conftest import Enter, Platform, faults
from vatio import clock
from vatio.accounts import adjusting, texting
from vatio.accounts.models import Account
from vatio.accounts.sms_spending import give_back
from vatio.accounts.texting import WarningText
from vatio.notifications.models import Message
from vatio.people.models import Telephone
from vatio.tenants.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Vatio: exceso de potencia en Edificio de las habitaciones, P2 23,4 kW de 20 contratados"


@pytest.fixture(autouse=True)
def _set_up(settings: Any) -> None:
    settings.SMS_URL = "http://127.0.0.1:1/"
    settings.SMS_A_DAY_PERSON = settings.SMS_A_DAY_ACCOUNT = 1_000


def texted(platform: Platform) -> tuple[Account, Person]:
    """Make an account that bought, spent and got back, over some months, and its viewer."""
    now = clock.now()
    hotel = make.account(
        "Hotel Balneario de Arnoia y de Ribadavia",
        organisation=platform.norte,
        starts_on=(now - timedelta(days=300)).date(),
        sms_credits=40,
    )
    marta = make.holder(hotel, "viewer", "Marta Vega de la Fuente")
    Telephone.objects.create(person=marta, number="+34600000001", confirmed_at=now)
    for days in range(280, 0, -12):
        at = now - timedelta(days=days)
        own = WarningText(hotel, marta, LONG * (1 + days % 2), key=f"w:{days}")
        texting.text([own], at=at)
        if days % 5 == 0:
            message = Message.objects.filter(channel="sms").latest("id")
            give_back([message.pk], at=at)
            Message.objects.filter(pk=message.pk).update(state="too late", settled_at=at)
        if days == 100:
            adjusting.adjust_credits(hotel, 50, reason="Más", by=platform.elena, at=at)
    return hotel, marta


def test_a_telephone_is_confirmed_by_the_words_of_the_page(
    platform: Platform, enter: Enter
) -> None:
    hotel, _marta = texted(platform)
    page = enter(make.holder(hotel, "viewer", "Ana Pérez"))

    page.goto("/profile/")
    page.get_by_label("Teléfono").fill("612 345 678")
    page.get_by_role("button", name="Enviar el código").click()
    code = Message.objects.filter(template="phone_code").latest("id").context["text"]
    page.get_by_label("Código").fill(re.findall(r"\d{6}", code)[0])
    page.get_by_role("button", name="Confirmar").click()

    assert page.get_by_text("Su teléfono está confirmado.").is_visible()
    assert page.get_by_text("+34 612 34 56 78").first.is_visible()
    assert page.get_by_role("group", name="Horas de silencio").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_pages_about_texts_have_no_faults_and_do_not_scroll_sideways(
    platform: Platform, enter: Enter, scheme: str, width: int
) -> None:
    hotel, marta = texted(platform)
    found = {}
    sms = f"/accounts/{hotel.uid}/sms/"
    message = f"/desk/messages/{Message.objects.filter(channel='sms').latest('id').pk}/"
    asked = [
        (platform.nuria, [sms, "/profile/"]),
        (platform.elena, [sms, "/desk/sms/", "/desk/messages/", message]),
        (marta, [sms, "/profile/"]),
    ]

    for person, addresses in asked:
        page = enter(
            person,
            color_scheme=scheme,
            viewport={"width": width, "height": 900},
            reduced_motion="reduce",
        )
        for address in addresses:
            page.goto(address)
            told = faults(page)
            if told:
                found[f"{person.name} {address}"] = told

    assert found == {}
