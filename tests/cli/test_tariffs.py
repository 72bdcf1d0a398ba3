import json
from datetime import date
from pathlib import Path

import pytest
from django.utils.translation import override

from tests.tariffs.price_files import SHIPPED, file, line, tax
from vatio.cli import arguments, tariffs
from vatio.tariffs.models import RegulatedPrice

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _without_prices(db: None) -> None:
    """Begin without the prices that the migrations wrote."""
    RegulatedPrice.objects.all().delete()


def run(path: Path, *options: str) -> tuple[int, list[str]]:
    """Run the command on a file; return its exit code and what it prints."""
    said: list[str] = []
    words = ["tariffs", "import", str(path), *options]
    return tariffs.run(arguments.read(words), say=said.append), said


def test_the_prices_that_vatio_brings_can_be_imported() -> None:
    first, again = run(SHIPPED), run(SHIPPED)

    assert first == (
        0,
        ["Nuevos: 236, cambiados: 0, retirados: 0, iguales: 0.", "Se han importado los precios."],
    )
    assert again[1][0] == "Nuevos: 0, cambiados: 0, retirados: 0, iguales: 236."


def test_a_dry_run_tells_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "2027.csv"
    path.write_bytes(file(line()))

    code, said = run(path, "--dry-run")

    assert (code, said[-1]) == (0, "Esto es lo que pasaría.")
    assert not RegulatedPrice.objects.exists()


def test_what_changes_is_told_with_what_it_was(tmp_path: Path) -> None:
    path = tmp_path / "2027.csv"
    path.write_bytes(file(line(), tax(value="5.11269632", valid_from="2024-07-01")))
    run(path)
    path.write_bytes(file(line(value="0.035"), tax(value="0.5")))

    code, said = run(path)

    assert code == 0
    assert said == [
        "línea 2: Peaje de la energía · 2.0TD · P1 · 1 ene 2027: 0.034, hasta el 31 dic 2027,"
        " conocido hasta el 31 dic 2027, BOE-A-2026-1 → 0.035, hasta el 31 dic 2027, conocido"
        " hasta el 31 dic 2027, BOE-A-2026-1",
        "Impuesto sobre la electricidad · 1 jul 2024: 5.11269632, conocido hasta el 31 ene 2027,"
        " Ley 38/1992 → 5.11269632, hasta el 31 dic 2026, conocido hasta el 31 dic 2026,"
        " Ley 38/1992",
        "Nuevos: 1, cambiados: 2, retirados: 0, iguales: 0.",
        "Se han importado los precios.",
    ]


def test_a_fault_ends_with_one_and_nothing_is_imported(tmp_path: Path) -> None:
    path = tmp_path / "2027.csv"
    path.write_bytes(file(line(), line(period="2", unit="c€/kWh")))

    code, said = run(path)

    assert code == 1
    assert said == [
        "línea 3: unit: «c€/kWh» no es ninguno de €/kWh.",
        "No se ha importado nada.",
    ]
    assert not RegulatedPrice.objects.exists()
    assert run(path, "--dry-run") == (1, said)


def test_programs_are_told_the_same_in_json(tmp_path: Path) -> None:
    path = tmp_path / "2027.csv"
    path.write_bytes(file(line()))

    code, (answer,) = run(path, "--json")
    path.write_bytes(file(line(value="?")))
    refused, (fault,) = run(path, "--json")
    path.write_bytes(b"nothing")
    unreadable, (why,) = run(path, "--json")

    told = json.loads(answer)
    assert (code, told["new"], told["same"], told["dry_run"]) == (0, 1, 0, False)
    assert told["changes"][0]["valid_from"] == date(2027, 1, 1).isoformat()
    assert refused == 1
    assert json.loads(fault)["faults"][0]["line"] == 2
    assert (unreadable, json.loads(why)["faults"][0]["line"]) == (1, 0)


def test_everything_is_said_in_english_too(tmp_path: Path) -> None:
    path = tmp_path / "2027.csv"
    path.write_bytes(file(line(value="0.000077")))

    with override("en"):
        assert run(path)[1] == [
            "New: 1, changed: 0, withdrawn: 0, the same: 0.",
            "The prices were imported.",
        ]
