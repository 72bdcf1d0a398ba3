import re
from datetime import date, timedelta

import pytest
from django.test import Client

from tests import make
from tests.collection.called import details
from tests.collection.lines import (
    call_of,
    called_line,
    hours,
    line_of,
    roomy,
    waiting_call,
)
from tests.web.accounts.test_account_list import queries
from tests.web.metering.installing import at
from vatio.accounts.models import Account
from vatio.collection.asking import LONGEST_WAIT, MOST_ASKED
from vatio.collection.models import CallAttempt, LineSettings
from vatio.collection.setting_up import change_line
from vatio.metering import retiring
from vatio.metering.models import RtcLine
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db

NIGHT = make.NOON - timedelta(hours=10)
UNTIL = date(2026, 11, 24)


@pytest.fixture
def hotel() -> Account:
    return roomy("Hotel Lugo 012")


@pytest.fixture
def line(hotel: Account) -> RtcLine:
    return called_line(hotel, "Acometida", until=UNTIL)


def page_of(client: Client, line: RtcLine, onward: str = "") -> str:
    answer = client.get(at(line.account, f"lines/{line.uid}/{onward}"))
    assert answer.status_code == 200
    return answer.text


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2]))


def press(client: Client, line: RtcLine, act: str = "call") -> str:
    answer = client.post(at(line.account, f"lines/{line.uid}/{act}/"), follow=True)
    assert answer.status_code == 200
    return words(answer.text)


def test_a_line_is_called_now(signed: Client, nuria: Person, line: RtcLine) -> None:
    before = page_of(signed, line)

    after = press(signed, line)

    asked = CallAttempt.objects.get()
    assert (asked.asked_by, asked.asked_at, asked.is_waiting) == (nuria, make.NOON, True)
    assert "Llamar ahora" in before
    assert "Esperando al recolector" in after
    assert "La pidió Nuria Vidal" in after
    assert "Llamar ahora" not in after.partition("Llamadas")[0]


def test_a_call_that_waits_is_withdrawn(signed: Client, line: RtcLine) -> None:
    press(signed, line)

    after = press(signed, line, "withdraw")

    assert not CallAttempt.objects.exists()
    assert "Llamar ahora" in after


def test_a_call_that_was_taken_up_is_not_withdrawn(
    signed: Client, nuria: Person, line: RtcLine
) -> None:
    waiting_call(line, at=make.NOON, by=nuria, started_at=make.NOON)

    after = press(signed, line, "withdraw")

    assert CallAttempt.objects.get().is_running
    assert "El recolector ya la ha atendido." in after


def test_withdrawing_nothing_changes_nothing(signed: Client, line: RtcLine) -> None:
    assert "Llamar ahora" in press(signed, line, "withdraw")


def test_what_cannot_be_called_is_refused_in_words(
    signed: Client, hotel: Account, nuria: Person, line: RtcLine
) -> None:
    unsaid, retired = line_of(hotel), called_line(hotel)
    retiring.retire(retired, by=nuria, at=make.NOON)
    press(signed, line)

    refused = [press(signed, each) for each in (line, unsaid, retired)]

    assert "A esta línea se la está llamando, o está a punto." in refused[0]
    assert "Falta decir cómo se llama a esta línea." in refused[1]
    assert "Esta línea no está en servicio." in refused[2]
    assert CallAttempt.objects.count() == 1


def test_an_account_calls_twenty_times_an_hour(
    signed: Client, nuria: Person, line: RtcLine
) -> None:
    for _each in range(MOST_ASKED):
        call_of(line, at=make.NOON - timedelta(minutes=30), by=nuria)

    refused = press(signed, line)

    assert "En una hora se han pedido 20 llamadas de esta cuenta" in refused
    assert CallAttempt.objects.filter(ended_at=None).count() == 0


@pytest.mark.parametrize("role", ["viewer", "commercial"])
def test_who_may_not_change_anything_calls_nobody(
    client: Client, hotel: Account, line: RtcLine, role: str
) -> None:
    client.force_login(make.commercial() if role == "commercial" else make.holder(hotel, role))
    page = page_of(client, line)

    answers = [client.post(at(hotel, f"lines/{line.uid}/{act}/")) for act in ("call", "withdraw")]

    assert [each.status_code for each in answers] == [404, 404]
    assert "Llamar ahora</button>" not in page
    assert not CallAttempt.objects.exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"at": make.NOON}, "Esperando al recolector"),
        ({"at": make.NOON - timedelta(seconds=61)}, "Parece que no hay ningún recolector"),
        (
            {"at": make.NOON - timedelta(minutes=30), "seen_at": make.NOON},
            "Su módem o su contador está ocupado: es la siguiente",
        ),
        ({"at": make.NOON, "started_at": make.NOON}, "Conectando con el contador"),
        (
            {"at": make.NOON, "started_at": make.NOON, "days": 12, "days_read": 4},
            "Leyendo el día 5 de 12",
        ),
        (
            {"at": make.NOON, "started_at": make.NOON, "days": 12, "days_read": 12},
            "Leyendo el día 12 de 12",
        ),
    ],
)
def test_how_far_a_call_is_stands_on_the_page_and_is_looked_at_again(
    signed: Client, nuria: Person, line: RtcLine, more: dict, said: str
) -> None:
    waiting_call(line, by=nuria, **more)

    page = page_of(signed, line)

    assert said in words(page)
    assert "<progress" in page
    assert 'hx-trigger="every 2s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page


def test_a_call_at_night_is_seen_too(signed: Client, line: RtcLine) -> None:
    CallAttempt.objects.create(
        account=line.account, organisation=line.organisation, line=line, started_at=make.NOON
    )

    assert "Es la llamada de esta noche." in words(page_of(signed, line))


def test_a_call_that_waited_too_long_can_be_asked_for_again(
    signed: Client, nuria: Person, line: RtcLine
) -> None:
    waiting_call(line, at=make.NOON - LONGEST_WAIT - timedelta(seconds=1), by=nuria)

    page = page_of(signed, line)
    press(signed, line)

    assert "Ningún recolector atendió la llamada" in words(page)
    assert 'hx-trigger="every' not in page
    outcomes = CallAttempt.objects.order_by("id").values_list("outcome", flat=True)
    assert list(outcomes) == ["not_taken", ""]


def test_how_the_call_ended_that_was_asked_for_is_said_above_all(
    signed: Client, nuria: Person, line: RtcLine
) -> None:
    call_of(line, at=make.NOON - timedelta(minutes=2), by=nuria, missing=3)

    page = words(page_of(signed, line)).partition("Llamadas")[0]

    assert "Llegaron las lecturas 120 valores nuevos · 3 intervalos que el contador no" in page


def test_a_refused_key_is_warned_of_until_it_is_written_anew(
    signed: Client, nuria: Person, line: RtcLine
) -> None:
    LineSettings.objects.update(changed_at=NIGHT - timedelta(days=1))
    call_of(line, "wrong_key", at=NIGHT)

    before = words(page_of(signed, line))
    change_line(line, details(), by=nuria, at=make.NOON)
    after = words(page_of(signed, line))

    assert "algunos contadores se bloquean tras varios rechazos" in before
    assert "se bloquean" not in after


def test_the_page_says_the_last_good_day_and_how_the_last_night_was(
    signed: Client, line: RtcLine
) -> None:
    call_of(line, at=NIGHT - timedelta(days=1), drift=7)
    call_of(line, "no_answer", at=NIGHT)

    page = words(page_of(signed, line))

    assert "Último día bueno 23 nov 2026" in page
    assert "No responde 24 nov 2026, 02:00 · Nadie respondió" in page
    assert "7 s adelantado" in page


@pytest.mark.parametrize(
    ("drift", "wrong", "said"),
    [
        (60, False, "60 s adelantado"),
        (61, True, "61 s adelantado"),
        (-61, True, "61 s atrasado"),
        (0, False, "En hora"),
    ],
)
def test_a_clock_over_a_minute_off_is_for_the_distributor(
    signed: Client, line: RtcLine, drift: int, wrong: bool, said: str
) -> None:
    call_of(line, at=NIGHT, drift=drift)

    page = words(page_of(signed, line))

    assert said in page
    assert ("avise a la distribuidora" in page) is wrong


def test_days_with_gaps_are_drawn_and_named(signed: Client, line: RtcLine) -> None:
    days = [date(2026, 11, 10) + timedelta(days=each) for each in range(14)]
    there = [each for each in days if each.day not in (15, 16)]
    hours(line, there, lacking={date(2026, 11, 20): 3})

    page = page_of(signed, line)

    assert "15 nov 2026 – 16 nov 2026 no llegó nada" in words(page)
    assert "20 nov 2026 faltan 3 horas" in words(page)
    assert "Completo: 11; Con huecos: 1; Sin datos: 2; Antes de su primera lectura: 31" in page


def test_calls_are_told_with_who_asked_and_which_were_retries(
    signed: Client, nuria: Person, line: RtcLine
) -> None:
    call_of(line, "engaged", at=NIGHT)
    call_of(line, at=NIGHT + timedelta(minutes=5), seconds=72)
    call_of(line, "no_answer", at=make.NOON - timedelta(hours=1), by=nuria)

    rows = re.findall(r'<tr role="row"><th role="rowheader".*?</tr>', page_of(signed, line), re.S)

    told = [words(f"<main>{each}") for each in rows]
    assert "Nuria Vidal" in told[0]
    assert "De noche reintento" in told[1]
    assert "1 min 12 s" in told[1]
    assert "9.120" in told[1]
    assert "De noche" in told[2]
    assert "reintento" not in told[2]


def test_many_calls_stand_on_several_pages_and_cost_the_same(signed: Client, line: RtcLine) -> None:
    address = at(line.account, f"lines/{line.uid}/")
    call_of(line, at=NIGHT - timedelta(days=40))
    few = queries(signed, address)
    for night in range(39, 0, -1):
        call_of(line, at=NIGHT - timedelta(days=night))

    many = queries(signed, address)

    assert many == few
    assert "Siguiente" in page_of(signed, line)
    assert page_of(signed, line, "?at=last").count('role="rowheader"') == 20


def test_a_line_without_calls_says_what_will_stand_there(signed: Client, hotel: Account) -> None:
    page = words(page_of(signed, line_of(hotel)))

    assert "Todavía no se le ha llamado" in page
    assert "«Llamar ahora» no espera a la noche" in page


def test_the_list_of_lines_says_the_last_good_day_and_the_last_call(
    signed: Client, hotel: Account, line: RtcLine
) -> None:
    call_of(line, "wrong_key", at=NIGHT)
    line_of(hotel, "Otra")

    page = words(signed.get(at(hotel, "lines/")).text)

    assert "23 nov 2026" in page
    assert "No responde 24 nov 2026, 02:00 · El contador no aceptó la clave de acceso" in page
    assert "Sin configurar" in page


def test_the_list_of_lines_takes_as_many_statements_for_many_as_for_one(
    signed: Client, hotel: Account, line: RtcLine
) -> None:
    call_of(line, at=NIGHT)
    one = queries(signed, at(hotel, "lines/"))
    for _each in range(20):
        call_of(called_line(hotel, until=UNTIL), "no_answer", at=NIGHT)

    many = queries(signed, at(hotel, "lines/"))

    assert many == one
    assert LineSettings.objects.count() == 21
