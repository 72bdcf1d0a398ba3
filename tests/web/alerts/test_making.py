from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import make
from tests.alerts.watching import LATER
from tests.web.alerts.conftest import Watched
from vatio.alerts import making, schedules
from vatio.alerts.models import AlertRule
from vatio.web.alerts import schedule_fields
from vatio.web.alerts.rule_fields import SignedDecimal

pytestmark = pytest.mark.django_db

PART = {"HX-Request": "true"}


def written(watched: Watched, **changed: Any) -> dict[str, Any]:
    return {
        "name": "Más de 9,5 kW",
        "kind": "above",
        "thing": f"point:{watched.point.uid}",
        "threshold": "9,5",
        "worse": "",
        "minutes": "15",
        "when": "always",
        "severity": "normal",
        "mail": str(watched.ana.pk),
    } | changed


def test_an_alert_is_made_in_the_unit_that_people_read(client: Client, watched: Watched) -> None:
    sent = written(watched, worse="11,25", when="chosen", day0="8-14, 16-20", day6="0-24")

    answer = client.post(f"{watched.address}new/", sent)

    made = AlertRule.objects.latest("pk")
    assert answer["Location"] == f"{watched.address}rules/{made.uid}/"
    assert (made.threshold, made.worse, made.minutes) == (9_500.0, 11_250.0, 15)
    days = [schedules.written_hours(day) for day in schedules.days_of(made.schedule)]
    assert days == ["8-14, 16-20", "", "", "", "", "", "0-24"]
    told = made.recipients.get()
    assert (told.person, told.by_mail, told.by_sms) == (watched.ana, True, False)


def test_what_it_would_have_found_is_drawn_before_it_is_saved(
    client: Client, watched: Watched
) -> None:
    sent = written(watched) | {"try": "part"}

    part = client.post(f"{watched.address}new/", sent, headers=PART).content.decode()
    page = client.post(f"{watched.address}new/", sent | {"try": "page", "name": ""})

    assert "Habría avisado 3 veces en los últimos 90 días" in part
    assert 'class="part-marked"' in part
    assert ">kW</span>" in part
    assert page.status_code == 200
    assert "Habría avisado 3 veces en los últimos 90 días" in page.content.decode()
    assert AlertRule.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "Nombre: "),
        ({"threshold": ""}, "Umbral: "),
        ({"threshold": "diez"}, "Umbral: "),
        ({"kind": "silence", "thing": "site:x"}, "Sobre qué: "),
        ({"when": "chosen"}, "Horario: "),
        ({"when": "inside"}, "Horario: Su emplazamiento no dice su horario"),
        ({"when": "chosen", "day0": "8-7"}, "Lunes: "),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    changed: dict[str, str], words: str, client: Client, watched: Watched
) -> None:
    answer = client.post(f"{watched.address}new/", written(watched, minutes="77", **changed))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="77"' in page


def test_an_alert_that_would_send_many_texts_asks_first(client: Client, watched: Watched) -> None:
    people = [make.holder(watched.account, "viewer") for _each in range(5)]
    sent = written(watched, severity="high", sms=[str(each.pk) for each in people])

    asked = client.post(f"{watched.address}new/", sent)

    assert "El 11 may 2026 habría enviado 25 SMS." in asked.content.decode()
    assert AlertRule.objects.count() == 1
    assert client.post(f"{watched.address}new/", sent | {"sure": "yes"}).status_code == 302


def test_changing_nothing_begins_nothing_anew(client: Client, watched: Watched) -> None:
    AlertRule.objects.update(sms_text="Avise a Ana")
    address = f"{watched.address}rules/{watched.rule.uid}/change/"
    page = client.get(address).content.decode()
    assert 'value="10"' in page
    sent = written(watched, name="Otra", threshold="10", minutes="", sms_text="Avise a Ana")

    client.post(address, sent)

    changed = AlertRule.objects.get()
    assert (changed.name, changed.threshold, changed.sms_text) == ("Otra", 10_000.0, "Avise a Ana")
    assert changed.looks_from == watched.rule.looks_from


def test_an_alert_removed_meanwhile_can_be_made_anew_with_what_was_written(
    client: Client, watched: Watched
) -> None:
    making.remove_alert(watched.rule, by=watched.nuria, at=LATER)
    address = f"{watched.address}rules/{watched.rule.uid}/change/"

    page = client.post(address, written(watched, name="Lo que escribí")).content.decode()

    assert "Mientras tanto se eliminó esta alerta." in page
    assert "Lo que escribí" in page
    assert f'formaction="{watched.address}new/"' in page


def test_a_text_is_spelled_without_accents_where_that_is_asked(
    client: Client, watched: Watched
) -> None:
    sent = written(watched, severity="high", sms_text="Atención: máxima", plain="yes")

    page = client.post(f"{watched.address}new/", sent).content.decode()

    assert "Atencion: maxima</textarea>" in page
    assert AlertRule.objects.count() == 1


hours = st.lists(st.sampled_from("01"), min_size=168, max_size=168).map("".join)


@given(schedule=hours)
@settings(max_examples=100, deadline=None)
def test_any_schedule_comes_back_from_the_form(schedule: str) -> None:
    fields = schedule_fields.fields()
    shown = schedule_fields.initial(schedule, None)

    sent = {name: field.clean(shown[name]) for name, field in fields.items()}

    if "1" in schedule:
        expected = schedule if "0" in schedule else ""
        assert schedule_fields.schedule_of(sent, None) == expected


@given(value=st.decimals(-999_999, 999_999, places=3), factor=st.sampled_from([1, 1000, 0.01]))
@settings(max_examples=200, deadline=None)
def test_any_threshold_comes_back_from_the_form(value: Any, factor: float) -> None:
    field = SignedDecimal(most=10**9, places=6)
    base = float(value * Decimal(str(factor)))

    shown = round(Decimal(repr(base)) / Decimal(str(factor)), 6)
    again = field.clean(field.prepare_value(shown))

    assert float(again * Decimal(str(factor))) == base
