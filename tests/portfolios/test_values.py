from datetime import date, datetime, timedelta

import pytest
from django.utils.translation import override

from vatio.portfolios.values import Ends, end_of, value
from vatio.spreadsheets.files.cells import NoValue
from vatio.spreadsheets.values import Wrong

START = date(2026, 3, 1)


def wrong(key: str, cell: object, *, is_ours: bool = False) -> str:
    with pytest.raises(Wrong) as refused:
        value(key, cell, is_ours=is_ours)
    return str(refused.value)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (300.0, 300),
        (299.9999999999999, 300),
        (300.0000000001, 300),
        ("1.000", 1000),
        ("5,0", 5),
        ("1.000,00", 1000),
        ("  ", None),
    ],
)
def test_a_quantity_is_the_whole_number_that_is_meant(cell: object, expected: int | None) -> None:
    assert value("meters", cell, is_ours=True) == expected


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (12.5, "«12,5» no es un número entero."),
        (300.001, "«300,001» no es un número entero."),
        (float("nan"), "«nan» no es un número entero."),
        (-3.0, "-3 es negativo."),
        (2_000_000.0, "2000000 es más de 1.000.000."),
        (True, "«verdadero» no es un número entero."),
        (date(2026, 3, 1), "«01/03/2026» no es un número entero."),
        ("5,000", "«5,000» puede ser 5000 o 5: escríbalo sin la coma."),
        ("1,500", "«1,500» puede ser 1500 o 1,5: escríbalo sin la coma."),
        ("1 0 0", "«1 0 0» no es un número entero."),
        ("٣", "«٣» no es un número entero."),
        (NoValue("error", "#REF!"), "el libro tiene aquí un error: #REF!."),
    ],
)
def test_what_is_shown_of_a_quantity_is_what_was_compared(cell: object, words: str) -> None:
    assert wrong("meters", cell) == words


def test_who_reads_english_sees_its_marks() -> None:
    with override("en"):
        assert wrong("meters", 12.5) == "«12.5» is not a whole number."
        assert value("meters", "5,000", is_ours=False) == 5000


@pytest.mark.parametrize(
    "text",
    ["Pe\ufffda", "PeÃ±a", "LeÃ³n", "â€œBarâ€\x9d", "a\u202eb", "a\ue000", "a\x07", "a\x85b"],
)
def test_letters_that_cannot_have_been_meant_are_refused(text: str) -> None:
    assert wrong("name", text)


@pytest.mark.parametrize("text", ["SÃO JOÃO", "L’Hospitalet", "Peña & Cía. «Sol»", "Βίλα", "Nº 3"])
def test_letters_of_other_languages_are_taken(text: str) -> None:
    assert value("name", text, is_ours=True) == text


@pytest.mark.parametrize("text", ["#N/A", "#¡DIV/0!", "#¡REF!", "#VALUE!", "#NAME?", "Err:502"])
@pytest.mark.parametrize("key", ["name", "client", "licence", "sector", "contact_email", "nif"])
def test_an_error_that_was_written_as_text_is_still_an_error(key: str, text: str) -> None:
    assert wrong(key, text, is_ours=False) == f"el libro tiene aquí un error: {text}."


def test_a_text_like_a_formula_is_a_name_in_our_own_export_alone() -> None:
    assert value("name", "=Sol", is_ours=True) == "=Sol"
    assert "fórmula" in wrong("name", "=Sol", is_ours=False)


@pytest.mark.parametrize("cell", [True, date(2026, 3, 1), timedelta(hours=3)])
def test_what_is_no_text_is_no_name(cell: object) -> None:
    assert "no es un texto" in wrong("name", cell)


def test_sectors_are_known_by_their_names_in_both_languages() -> None:
    named = ("Hoteles", "hotels", "Public administration", "Administración", "")

    assert [value("sector", name, is_ours=True) for name in named] == [
        "hotels",
        "hotels",
        "administration",
        "administration",
        "other",
    ]


def test_a_start_with_a_time_is_asked_about() -> None:
    assert "lleva una hora" in wrong("starts_on", datetime(2026, 3, 1, 10, 30))
    assert "lleva una hora" in wrong("starts_on", "01/03/2026 10:30", is_ours=False)
    assert value("starts_on", "2026-03-01T00:00:00", is_ours=False) == START


@pytest.mark.parametrize(
    "text", ["2026-03-01T10:00:00Z", "01/03/26", "31/02/2026", "01/03/2026 25:00"]
)
def test_what_is_no_day_of_ours_is_refused(text: str) -> None:
    assert "no es una fecha" in wrong("ends_on", text, is_ours=False)


@pytest.mark.parametrize("written", ["15/12/2026 23:59", datetime(2026, 12, 15, 12)])
def test_an_account_never_ends_before_the_moment_that_was_written(written: object) -> None:
    moment = value("ends_on", written, is_ours=True)
    assert isinstance(moment, datetime)

    assert end_of(START, moment, "inclusive") == date(2026, 12, 16)
    asked: list[tuple[Ends, str]] = [("", "ends"), ("exclusive", "")]
    for ends, answer in asked:
        with pytest.raises(Wrong) as refused:
            end_of(START, moment, ends)
        assert refused.value.answer == answer
