from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from vatio.formats import NotWhole, decimal_number, joined, number, percent, signed, whole_number


@pytest.mark.parametrize(
    ("value", "spanish", "english"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1_000, "1.000", "1,000"),
        (-1_480, "-1.480", "-1,480"),
        (14_800, "14.800", "14,800"),
        (1_000_000, "1.000.000", "1,000,000"),
        (9_223_372_036_854_775_807, "9.223.372.036.854.775.807", "9,223,372,036,854,775,807"),
    ],
)
def test_thousands_stand_apart_from_four_digits_on(value: int, spanish: str, english: str) -> None:
    with override("es"):
        assert number(value) == spanish
    with override("en"):
        assert number(value) == english


@pytest.mark.parametrize(
    ("change", "spanish"), [(5, "+5"), (-5, "−5"), (1_000, "+1.000"), (-14_800, "−14.800")]
)
def test_a_change_has_its_sign(change: int, spanish: str) -> None:
    with override("es"):
        assert signed(change) == spanish


def test_a_percent_stands_apart_from_its_sign_in_spanish_alone() -> None:
    with override("es"):
        assert [percent(0), percent(29), percent(100)] == ["0\u00a0%", "29\u00a0%", "100\u00a0%"]
    with override("en"):
        assert percent(29) == "29%"


def test_words_are_listed_as_in_a_sentence() -> None:
    with override("es"):
        assert [joined("ABC"[:count]) for count in range(4)] == ["", "A", "A y B", "A, B y C"]
    with override("en"):
        assert joined("ABC") == "A, B, and C"


def test_without_a_language_it_is_spanish() -> None:
    with override(None):
        assert number(1_480) == "1.480"


@pytest.mark.parametrize(
    ("text", "spanish", "english"),
    [
        ("1000", 1000, 1000),
        ("1.000", 1000, 1000),
        ("1 000", 1000, 1000),
        ("1\u00a0000", 1000, 1000),
        ("1\u202f000", 1000, 1000),
        ("1'000", 1000, 1000),
        ("1’000", 1000, 1000),
        ("1.000,00", 1000, 1000),
        ("1,000.00", 1000, 1000),
        ("1.234.567", 1_234_567, 1_234_567),
        ("1,234,567", 1_234_567, 1_234_567),
        ("5,0", 5, 5),
        ("5.00", 5, 5),
        ("0,000", 0, 0),
        ("1234,000", 1234, 1234),
        ("5,000", ("5000", "5"), 5000),
        ("1,500", ("1500", "1,5"), 1500),
        *(
            (text, None, None)
            for text in (
                "",
                "1 0 0",
                "12,50",
                "1e3",
                "+5",
                "-5",
                "٣",
                "３",
                "1.000.00",
                "1.234,567",
            )
        ),
        ("9" * 31, None, None),
    ],
)
def test_a_whole_number_is_read_as_people_write_it(
    text: str, spanish: object, english: object
) -> None:
    for language, expected in (("es", spanish), ("en", english)):
        with override(language):
            assert read(text) == expected


def read(text: str) -> object:
    """Read a whole number; both that it may be, or None, where it is none."""
    try:
        return whole_number(text)
    except NotWhole as error:
        return error.either


@given(st.integers(0, 10**9))
def test_what_pages_write_forms_read_back(value: int) -> None:
    for language in ("es", "en"):
        with override(language):
            assert whole_number(number(value)) == value


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("15,001", "15.001"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1 234,5", "1234.5"),
        ("0,003", "0.003"),
        ("1234", "1234"),
    ],
)
def test_a_number_with_decimals_is_read_as_people_write_it(text: str, number: str) -> None:
    with override("es"):
        assert decimal_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "doce", "-1", "1,2,3", "1.23.4", "1e3", "1" * 40, "١٢"])
def test_what_is_no_number_with_decimals_is_refused(text: str) -> None:
    with pytest.raises(NotWhole):
        decimal_number(text)


@pytest.mark.parametrize(("language", "text"), [("es", "15.001"), ("en", "15,001")])
def test_the_other_mark_before_three_figures_may_mean_two_numbers(language: str, text: str) -> None:
    with override(language), pytest.raises(NotWhole) as refused:
        decimal_number(text)

    assert refused.value.either is not None
