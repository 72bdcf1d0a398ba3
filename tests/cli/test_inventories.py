import json
from pathlib import Path

import pytest

from tests import make
from tests.metering.inventory.workbooks import HOTEL, opened, written
from vatio.accounts.models import Account
from vatio.cli import arguments, inventories
from vatio.metering.models import Meter
from vatio.refusal import Refused

pytestmark = pytest.mark.django_db


def run(account: Account, file: Path, *options: str) -> tuple[int, list[str]]:
    """Run the import; return its exit code and what it prints."""
    named = ["--account", account.name.upper(), "--organisation", account.organisation.name]
    said: list[str] = []
    typed = arguments.read(["inventory", "import", str(file), *named, *options])
    return inventories.run_import(typed, at=make.NOON, say=said.append), said


@pytest.fixture
def hotel() -> Account:
    return make.account(
        "Hotel Lugo", version=make.licence("Todo", meters=5, supply_points=5, rtc_lines=5)
    )


def test_a_dry_run_says_what_an_import_then_does(hotel: Account, tmp_path: Path) -> None:
    file = tmp_path / "hotel.xlsx"
    file.write_bytes(written(HOTEL))

    dry = run(hotel, file, "--dry-run")
    none = Meter.objects.count()
    code, said = run(hotel, file, "--json")

    assert (dry[0], none) == (0, 0)
    assert "Medidores: Añadido: 2" in dry[1]
    assert dry[1][-1] == "Esto es lo que pasaría."
    told = json.loads(said[0])
    assert (code, told["added"], told["changed"], told["faults"]) == (0, 14, 0, [])


def test_each_fault_is_a_line_and_nothing_is_imported(hotel: Account, tmp_path: Path) -> None:
    file = tmp_path / "hotel.xlsx"
    file.write_bytes(written({"Medidores": [["Nombre", "Emplazamiento"], ["Uno", "Nada"]]}))

    assert run(hotel, file) == (
        1,
        [
            "Medidores, línea 2: Emplazamiento: no hay ningún emplazamiento «Nada».",
            "No se ha importado nada.",
        ],
    )
    code, said = run(hotel, file, "--json")
    assert (code, json.loads(said[0])["faults"][0]["line"], Meter.objects.count()) == (1, 2, 0)


def test_the_export_has_every_sheet_and_comes_in_again(hotel: Account, tmp_path: Path) -> None:
    file = tmp_path / "hotel.xlsx"
    file.write_bytes(written(HOTEL))
    run(hotel, file)
    named = ["--account", "Hotel Lugo", "--organisation", hotel.organisation.name]
    out = tmp_path / "out.xlsx"

    code = inventories.run_export(
        arguments.read(["inventory", "export", str(out), *named]), say=print
    )
    told = json.loads(run(hotel, out, "--json")[1][0])

    assert code == 0
    assert set(opened(out.read_bytes())) == set(HOTEL)
    assert (told["added"], told["changed"], told["unchanged"]) == (0, 0, 14)


def test_an_account_that_is_not_there_is_named(hotel: Account, tmp_path: Path) -> None:
    hotel.name = "Otro"

    with pytest.raises(Refused, match="OTRO"):
        run(hotel, tmp_path / "none.xlsx")
