import pytest
from django.utils.translation import override

from vatio.formats import joined, number, percent, signed


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
