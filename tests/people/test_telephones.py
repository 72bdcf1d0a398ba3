from typing import Any

import pytest

from vatio.people.telephones import CALLED, NotATelephone, masked, parse_number, spelled


@pytest.mark.parametrize(
    "text",
    ["612345678", " 612 34 56 78 ", "+34 612-345-678", "0034612345678", "(+34) 612.345.678"],
)
def test_a_number_is_read_whichever_way_it_is_written(text: str) -> None:
    assert parse_number(text) == "+34612345678"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ana",
        "112",
        "61234567",
        "6123456789",
        "912345678",
        "803123456",
        "806123456",
        "902123456",
        "900123456",
        "704123456",
        "+447400123456",
        "+34612345678 ext. 5",
        "٦١٢" * 40,
        "+" * 200,
    ],
)
def test_what_takes_no_texts_or_costs_more_is_refused(text: str) -> None:
    with pytest.raises(NotATelephone) as refused:
        parse_number(text)

    assert refused.value.field == "number"


def test_the_countries_served_are_a_setting(settings: Any) -> None:
    settings.PHONE_COUNTRIES = ["PT", "ES"]

    assert parse_number("912 345 678") == "+351912345678"
    assert parse_number("+34612345678") == "+34612345678"


@pytest.mark.parametrize("text", ["803123456", "902123456", "704123456"])
def test_a_number_that_is_called_is_of_no_special_cost_either(text: str) -> None:
    assert parse_number("912345678", kinds=CALLED) == "+34912345678"
    with pytest.raises(NotATelephone):
        parse_number(text, kinds=CALLED)


def test_a_number_is_shown_whole_or_by_its_end() -> None:
    assert spelled("+34612345678") == "+34 612 34 56 78"
    assert masked("+34612345678") == "+34 ··· 678"
