import pytest

from tests import make
from vatio.accounts.models import Account
from vatio.accounts.nif import is_nif, tidy_nif
from vatio.accounts.searching import matching
from vatio.portfolios.parsing import understand
from vatio.web.accounts.configuring import DetailsForm
from vatio.web.orders.opening import OpeningForm

WRITTEN = [
    ("12.345.678-Z", "12345678Z"),
    ("12345678-z", "12345678Z"),
    ("12 345 678 Z", "12345678Z"),
    ("B-58.818.501", "B58818501"),
    ("ESB58818501", "B58818501"),
    ("es-b 58818501", "B58818501"),
    ("Ｂ５８８１８５０１", "B58818501"),
    ("\u200bB\u00a058818501\u202c", "B58818501"),
    ("B/58818501", "B58818501"),
    ("x-1234567-l", "X1234567L"),
]


@pytest.mark.parametrize(("text", "nif"), WRITTEN)
def test_a_nif_is_one_however_it_is_written(text: str, nif: str) -> None:
    assert tidy_nif(text) == nif
    assert is_nif(nif)


@pytest.mark.parametrize(("text", "nif"), WRITTEN)
def test_every_door_takes_every_writing_of_a_nif(text: str, nif: str) -> None:
    table = f"Cuenta;Cliente;NIF;Licencia;Inicio;Fin\nA;B;{text};X;01/03/2026;01/03/2027\n"

    for form in (DetailsForm, OpeningForm):
        assert form.base_fields["nif"].clean(text) == nif
    assert [row.nif for row in understand(table.encode()).rows] == [nif]


@pytest.mark.django_db
def test_a_wrong_letter_stays_wrong() -> None:
    table = "Cuenta;Cliente;NIF;Licencia;Inicio;Fin\nA;B;12.345.678-A;X;01/03/2026;01/03/2027\n"

    (fault,) = understand(table.encode()).faults

    assert fault.words == "«12.345.678-A» no es un NIF válido."
    assert not is_nif(tidy_nif("B-58818502"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        *(
            "B-58818501",
            "ESB58818501",
            "b 58818501",
            "B 58.818.501",
            "ES B-58.818.501",
            "58.818.501",
        ),
        *("b５８８１８５０１", "58 818 501", "faro B-58818501", "B-58818501 faro", "b-5881"),
        *("FA\u0301RO", "fa\u200bro", "fáro"),
    ],
)
def test_an_account_is_found_by_its_nif_and_name_however_they_are_typed(text: str) -> None:
    faro = make.account("Hotel Fáro")
    make.account("Hotel Lugo", organisation=faro.organisation)
    Account.objects.filter(pk=faro.pk).update(nif="B58818501")

    assert [each.name for each in matching(Account.objects.all(), text)] == ["Hotel Fáro"]


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["B-58818502", "Z 58818501", "58818501B", "Lugo B-58818501"])
def test_another_nif_finds_nothing(text: str) -> None:
    faro = make.account("Hotel Fáro")
    make.account("Hotel Lugo", organisation=faro.organisation)
    Account.objects.filter(pk=faro.pk).update(nif="B58818501")

    assert not matching(Account.objects.all(), text).exists()
