import pytest
from django.utils import translation

from vatio.web.shell.csv_files import csv_file


@pytest.mark.parametrize(
    ("places", "written"),
    [(3, ["-1.5", "0", "0", "20", "0.001"]), (0, ["-2", "0", "0", "20", "0"])],
)
def test_a_number_is_as_short_as_it_can_be_and_nought_has_no_sign(
    places: int, written: list[str]
) -> None:
    with translation.override("en"):
        answer = csv_file(
            ["kWh"], [[each] for each in (-1.5, -0.0002, 0.0, 20, 0.0006)], name="a", places=places
        )

    assert answer.content.decode("utf-8-sig").split() == ["kWh", *written]
