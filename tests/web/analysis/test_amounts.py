import pytest
from django.utils import translation

from vatio.web.analysis.amounts import change


@pytest.mark.parametrize(
    ("share", "language", "words"),
    [
        (0.0521, "es", "+5,2\u00a0%"),
        (-0.12, "en", "−12.0%"),
        (-0.0004, "en", "0.0%"),
        (0.0004, "es", "0,0\u00a0%"),
        (0.0, "es", "0,0\u00a0%"),
        (None, "es", "–"),
    ],
)
def test_a_change_that_is_written_as_nought_has_no_sign(
    share: float | None, language: str, words: str
) -> None:
    with translation.override(language):
        assert change(share) == words
