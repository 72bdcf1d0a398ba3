import io
import zipfile
from datetime import date, timedelta

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from python_calamine import CalamineWorkbook

from tests import make
from tests.purging.lived import asked, lived, take_export
from vatio import clock
from vatio.accounts import adjusting
from vatio.accounts.models import Account
from vatio.dates import add_months
from vatio.jobs import tasks
from vatio.purging.models import Export, Purge

pytestmark = pytest.mark.django_db

LONG_AGO = date(2020, 2, 29)


@pytest.fixture
def elena(client: Client) -> Client:
    client.force_login(make.commercial("Elena Cid"))
    return client


def ended(days: int) -> Account:
    """Make an account that ended some days ago by the clock that the pages read."""
    end = clock.today("Europe/Madrid") - timedelta(days=days)
    return make.account("Hotel Lugo", starts_on=add_months(end, -12, anchor_day=end.day))


def typed(account: Account, **other: str) -> dict[str, str]:
    return {"name": account.name, "reason": "Cerraron.", **other}


def words(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("days", "offered"), [(-20, False), (1, False), (29, False), (31, True)])
def test_the_link_is_there_once_grace_is_over(elena: Client, days: int, offered: bool) -> None:
    hotel = ended(days)

    page = words(elena.get(f"/accounts/{hotel.uid}/"))

    assert ("Eliminar la cuenta" in page) == offered


def test_whoever_leads_the_organisation_is_offered_no_such_thing(client: Client) -> None:
    hotel = ended(60)
    client.force_login(make.superadmin(hotel.organisation))

    assert "Eliminar la cuenta" not in words(client.get(f"/accounts/{hotel.uid}/"))


@pytest.mark.parametrize(
    ("days", "why"), [(-20, "no ha caducado"), (10, "Sus lecturas se recogen")]
)
def test_an_account_that_is_not_over_shows_why_and_no_form(
    elena: Client, days: int, why: str
) -> None:
    hotel = ended(days)
    address = f"/accounts/{hotel.uid}/delete/"

    page = words(elena.get(address))
    answer = elena.post(address, typed(hotel))

    assert why in page
    assert "Eliminar para siempre" not in page
    assert answer.status_code == 422
    assert Purge.objects.count() == 0


def test_the_export_speaks_the_words_of_the_screen(elena: Client) -> None:
    hotel = lived()

    answer = elena.post(f"/accounts/{hotel.uid}/delete/export/")
    packed = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    book = CalamineWorkbook.from_filelike(io.BytesIO(packed.read("hotel-lugo-012.xlsx")))

    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == 'attachment; filename="hotel-lugo-012.zip"'
    said = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    assert [line[1] for line in said["Acuerdos"][1:]] == ["Nueva cuenta", "Ampliación", "Ajuste"]
    assert [line[1] for line in said["Créditos SMS"][1:]] == [
        "Comprados",
        "Ajustados",
        "Gastados",
        "Gastados",
        "Devueltos",
    ]
    assert {
        tuple(line[i] for i in (3, 7)) for line in said["Mensajes"][1:] if line[7] == "SMS"
    } == {("Aviso", "SMS")}
    assert said["Renovaciones juntas"][1][1] == "No renovada"
    assert said["Recordatorios"][1][0] == "Un mes antes"
    assert said["Personas"][1][2] == "solo mira"
    assert said["Historia"][3][3] == "Nueva cuenta: aceptada, del 29 ene 2025 al 29 ene 2026"
    assert "nueva cuenta" in said["Mensajes"][1][3]
    assert Export.objects.get(account=hotel).made_by.name == "Elena Cid"


def test_the_page_says_whether_it_was_exported_as_it_is_now(elena: Client) -> None:
    hotel = lived()
    address = f"/accounts/{hotel.uid}/delete/"
    assert "La exportó" not in words(elena.get(address))

    elena.post(f"{address}export/")
    assert "nada ha cambiado desde entonces" in words(elena.get(address))

    adjusting.adjust_credits(hotel, 1, reason="Más", by=make.commercial(), at=make.NOON)
    assert "ha cambiado desde entonces" in words(elena.get(address))
    assert "nada ha cambiado" not in words(elena.get(address))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"name": "hotel lugo 012"}, "Ese no es el nombre"),
        ({"name": ""}, "Ese no es el nombre"),
        ({"reason": " "}, "Escriba el motivo"),
        ({"reason": "a\x01b"}, "Hay un carácter"),
    ],
)
def test_what_is_typed_wrong_is_told_beside_its_field(
    elena: Client, wrong: dict[str, str], why: str
) -> None:
    hotel = lived()
    take_export(hotel)

    answer = elena.post(f"/accounts/{hotel.uid}/delete/", typed(hotel, **wrong))

    assert answer.status_code == 422
    assert why in words(answer)
    assert Purge.objects.count() == 0


def test_it_is_asked_waits_and_is_done_by_the_worker(elena: Client) -> None:
    hotel = make.account("Hotel <Lugo>", starts_on=LONG_AGO)
    slug = hotel.organisation.slug
    address = f"/accounts/{hotel.uid}/delete/"
    elena.post(f"{address}export/")

    waiting = words(elena.post(address, typed(hotel), follow=True))
    asked_for = Purge.objects.get()
    job = ProcrastinateJob.objects.get(task_name="purge", args={"number": asked_for.pk})
    tasks.purge(**job.args)
    done = elena.get(address, follow=True)

    assert "Se está eliminando" in waiting
    assert done.redirect_chain == [(f"/desk/accounts/expired/?organisation={slug}", 302)]
    assert "Hotel &lt;Lugo&gt; se ha eliminado para siempre." in words(done)
    page = words(elena.get(f"/desk/organisations/{slug}/"))
    assert "Hotel &lt;Lugo&gt;: eliminada para siempre, con 1 acuerdo" in page
    assert "Cerraron." in page
    assert elena.get(f"/accounts/{hotel.uid}/").status_code == 404


def test_the_page_that_waits_is_sent_on_when_it_is_done(elena: Client) -> None:
    hotel = make.account(starts_on=LONG_AGO)
    asked(hotel)
    tasks.purge_all(timestamp=0)

    answer = elena.get(f"/accounts/{hotel.uid}/delete/", headers={"HX-Request": "true"})

    left = f"/desk/accounts/expired/?organisation={hotel.organisation.slug}"
    assert (answer.status_code, answer["HX-Redirect"]) == (200, left)


def test_a_purge_that_came_too_late_says_why(elena: Client) -> None:
    hotel = make.account(starts_on=LONG_AGO)
    asked(hotel)
    adjusting.give_courtesy(hotel, 5, reason="Vuelven", by=make.commercial(), at=clock.now())

    tasks.purge_all(timestamp=0)
    page = words(elena.get(f"/accounts/{hotel.uid}/delete/"))

    assert "No se ha eliminado" in page
    assert page.count("Esta cuenta no ha caducado") == 1
    assert Account.objects.filter(pk=hotel.pk).exists()


def test_the_organisations_own_people_are_not_shown_what_was_deleted(client: Client) -> None:
    hotel = make.account("Hotel Lugo", starts_on=LONG_AGO)
    nuria = make.superadmin(hotel.organisation)
    asked(hotel)
    tasks.purge_all(timestamp=0)
    client.force_login(nuria)

    page = words(client.get(f"/o/{hotel.organisation.slug}/people/"))

    assert "Cuentas eliminadas" not in page
