from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import make
from tests.races import together
from tests.sheets import HOSTILE, opened
from vatio import clock
from vatio.accounts.models import Account
from vatio.portfolios import drafts
from vatio.portfolios.importing import Plan
from vatio.portfolios.models import ImportDraft
from vatio.portfolios.parsing import Fault, Portfolio
from vatio.spreadsheets.files.cells import SheetRow
from vatio.tenants.models import Organisation
from vatio.web.portfolios.marked_file import marked_file

CASES = Path(__file__).parents[2] / "portfolios" / "cases"

pytestmark = pytest.mark.django_db

GOOD = """Cartera de clientes;;;;;
Nombre de la cuenta;Nombre del cliente;Licencia;Mtr;Inicio;Fin
Hotel Málaga;Muralla, S.A.;Básica Mtr;1.200;03/05/2026;03/05/2027
Nave Sil;Muralla, S.A.;Básica Mtr;;03/05/2024;03/05/2025
TOTAL;;;1.200;;
"""
BAD = """Nombre de la cuenta;Nombre del cliente;Licencia;Mtr;Inicio;Fin;Contadores
Hotel Málaga;Muralla, S.A.;La de antes;muchos;03/05/2026;03/05/2027;7
Nave Sil;;Básica Mtr;;03/05/2026;02/05/2027;
"""


@pytest.fixture
def norte(client: Client) -> Organisation:
    make.licence()
    client.force_login(make.commercial())
    return make.organisation("Norte")


def hand_in(client: Client, norte: Organisation, text: str) -> str:
    file = SimpleUploadedFile("cartera.csv", text.encode("cp1252"))
    answer = client.post("/desk/imports/", {"organisation": norte.slug, "file": file})
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def test_a_good_file_is_shown_and_then_imported_once(client: Client, norte: Organisation) -> None:
    address = hand_in(client, norte, GOOD)

    page = client.get(address).content.decode()
    assert "Importar 2 cuentas" in page
    assert "1.200" in page
    assert Account.objects.count() == 0
    client.post(f"{address}carry-out/")
    assert client.post(f"{address}carry-out/").status_code == 404

    names = Account.objects.filter(organisation=norte).values_list("name", flat=True)
    assert set(names) == {"Hotel Málaga", "Nave Sil"}
    assert not ImportDraft.objects.exists()


def test_faults_stand_beside_their_cells_and_nothing_is_imported(
    client: Client, norte: Organisation
) -> None:
    address = hand_in(client, norte, BAD)

    page = client.get(address).content.decode()
    client.post(f"{address}carry-out/")

    assert "Importar 2 cuentas" not in page
    assert "muchos" in page
    assert Account.objects.count() == 0
    assert ImportDraft.objects.count() == 1


def test_the_file_comes_back_with_its_faults_marked(client: Client, norte: Organisation) -> None:
    address = hand_in(client, norte, BAD)

    answer = client.get(f"{address}faults/")

    rows = opened(b"".join(answer.streaming_content)).get_sheet_by_index(0).to_python()
    assert rows[0][:2] == ["Nombre de la cuenta", "Nombre del cliente"]
    assert rows[1][0] == "Hotel Málaga"
    assert "Mtr" in str(rows[1][-1])
    assert "Nombre del cliente" in str(rows[2][-1])


def test_whatever_the_file_holds_comes_back_as_it_was() -> None:
    odd = [time(10, 30), timedelta(hours=30), float("nan"), float("inf")]
    day, moment = date(2028, 2, 29), datetime(2026, 11, 24, 10, 42)
    cells = [*HOSTILE, *odd, day, moment, 1200, 1.5, True, ""]
    portfolio = Portfolio(lines=[SheetRow(1, cells)])
    faults = [Fault(1, "", "no")]

    with marked_file(Plan(make.organisation(), [], faults, portfolio)) as file:
        (row,) = opened(file.read()).get_sheet_by_index(0).to_python()

    texts = ["10:30:00", "1 day, 6:00:00", "nan", "inf"]
    assert row == [*HOSTILE, *texts, day, moment, 1200, 1.5, True, "", "no"]


def test_licences_columns_and_ends_are_mapped(client: Client, norte: Organisation) -> None:
    address = hand_in(
        client,
        norte,
        BAD.replace("muchos", "").replace("Nave Sil;;", "Nave Sil;Muralla;"),
    )

    client.post(
        address,
        {
            "ends": "inclusive",
            "licence_theirs": ["La de antes"],
            "licence_ours": ["Básica Mtr"],
            "column_theirs": ["Contadores"],
            "column_ours": ["sms_credits"],
        },
    )
    page = client.get(address).content.decode()
    client.post(f"{address}carry-out/")

    assert "Importar 2 cuentas" in page
    hotel = Account.objects.get(name="Hotel Málaga")
    assert hotel.wallet.balance == 7
    assert str(hotel.covered_until) == "2027-05-04"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nonsense"])
def test_what_is_no_spreadsheet_is_refused_beside_the_field(
    client: Client, norte: Organisation, content: bytes
) -> None:
    file = SimpleUploadedFile("x.xlsx", content)

    answer = client.post("/desk/imports/", {"organisation": norte.slug, "file": file})

    assert answer.status_code == 422
    assert not ImportDraft.objects.exists()


def test_a_file_without_headings_says_so(client: Client, norte: Organisation) -> None:
    address = hand_in(client, norte, "uno;dos\ntres;cuatro\n")

    page = client.get(address).content.decode()

    assert "No se han encontrado encabezados" in page or "encabezados" in page
    assert client.get(f"{address}faults/").status_code == 302


def test_a_file_that_nobody_imported_goes_after_a_week(norte: Organisation) -> None:
    elena = make.commercial()
    old = drafts.keep(norte, "a.csv", GOOD.encode(), by=elena, at=make.NOON)

    drafts.keep(norte, "b.csv", GOOD.encode(), by=elena, at=make.NOON + drafts.KEPT * 1.01)

    assert not ImportDraft.objects.filter(pk=old.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_a_file_imported_by_two_at_once_is_imported_once() -> None:
    make.licence()
    norte, elena = make.organisation(), make.commercial()
    draft = drafts.keep(norte, "a.csv", GOOD.encode(), by=elena, at=make.NOON)

    done, refused = together(
        [lambda: drafts.carry_out(draft, by=elena, at=clock.now()) for _ in range(2)]
    )

    assert (len(done), len(refused)) == (1, 1)
    assert Account.objects.count() == 2


def hand_in_case(client: Client, norte: Organisation, name: str) -> str:
    file = SimpleUploadedFile(name, (CASES / name).read_bytes())
    answer = client.post("/desk/imports/", {"organisation": norte.slug, "file": file})
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def test_the_sheet_is_chosen_on_the_page(client: Client, norte: Organisation) -> None:
    make.licence("Starter DP", data_points=250)
    address = hand_in_case(client, norte, "sheets-two.xlsx")

    asked = client.get(address).content.decode()
    client.post(address, {"sheet": "Asturias"})
    chosen = client.get(address).content.decode()

    assert "Las hojas «Galicia» y «Asturias» contienen cuentas" in asked
    assert "Importar 2 cuentas" in chosen
    assert "La hoja «Galicia» no se lee." in chosen


def test_a_column_that_is_mapped_wins_and_what_is_left_as_guessed_is_not_mapped(
    client: Client, norte: Organisation
) -> None:
    make.licence("Starter DP", data_points=250)
    address = hand_in_case(client, norte, "headings-contact.csv")
    names = {"Contacto": ("", "contact_email"), "Correo electrónico": ("contact_email",) * 2}

    client.post(
        address,
        {
            "column_theirs": list(names),
            "column_was": [was for was, _ours in names.values()],
            "column_ours": [ours for _was, ours in names.values()],
        },
    )

    page = client.get(address).content.decode()
    assert ImportDraft.objects.get().columns == {"Contacto": "contact_email"}
    assert "«María Lago» no es una dirección de correo" in page


def test_the_page_speaks_its_own_words(client: Client, norte: Organisation) -> None:
    make.licence("Starter DP", data_points=250)
    page = client.get(hand_in_case(client, norte, "end-with-time.xlsx")).content.decode()

    assert "diga si ese día es el último cubierto" in page
    assert "--ends" not in page
    assert "<dd>300</dd>" in page
