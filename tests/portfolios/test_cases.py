"""Files that bit people elsewhere: what each of them means here."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import make
from vatio.portfolios import importing, unread
from vatio.portfolios.importing import Plan
from vatio.portfolios.values import Ends
from vatio.spreadsheets.tables import Unreadable

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
CASES = Path(__file__).parent / "cases"

pytestmark = pytest.mark.django_db


def plan(
    name: str, *, ends: Ends = "", sheet: str = "", columns: dict[str, str] | None = None
) -> Plan:
    make.licence("Starter DP", data_points=250)
    make.licence("Professional DP", data_points=1000)
    make.licence("Enterprise DP", data_points=5000)
    return importing.plan(
        make.organisation(),
        (CASES / name).read_bytes(),
        licences={},
        columns=columns,
        ends=ends,
        sheet=sheet,
        at=AT,
    )


def names(found: Plan) -> list[str]:
    assert found.faults == []
    return [planned.row.name for planned in found.accounts]


@pytest.mark.parametrize(
    ("name", "line", "part"),
    [
        ("quote-open.csv", 3, "comillas"),
        ("enc-mixed.csv", 3, "CSV UTF-8"),
        ("password.xlsx", 0, "contraseña"),
        ("html-as.xls", 0, "página web"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_its_line(name: str, line: int, part: str) -> None:
    with pytest.raises(Unreadable) as refused:
        plan(name)

    assert refused.value.line == line
    assert part in str(refused.value)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("thousands-comma.csv", [(2, "DP"), (2, "Créditos SMS"), (3, "DP")]),
        ("formula-errors.xlsx", [(2, "DP"), (2, "Créditos SMS")]),
        ("formula-no-cache-quantity.xlsx", [(2, "DP"), (2, "Créditos SMS")]),
        ("end-with-time.xlsx", [(2, "Fecha fin"), (3, "Fecha inicio")]),
    ],
)
def test_what_is_not_certain_is_a_fault_in_its_cell(
    name: str, expected: list[tuple[int, str]]
) -> None:
    found = plan(name)

    assert [(fault.line, fault.column) for fault in found.faults] == expected
    assert found.accounts == []


def test_errors_are_named_in_their_faults() -> None:
    first, second = plan("formula-errors.xlsx").faults

    assert "#N/A" in first.words
    assert "#DIV/0!" in second.words


def test_what_ends_old_files_is_no_line() -> None:
    assert names(plan("enc-ctrlz.csv")) == ["Fin Dos Uno"]


def test_rows_that_a_program_repeats_without_content_are_nothing() -> None:
    assert names(plan("calc-tail.ods")) == ["Oda Uno", "Oda Dos"]


def test_what_is_a_trifle_off_a_whole_number_is_that_number() -> None:
    (casi,) = plan("number-almost-whole.xlsx").accounts

    assert casi.totals.data_points == 300


def test_of_two_headings_for_a_column_the_surer_is_read_and_the_other_named() -> None:
    found = plan("headings-contact.csv")

    assert found.accounts[0].row.contact_email == "maria@faro.example"
    assert unread.sentences(found.portfolio) == ["La columna «Contacto» se deja fuera."]


def test_what_a_heading_is_mapped_to_wins_over_every_guess() -> None:
    found = plan("headings-contact.csv", columns={"contacto": "contact_email"})

    assert [(fault.column, "María Lago" in fault.words) for fault in found.faults] == [
        ("Correo de contacto", True)
    ]
    assert names(plan("headings-contact.csv", columns={"DP": "", "Contacto": ""})) == ["Faro Uno"]


def test_of_two_sheets_with_accounts_it_is_asked_which() -> None:
    found = plan("sheets-two.xlsx")

    (fault,) = found.faults
    assert fault.answer == "sheet"
    assert "«Galicia» y «Asturias»" in fault.words


def test_the_sheet_that_is_named_is_read_and_the_other_named_as_not_read() -> None:
    found = plan("sheets-two.xlsx", sheet="asturias")

    assert names(found) == ["Granja Cuatro", "Granja Cinco"]
    assert unread.sentences(found.portfolio) == ["La hoja «Galicia» no se lee."]


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(Unreadable) as refused:
        plan("sheets-two.xlsx", sheet="León")

    assert str(refused.value) == "No hay ninguna hoja «León». Son estas: Galicia, Asturias."
