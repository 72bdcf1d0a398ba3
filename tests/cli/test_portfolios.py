import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils.translation import override

from tests import make
from vatio.accounts.models import Account
from vatio.cli import arguments, portfolios
from vatio.refusal import Refused

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
CASES = Path(__file__).parent.parent / "portfolios" / "cases"

pytestmark = pytest.mark.django_db


def run(file: Path | str, *options: str) -> tuple[int, list[str]]:
    """Run the command on a case; return its exit code and what it prints."""
    make.licence("Starter DP", data_points=250)
    norte = make.organisation()
    said: list[str] = []
    words = ["accounts", "import", str(CASES / file), "--organisation", norte.name, *options]
    return portfolios.run(arguments.read(words), at=AT, say=said.append), said


def test_one_account_is_counted_as_one() -> None:
    code, said = run("headings-contact.csv")

    assert code == 0
    assert said == [
        "La columna «Contacto» se deja fuera.",
        "1 cuenta importada: 1 activa, 0 expiradas, 0 por empezar.",
    ]
    assert Account.objects.get().contact_email == "maria@faro.example"


def test_what_is_asked_is_answered_by_an_option() -> None:
    code, said = run("sheets-two.xlsx")

    assert code == 1
    assert said[-2:] == ['Para decirlo: --sheet "SHEET"', "No se ha importado nada."]
    assert run("sheets-two.xlsx", "--sheet", "Asturias", "--dry-run")[1][-1].startswith(
        "Se importarían 2 cuentas"
    )


def test_a_column_is_mapped_by_its_key_or_by_any_of_its_names(tmp_path: Path) -> None:
    file = tmp_path / "obras.csv"
    file.write_text("Obra;Empresa;Plan;Abre;Cierra\nFaro;Lago;Starter DP;01/02/2026;01/02/2027\n")
    names = {
        "Obra": "name",
        "EMPRESA": "Nombre del cliente",
        "Plan": "Licence",
        "Abre": "fecha de inicio",
        "cierra": "fin",
    }

    code, said = run(file, *(f"--column={theirs}={ours}" for theirs, ours in names.items()))

    assert (code, said) == (0, ["1 cuenta importada: 1 activa, 0 expiradas, 0 por empezar."])


def test_a_column_that_is_nowhere_is_told() -> None:
    _code, said = run("headings-contact.csv", "--column", "Gestor=correo", "--dry-run")

    assert "El fichero no tiene ninguna columna «Gestor»." in said
    with pytest.raises(Refused, match="No hay ninguna columna «gestor»"):
        run("headings-contact.csv", "--column", "Contacto=gestor")


def test_a_column_mapped_to_nothing_is_left_out() -> None:
    code, said = run("thousands-comma.csv", "--column=DP=", "--column=Créditos SMS=", "--dry-run")

    assert code == 1
    assert not any("puede ser" in words for words in said)


def test_a_line_that_cannot_be_read_is_its_fault_in_json_too() -> None:
    code, (answer,) = run("quote-open.csv", "--json")

    (fault,) = json.loads(answer)["faults"]
    assert (code, fault["line"], fault["column"]) == (1, 3, "")


def test_everything_is_said_in_english_too() -> None:
    with override("en"):
        assert run("headings-contact.csv", "--dry-run")[1] == [
            "The column «Contacto» is left out.",
            "line 2: Faro Uno · Starter DP · 0 CUPS, 250 DP, 0 RTC · 1 Mar 2026 – 1 Mar 2027 · active",
            "1 account would be imported: 1 active, 0 expired, 0 yet to start.",
        ]
