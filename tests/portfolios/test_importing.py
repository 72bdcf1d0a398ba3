import io
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Literal

import pytest
import xlsxwriter
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from tests.races import together
from vatio.accounts.holdings import held
from vatio.accounts.models import Account, Agreement, SmsWallet
from vatio.portfolios import importing
from vatio.portfolios.parsing import understand
from vatio.spreadsheets.tables import Unreadable
from vatio.tenants.models import Organisation
from vatio.units import Quantities

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
HEADINGS = (
    "Nombre de la cuenta;Nombre del Cliente;NIF;Sector;Licencia;Mtr;CUPS;DP;Créditos SMS;"
    "Líneas RTD;Fecha inicio;Fecha fin;Correo de contacto"
)
HOTEL = "Hotel Lugo 012;Grupo Muralla, S.A.;B30189138;Hoteles;Básica Mtr;20;7;;1.500;2;03/05/2026;03/05/2027;a@b.example"


def portfolio(*lines: str, headings: str = HEADINGS) -> bytes:
    return "\n".join([headings, *lines, ""]).encode()


def licences() -> None:
    make.licence("Básica Mtr")
    make.licence("Starter DP", data_points=250)
    make.licence("Professional DP", data_points=1000, rtc_lines=2)


def plan(
    organisation: Organisation,
    content: bytes,
    *,
    ends: Literal["exclusive", "inclusive", ""] = "",
    **names: str,
) -> importing.Plan:
    return importing.plan(organisation, content, licences=names, ends=ends, at=AT)


def faults(content: bytes, **options: str) -> list[str]:
    licences()
    return [str(fault) for fault in plan(make.organisation(), content, **options).faults]


@pytest.mark.django_db
def test_a_row_becomes_an_account_with_its_agreement_term_grant_and_credits() -> None:
    licences()
    norte = make.organisation()

    (hotel,) = importing.carry_out(plan(norte, portfolio(HOTEL)), by=None, at=AT)

    holding = held(hotel, date(2026, 11, 24))
    assert holding is not None
    assert holding.totals == Quantities(20, 7, None, 2)
    assert (hotel.opened_on, hotel.covered_until) == (date(2026, 5, 3), date(2027, 5, 3))
    assert Agreement.objects.get().kind == "import"
    assert SmsWallet.objects.get().balance == 1500
    assert (hotel.nif, hotel.sector, hotel.contact_email) == ("B30189138", "hotels", "a@b.example")


@pytest.mark.django_db
def test_an_import_may_hold_less_than_the_licence_includes() -> None:
    licences()
    norte = make.organisation()
    starter = "Bodegas Vic;Bodegas Vic, S.A.;;Industria;Starter DP;;;20;0;0;01/01/2026;01/01/2027;"

    (bodegas,) = importing.carry_out(plan(norte, portfolio(starter)), by=None, at=AT)

    holding = held(bodegas, date(2026, 6, 1))
    assert holding is not None
    assert holding.totals == Quantities(None, 0, 20, 0)
    assert bodegas.grants.get().extra_data_points == -230


@pytest.mark.django_db
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_encodings_and_delimiters_are_found_out(encoding: str, delimiter: str) -> None:
    licences()
    row = HOTEL.replace(", S.A.", " S.A.").replace("Hotel Lugo", "Hotel Logroño")
    text = "\n".join([HEADINGS, row]).replace(";", delimiter)

    found = plan(make.organisation(), text.encode(encoding))

    assert found.faults == []
    assert found.accounts[0].row.name == "Hotel Logroño 012"
    assert found.accounts[0].row.sms_credits == 1500


@pytest.mark.django_db
def test_a_workbook_is_read_with_titles_above_totals_below_and_other_sheets() -> None:
    licences()
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("Notas").write(0, 0, "No importar")
        sheet = book.add_worksheet("Cartera")
        sheet.write(0, 0, "Cartera de clientes")
        for column, heading in enumerate(HEADINGS.upper().split(";")):
            sheet.write(2, column, f" {heading} ")
        cells = ["Hotel Lugo", "Muralla", "", "Hoteles", "básica mtr", 20, 7, "", 100, 0]
        for column, cell in enumerate(cells):
            sheet.write(3, column, cell)
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_datetime(3, 10, datetime(2026, 5, 3), day)
        sheet.write_datetime(3, 11, datetime(2027, 5, 3), day)
        sheet.write(5, 0, "TOTAL")
        sheet.write(5, 1, "1 cuenta")

    found = plan(make.organisation(), file.getvalue())

    assert found.faults == []
    assert [(each.row.line, each.row.name) for each in found.accounts] == [(4, "Hotel Lugo")]
    assert found.accounts[0].row.ends_on == date(2027, 5, 3)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("B30189138", "B1234567X", "línea 2: NIF: «B1234567X» no es un NIF válido."),
        (
            "03/05/2026",
            "31/02/2026",
            "línea 2: Fecha inicio: «31/02/2026» no es una fecha: escríbala como 31/12/2026.",
        ),
        (";20;", ";-3;", "línea 2: Mtr: -3 es negativo."),
        (";20;", ";diez;", "línea 2: Mtr: «diez» no es un número entero."),
        (";20;", ";12,5;", "línea 2: Mtr: «12,5» no es un número entero."),
        (
            "Básica Mtr",
            "Fantasma",
            "línea 2: Licencia: no hay ninguna licencia publicada «Fantasma».",
        ),
        (
            "03/05/2027",
            "03/05/2026",
            "línea 2: Fecha fin: 03/05/2026 no es posterior al inicio (03/05/2026).",
        ),
        (
            "a@b.example",
            "no-es",
            "línea 2: Correo de contacto: «no-es» no es una dirección de correo.",
        ),
        (
            "Hotel Lugo 012",
            "=HYPERLINK(1)",
            "línea 2: Nombre de la cuenta: «=HYPERLINK(1)» empieza como una fórmula: no se admite.",
        ),
        (
            "Hotel Lugo 012",
            "@SUM(A1)",
            "línea 2: Nombre de la cuenta: «@SUM(A1)» empieza como una fórmula: no se admite.",
        ),
        ("Hotel Lugo 012", "", "línea 2: Nombre de la cuenta: está vacío."),
        (";20;7;;", ";20;7;250;", "línea 2: DP: Básica Mtr no cuenta esto: déjelo vacío."),
    ],
)
def test_a_fault_is_told_with_its_line_and_column(old: str, new: str, expected: str) -> None:
    assert faults(portfolio(HOTEL.replace(old, new, 1))) == [expected]


@pytest.mark.django_db
def test_names_that_are_the_same_but_for_case_and_accents_are_told() -> None:
    again = HOTEL.replace("Hotel Lugo 012", "HÓTEL  LUGO 012")

    assert faults(portfolio(HOTEL, again)) == [
        "línea 3: Nombre de la cuenta: «HÓTEL LUGO 012» está también en la línea 2."
    ]


@pytest.mark.django_db
def test_an_end_that_looks_inclusive_is_a_fault_unless_it_is_said_which() -> None:
    licences()
    norte = make.organisation()
    inclusive = portfolio(HOTEL.replace("03/05/2027", "02/05/2027"))

    doubtful, shifted, kept = (
        plan(norte, inclusive, ends=ends) for ends in ("", "inclusive", "exclusive")
    )

    assert len(doubtful.faults) == 1
    assert shifted.accounts[0].row.ends_on == date(2027, 5, 3)
    assert kept.accounts[0].row.ends_on == date(2027, 5, 2)


@pytest.mark.django_db
def test_a_licence_of_theirs_is_mapped_to_one_of_ours() -> None:
    licences()
    content = portfolio(HOTEL.replace("Básica Mtr", "Basic"))

    found = importing.plan(
        make.organisation(), content, licences={"BASIC": "básica mtr"}, ends="", at=AT
    )

    assert found.faults == []
    assert found.accounts[0].version.licence.name == "Básica Mtr"


@pytest.mark.django_db
def test_with_one_fault_nothing_is_imported() -> None:
    licences()
    norte = make.organisation()
    wrong = HOTEL.replace("Hotel Lugo 012", "Otro").replace("Hoteles", "Astronáutica")
    found = plan(norte, portfolio(HOTEL, wrong))

    with pytest.raises(importing.Faulty):
        importing.carry_out(found, by=None, at=AT)

    assert Account.objects.count() == 0


@pytest.mark.django_db
def test_the_same_file_again_makes_nothing() -> None:
    licences()
    norte = make.organisation()
    importing.carry_out(plan(norte, portfolio(HOTEL)), by=None, at=AT)

    again = plan(norte, portfolio(HOTEL))

    assert [fault.line for fault in again.faults] == [2]
    assert Account.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_imports_at_once_one_wins_and_the_other_is_told_which_lines() -> None:
    licences()
    norte = make.organisation()
    plans = [plan(norte, portfolio(HOTEL)) for _ in range(3)]

    done, refused = together(
        [lambda each=each: importing.carry_out(each, by=None, at=AT) for each in plans]
    )

    assert (len(done), len(refused)) == (1, 2)
    assert "línea 2" in str(refused[0])
    assert Account.objects.count() == 1


@pytest.mark.django_db
def test_a_thousand_rows_take_as_many_statements_as_one() -> None:
    licences()
    counts = []
    for size in (1, 1000):
        norte = make.organisation()
        content = portfolio(*(HOTEL.replace("012", f"{n:04}") for n in range(size)))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            importing.carry_out(plan(norte, content), by=None, at=AT)
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert Account.objects.count() == 1001


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content", [b"", b"   \n", b"PK\x03\x04 not a workbook", b"\xd0\xcf\x11\xe0x"]
)
def test_a_file_that_is_no_portfolio_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        understand(content)

    assert str(refused.value)


def test_headings_that_nobody_knows_can_be_mapped() -> None:
    content = (
        "Obra;Empresa;Plan;Abre;Cierra\nHotel;Muralla;Básica Mtr;01/02/2026;01/02/2027".encode()
    )
    columns = {"Obra": "name", "Empresa": "client", "Plan": "licence", "Abre": "starts_on"}

    unread = understand(content)
    read = understand(content, columns={**columns, "Cierra": "ends_on"})

    assert unread.columns.unknown == ["Obra", "Empresa", "Plan", "Abre", "Cierra"]
    assert "Faltan estas columnas" in str(unread.faults[0])
    assert (read.rows[0].name, read.rows[0].ends_on) == ("Hotel", date(2027, 2, 1))


def test_a_quotation_mark_that_is_wrong_at_another_delimiter_only_is_none() -> None:
    content = b'Obra;Empresa;Plan;Abre;Cierra\n"Hotel; Lugo";Muralla;B;01/02/2026;01/02/2027'

    found = understand(content)

    assert found.columns.unknown == ["Obra", "Empresa", "Plan", "Abre", "Cierra"]


@pytest.mark.parametrize("content", [b"%PDF-1.7 ...", b"\x89PNG\r\n"])
def test_what_is_no_spreadsheet_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        understand(content)

    assert "No es una hoja de cálculo" in str(refused.value)


def test_a_cell_far_away_fills_no_memory() -> None:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    sheet = book.add_worksheet()
    sheet.write_string(0, 0, "Cuenta")
    sheet.write_string(1_048_575, 16_383, "x")
    book.close()

    with pytest.raises(Unreadable) as refused:
        understand(made.getvalue())

    assert "muy a la derecha o muy abajo" in str(refused.value)


def test_a_file_of_nothing_but_line_ends_is_refused_early() -> None:
    with pytest.raises(Unreadable) as refused:
        understand(b"a;b\n" + b";\n" * 300_000)

    assert "más líneas" in str(refused.value)


def test_lines_of_nothing_but_delimiters_below_the_accounts_are_nothing() -> None:
    found = understand(portfolio(HOTEL, *[";" * 12] * 250_000))

    assert (len(found.rows), found.faults) == (1, [])


def test_missing_columns_are_named() -> None:
    content = b"Nombre de la cuenta;NIF;Sector;Mtr;CUPS;DP;Licencia\nHotel;;;;;;B"

    (fault,) = understand(content).faults

    assert "Nombre del cliente" in str(fault)
    assert "Fecha fin" in str(fault)


@given(st.binary(max_size=400))
def test_no_bytes_make_it_fall(content: bytes) -> None:
    try:
        understand(content)
    except Unreadable as refused:
        assert str(refused)


@given(st.lists(st.lists(st.text(max_size=12), min_size=13, max_size=13), max_size=4))
def test_no_text_under_the_headings_makes_it_fall(rows: list[list[str]]) -> None:
    lines = [";".join(cell.replace(";", "").replace('"', "") for cell in row) for row in rows]

    try:
        understand(portfolio(*lines))
    except Unreadable as refused:
        assert refused.line >= 2


@given(st.integers(0, 999_999), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_numbers_and_days_written_in_spanish_are_read_back(number: int, day: date) -> None:
    thousands = f"{number:,}".replace(",", ".")
    row = f"Hotel;Cliente;;;Básica Mtr;{thousands};{number},00;;;;{day:%d/%m/%Y};31/12/2099;"

    (found,) = understand(portfolio(row), ends="exclusive").rows

    assert found.quantities == Quantities(number, number, None, None)
    assert found.starts_on == day
