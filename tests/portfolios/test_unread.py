from io import BytesIO

import xlsxwriter

from vatio.portfolios import unread
from vatio.portfolios.parsing import Portfolio, understand

HEADINGS = ["Cuenta", "Cliente", "Licencia", "Inicio", "Fin"]
HOTEL = ["Hotel", "Muralla", "Básica Mtr", "01/03/2026", "01/03/2027"]


def portfolio(*sheets: tuple[str, list[list[object]]], hidden: str = "") -> Portfolio:
    """Parse a workbook; the third line of each sheet is hidden, and the sheet of that name."""
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for number, cells in enumerate(rows):
                sheet.write_row(number, 0, cells)
            sheet.set_row(2, None, None, {"hidden": True})
            if name == hidden:
                sheet.hide()
    return understand(file.getvalue())


def test_what_is_beside_the_accounts_is_named() -> None:
    rows = [
        ["Cartera de 2026"],
        [*HEADINGS, "Gestor", "", "Organización"],
        [*HOTEL, "Ana", "", "Norte"],
        [*HOTEL, "Ana", "nota", "Norte"],
        ["TOTAL", 2],
    ]

    found = portfolio(
        ("Notas", [["No importar"]]), ("Cartera", rows), ("Vieja", [[1]]), hidden="Vieja"
    )

    assert len(found.rows) == 2
    assert unread.sentences(found) == [
        "La hoja «Notas» no se lee.",
        "La hoja oculta «Vieja» no se lee.",
        "La línea 1, encima de los encabezados, no se lee.",
        "La línea 5 es de totales: no se lee.",
        "La línea 3 está oculta en el libro y también se lee.",
        "La columna «Gestor» se deja fuera.",
        "La columna «Organización» se deja fuera: la organización es la elegida aquí.",
        "La columna G no tiene encabezado: se deja fuera.",
    ]


def test_a_file_that_is_read_whole_has_nothing_to_say() -> None:
    assert unread.sentences(portfolio(("Cartera", [HEADINGS, HOTEL]))) == []


def test_sheets_without_anything_in_them_are_not_named() -> None:
    found = portfolio(("Cartera", [HEADINGS, HOTEL]), ("Hoja2", []), ("Hoja3", []))

    assert unread.sentences(found) == []


def test_of_two_sheets_with_accounts_the_one_that_can_be_seen_is_read() -> None:
    both = [HEADINGS, HOTEL]

    found = portfolio(("Notas", []), ("Vieja", both), ("Cartera", both), hidden="Vieja")

    assert found.faults == []
    assert unread.sentences(found) == ["La hoja oculta «Vieja» no se lee."]


def test_accounts_in_a_hidden_sheet_alone_are_read_and_it_is_said() -> None:
    found = portfolio(("Notas", [[1]]), ("Vieja", [HEADINGS, HOTEL]), hidden="Vieja")

    assert len(found.rows) == 1
    assert unread.sentences(found) == [
        "La hoja «Notas» no se lee.",
        "La hoja «Vieja», que es la que se lee, está oculta.",
    ]


def test_many_lines_are_counted_beyond_the_first() -> None:
    totals: list[list[object]] = [["TOTAL", n] for n in range(20)]

    (words,) = unread.sentences(portfolio(("Cartera", [HEADINGS, HOTEL, HOTEL, *totals])))[:1]

    assert words.endswith("10, 11 y 12 más son de totales: no se leen.")


def test_a_line_of_a_csv_with_more_cells_than_headings_is_a_fault() -> None:
    text = "\n".join([";".join(HEADINGS), ";".join(["Bar", *HOTEL])])

    found = understand(text.encode())

    assert (2, "") in [(fault.line, fault.column) for fault in found.faults]


def test_two_columns_of_the_same_name_are_asked_about() -> None:
    found = portfolio(("Cartera", [[*HEADINGS, "DP", "DP"], [*HOTEL, 1, 2]]))

    assert [(fault.answer, "«DP» y «DP»" in fault.words) for fault in found.faults] == [
        ("columns", True)
    ]


def test_only_our_own_export_is_known_to_end_on_the_day_of_expiry() -> None:
    inclusive: list[object] = ["Hotel", "Muralla", "Básica Mtr", "01/01/2026", "31/12/2026"]
    ours, theirs = (
        portfolio(("Cuentas", [["Cuenta", "Cliente", "Licencia", start, "Caduca"], inclusive]))
        for start in ("Creada", "Inicio")
    )

    assert (ours.faults, str(ours.rows[0].ends_on)) == ([], "2026-12-31")
    assert [fault.answer for fault in theirs.faults] == ["ends"]
