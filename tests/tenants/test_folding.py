from random import Random

import pytest
from django.db import connection

from tests import make
from vatio.tenants.folding import sort_key, tidy
from vatio.tenants.models import Organisation

pytestmark = pytest.mark.django_db


def database_key(text: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sort_key(%s)", [text])
        return str(cursor.fetchone()[0])


def test_names_sort_as_in_a_spanish_dictionary() -> None:
    names = [
        *("Águila", "Azor", "Cádiz", "Çan", "Canción", "Caña", "Cañada", "Caño", "Capa"),
        *("Navarra", "Nutria", "Nz", "Nж", "Ñandú", "ñandú bis", "N\u0303ora", "Oca", "Pingüino"),
        "Zorro",
    ]
    shuffled = Random(3).sample(names, len(names))
    for name in shuffled:
        make.organisation(name)

    found = Organisation.objects.order_by("name_sorted").values_list("name", flat=True)

    assert list(found) == [tidy(name) for name in names]
    assert sorted(shuffled, key=sort_key) == names


def test_a_key_is_the_same_in_whatever_form_a_letter_is_written() -> None:
    for one, other in (("Ñandú", "N\u0303andu\u0301"), ("ÑORA", "ñora"), ("Águila", "AGUILA")):
        assert database_key(one) == database_key(other)


def test_python_and_the_database_make_the_same_key() -> None:
    for text in ("Administración", "Ñandú, S.A.", "Educación", "Pingüino", "Caño 2", "N\u0303"):
        assert sort_key(text) == database_key(text)


@pytest.mark.parametrize(
    "text",
    [
        "A\u0301guila  Real",
        " Águila\u00a0Real\u200b",
        "Á\u00adguila\tReal\x00",
        "\u202aÁguila Real",
    ],
)
def test_a_name_is_one_however_it_is_typed(text: str) -> None:
    assert tidy(text) == "Águila Real"
