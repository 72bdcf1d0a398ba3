import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from vatio.portfolios.values import value
from vatio.spreadsheets.values import Wrong
from vatio.web.shell.fields import SignedNumber, WholeNumber

TEXTS = [
    *("1000", "1.000", "1 000", "1'000", "1.000,00", "5,0", "1,000", "5,000", "1,500", "12,50"),
    *("1e3", "+5", "٣", "1 0 0", "1000001", ""),
]


def in_form(text: str) -> object:
    try:
        return WholeNumber(required=False).clean(text)
    except ValidationError:
        return "refused"


def in_file(text: str) -> object:
    try:
        return value("meters", text, is_ours=False)
    except Wrong:
        return "refused"


@pytest.mark.parametrize("language", ["es", "en"])
def test_forms_and_imports_read_every_number_alike(language: str) -> None:
    with override(language):
        assert [in_form(text) for text in TEXTS] == [in_file(text) for text in TEXTS]


def test_a_number_that_may_be_either_is_asked_about_beside_its_field() -> None:
    with pytest.raises(ValidationError) as refused:
        WholeNumber().clean("5,000")

    assert refused.value.messages == ["«5,000» puede ser 5000 o 5: escríbalo sin la coma."]


def test_a_number_to_add_or_take_keeps_its_sign() -> None:
    assert [SignedNumber(least=0).clean(text) for text in ("-1.000", "+5", "−5")] == [-1000, 5, -5]
