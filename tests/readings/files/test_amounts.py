from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vatio.readings.files.amounts import UnitScale, amount, decimal_mark
from vatio.readings.files.asking import MustBeAsked
from vatio.readings.files.curves import FileCurve, first_stays

KWH = UnitScale(1000)


@pytest.mark.parametrize(
    ("cell", "decimal", "expected"),
    [
        ("1,168", ",", 1168.0),
        ("1.234,567", ",", 1234567.0),
        ("1.234.567", ",", 1234567000.0),
        ("1,234.5", ".", 1234500.0),
        ("1 234,5", ",", 1234500.0),
        ("0,1", ",", 100.0),
        (",5", ",", 500.0),
        ("5,", ",", 5000.0),
        ("20.000", ".", 20000.0),
        ("1E-03", ".", 1.0),
        ("+0000000054.43", ".", 54430.0),
        (0.1 + 0.2, ",", 300.0),
        (3, ",", 3000.0),
        ("-0,000", ",", 0.0),
    ],
)
def test_a_value_is_exact_in_base_units(cell: object, decimal: str, expected: float) -> None:
    assert amount(cell, KWH, decimal) == expected


@pytest.mark.parametrize("cell", ["", " ", "-", "n/d", "Sin dato", "SIN DATO ", "N/A", None])
def test_what_stands_for_no_value_is_missing(cell: object) -> None:
    assert amount(cell, KWH, ",") is None


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("-0,200", "negative"),
        (-1.5, "negative"),
        ("NaN", "not_finite"),
        ("inf", "not_finite"),
        (float("inf"), "not_finite"),
        ("1e999", "not_finite"),
        ("12.5", "malformed"),
        ("1,2,3", "malformed"),
        ("abc", "malformed"),
        (True, "malformed"),
        ("1_000", "malformed"),
    ],
)
def test_what_cannot_be_stored_has_a_code(cell: object, code: str) -> None:
    assert amount(cell, KWH, ",") == code


def test_mean_power_becomes_energy() -> None:
    assert amount("2,132", UnitScale(1000 * 15, 60), ",") == 533.0


@given(st.integers(0, 10**12), st.integers(0, 6))
def test_a_value_is_the_nearest_to_what_is_written(digits: int, places: int) -> None:
    whole, after = divmod(digits, 10**places)
    text = f"{whole},{after:0{places}}" if places else str(whole)

    assert amount(text, KWH, ",") == float(Fraction(digits * 1000, 10**places))


@pytest.mark.parametrize(
    ("cells", "delimiter", "expected"),
    [
        (["1,168", "1.234,567"], ";", ","),
        (["1,168", "2,000"], ";", ","),
        (["1.234", "0,5"], ";", ","),
        (["1,234", "0.522"], ";", "."),
        (["1,234.5"], ";", "."),
        (["0.522", "1.200"], "\t", "."),
        (["12.5", "1.200"], ";", "."),
        (["1.234.567"], ";", ","),
        (["1.200"], ",", "."),
        (["15", "n.d."], ";", "."),
    ],
)
def test_the_decimal_mark_is_told_by_the_values(
    cells: list[str], delimiter: str, expected: str
) -> None:
    assert decimal_mark(cells, delimiter) == expected


def test_points_that_may_separate_thousands_are_asked_about() -> None:
    with pytest.raises(MustBeAsked) as asked:
        decimal_mark(["1.168", "2.754"], ";")

    assert asked.value.option == "decimal"


def curve(pairs: list[tuple[int, float | None]]) -> FileCurve:
    return FileCurve(
        "",
        402,
        60,
        "interval",
        [start for start, _value in pairs],
        [value for _start, value in pairs],
        [0] * len(pairs),
        list(range(1, len(pairs) + 1)),
    )


def test_of_several_values_of_an_hour_the_first_stays() -> None:
    repeated = curve([(3600, 5.0), (0, 1.0), (3600, 5.0), (3600, 9.0), (0, None)])

    found, refused = first_stays(repeated)

    assert (found.starts, found.values, found.lines) == ([0, 3600], [1.0, 5.0], [2, 1])
    assert found.same == 1
    assert [(row.line, row.code, row.quantity) for row in refused] == [(4, "contradicts", 402)]


def test_a_value_fills_what_an_earlier_row_left_missing() -> None:
    found, refused = first_stays(curve([(0, None), (0, 7.0), (0, 7.0)]))

    assert (found.values, found.lines, found.same, refused) == ([7.0], [2], 1, [])
