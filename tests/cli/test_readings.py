import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests import make
from tests.readings.stored import CURVES
from vatio.accounts.models import Account
from vatio.cli import arguments, readings
from vatio.metering import contracting
from vatio.metering.models import DataPoint, Meter, SupplyPoint
from vatio.readings.models import Day, Delivery, KeptFile
from vatio.refusal import Refused

pytestmark = pytest.mark.django_db

AT = datetime(2026, 10, 28, 9, tzinfo=UTC)
EXPECTED = json.loads((CURVES / "expected.json").read_text())
NEEDS = {
    "largo_kw_marzo.tsv": ("--label", "start", "--cups", "ES0026000045670092AC"),
    "acumulado_cero.csv": ("--kind", "register", "--cups", "ES0026000045670092AC"),
}
FILES = [name for name in EXPECTED if not name.endswith(".json")]
DAY = {"octubre": ("2026-10-24", "2026-10-28"), "marzo": ("2026-03-28", "2026-03-31")}


@pytest.fixture
def hotel() -> Account:
    version = make.licence("Todo", meters=9, supply_points=9)
    return make.account("Hotel Lugo", version=version)


def run(account: Account, name: str | Path, *options: str) -> tuple[int, dict, list[str]]:
    """Run the import; return its exit code, what it says as JSON and what it warns of."""
    named = ["--account", account.name, "--organisation", account.organisation.name, "--json"]
    said: list[str] = []
    warned: list[str] = []
    typed = arguments.read(["readings", "import", str(CURVES / name), *named, *options])
    code = readings.run_import(typed, at=AT, say=said.append, warn=warned.append)
    return code, json.loads(said[0]) if said else {}, warned


def total(account: Account, cups: str, since: str, until: str, *options: str) -> dict:
    """Add readings up; return what is said as JSON."""
    named = ["--account", account.name, "--organisation", account.organisation.name, "--json"]
    words = ["readings", "sum", *named, "--cups", cups, "--from", since, "--to", until, *options]
    said: list[str] = []
    readings.run_sum(arguments.read(words), say=said.append)
    return json.loads(said[0])


def span(name: str) -> tuple[str, str]:
    return next((days for word, days in DAY.items() if word in name), DAY["octubre"])


@pytest.mark.parametrize("name", FILES)
def test_every_file_gives_its_energy_and_changes_nothing_when_read_twice(
    hotel: Account, name: str
) -> None:
    expected, options = EXPECTED[name], NEEDS.get(name, ())
    cups = expected["cups"] or "ES0026000045670092AC"
    kwh = expected.get("kwh_if_first_of_a_contradiction_stays", expected["kwh"])

    dry = run(hotel, name, "--create", "--dry-run", *options)
    none = Day.objects.count(), SupplyPoint.objects.count()
    code, said, _warned = run(hotel, name, "--create", *options)
    before = list(Day.objects.order_by("series_id", "day").values())
    again = run(hotel, name, *options)

    assert none == (0, 0)
    assert (code, said["kwh"]) == (0, kwh)
    if name != "errores.csv":
        assert said["intervals"] == expected["intervals"]
    assert dry[1]["kwh"] == kwh
    assert (dry[1]["new"], dry[1]["same"]) == (said["new"] + said.get("held", 0), said["same"])
    assert (again[1]["new"], again[1]["corrected"]) == (0, 0)
    assert list(Day.objects.order_by("series_id", "day").values()) == before
    assert total(hotel, cups, *span(name))["kwh"] == kwh
    if "export_kwh" in expected:
        exported = total(hotel, cups, *span(name), "--quantity", "452")
        assert (exported["value"], exported["unit"]) == (expected["export_kwh"], "kWh")
    for key, quantity in (("r1_kvarh", "404"), ("r4_kvarh", "408")):
        if key in expected:
            reactive = total(hotel, cups, *span(name), "--quantity", quantity)
            assert (reactive["value"], reactive["unit"]) == (expected[key], "kvarh")


@pytest.mark.parametrize(
    ("name", "tariff", "key"),
    [
        ("matriz_octubre.csv", "3.0TD", "p30td"),
        ("matriz_octubre.csv", "2.0TD", "p20td"),
        ("largo_iso_cuartos.csv", "3.0TD", "p30td"),
    ],
)
def test_energy_by_period_follows_the_contract(
    hotel: Account, name: str, tariff: str, key: str
) -> None:
    expected = EXPECTED[name]
    run(hotel, name, "--create")
    details = contracting.ContractDetails(date(2026, 1, 1), None, "Comercial", tariff, [])
    contracting.add_contract(SupplyPoint.objects.get(), details, by=make.commercial(), at=AT)

    said = total(hotel, expected["cups"], "2026-10-24", "2026-10-27", "--by", "period")

    assert {name: value for name, value in said["by"].items() if value} == expected[key]


def test_without_the_contract_of_a_day_its_periods_are_not_guessed(hotel: Account) -> None:
    run(hotel, "matriz_octubre.csv", "--create")

    with pytest.raises(Refused, match="2026-10-24"):
        total(hotel, "ES0022000098760031ML", "2026-10-24", "2026-10-27", "--by", "period")


def test_each_bad_row_is_told_with_its_line_and_stops_nothing(hotel: Account) -> None:
    code, said, warned = run(hotel, "errores.csv", "--create")

    assert (code, said["new"], said["same"], said["refused"]) == (0, 25, 1, 6)
    assert [line.split(": ")[1] for line in warned] == [
        "bad_cups",
        "no_such_hour",
        "no_such_day",
        "negative",
        "contradicts",
        "short_row",
    ]
    assert warned[0].startswith("línea 26: ")
    delivery = Delivery.objects.get()
    assert (delivery.new, delivery.same, delivery.refused) == (25, 1, 6)
    assert len(delivery.refusals["rows"]) == 6


def test_what_must_be_asked_is_asked_with_its_option(hotel: Account) -> None:
    code, said, warned = run(hotel, "largo_kw_marzo.tsv", "--create")

    assert (code, said) == (1, {})
    assert "--label" in warned[0] or "--cups" in warned[0]
    assert not Day.objects.exists()


def test_a_supply_point_that_the_account_lacks_refuses_its_rows(hotel: Account) -> None:
    code, said, warned = run(hotel, "ide_facturado_octubre.csv")

    assert (code, said["new"], said["refused"]) == (0, 0, 25)
    assert {line.split(": ")[1] for line in warned} == {"no_supply_point"}


def test_what_does_not_fit_makes_nothing(hotel: Account) -> None:
    small = make.account("Nave", version=make.licence("Poco", meters=9, supply_points=1))
    make.supply_point(small, cups="ES1234123456789012JY")

    with pytest.raises(Refused, match="1 de 1"):
        run(small, "ide_facturado_octubre.csv", "--create")

    assert Meter.objects.filter(account=small).count() == 0
    assert not Delivery.objects.exists()


def test_two_series_of_one_data_point_are_not_added_twice(hotel: Account) -> None:
    run(hotel, "P2D_0031_0762_20261026.0", "--create")
    run(hotel, "F5D_0031_0762_20261026.0", "--create")

    said = total(hotel, "ES0031406123450017SZ", "2026-10-25", "2026-10-26", "--by", "day")

    assert DataPoint.objects.filter(quantity=402).count() == 1
    assert (said["kwh"], said["intervals"]) == (60.925, 25)
    assert said["by"] == {"2026-10-25": 60.925}


def test_an_older_version_of_a_billing_file_never_replaces_a_newer_one(
    hotel: Account, tmp_path: Path
) -> None:
    content = (CURVES / "F5D_0031_0762_20261026.0").read_bytes()
    newer = tmp_path / "F5D_0031_0762_20261026.1"
    newer.write_bytes(content.replace(b";1577;", b";1600;"))
    run(hotel, newer, "--create")

    code, said, _warned = run(hotel, "F5D_0031_0762_20261026.0")

    assert (code, said["corrected"], said["same"], said["outranked"]) == (0, 0, 24, 1)
    assert total(hotel, "ES0031406123450017SZ", "2026-10-25", "2026-10-26")["kwh"] == 60.948


def test_what_was_known_before_a_correction_can_be_asked_for(
    hotel: Account, tmp_path: Path
) -> None:
    run(hotel, "F5D_0031_0762_20261026.0", "--create")
    content = (CURVES / "F5D_0031_0762_20261026.0").read_bytes()
    newer = tmp_path / "F5D_0031_0762_20261026.1"
    newer.write_bytes(content.replace(b";1577;", b";1600;"))
    named = ["--account", hotel.name, "--organisation", hotel.organisation.name]
    later = datetime(2026, 11, 20, 9, tzinfo=UTC)
    typed = arguments.read(["readings", "import", str(newer), *named])
    readings.run_import(typed, at=later, say=print, warn=print)

    days = ("ES0031406123450017SZ", "2026-10-25", "2026-10-26")
    before = total(hotel, *days, "--known-at", "2026-11-20T09:59")
    after = total(hotel, *days, "--known-at", "2026-11-20T10:00")

    assert (before["kwh"], after["kwh"]) == (60.925, 60.948)


def test_a_curve_goes_into_the_data_point_that_is_named(hotel: Account) -> None:
    run(hotel, "ide_facturado_octubre.csv", "--create")
    point = DataPoint.objects.get()

    code, said, _warned = run(
        hotel, "largo_kw_marzo.tsv", "--label", "start", "--data-point", str(point.uid)
    )

    assert (code, said["new"]) == (0, 92)


def test_a_file_is_kept_with_its_hash(hotel: Account) -> None:
    run(hotel, "ide_facturado_octubre.csv", "--create")

    kept = KeptFile.objects.get()
    assert bytes(kept.content) == (CURVES / "ide_facturado_octubre.csv").read_bytes()
    assert Delivery.objects.get().sha256 == kept.sha256


def test_readings_of_days_that_no_meter_measured_are_refused(hotel: Account) -> None:
    run(hotel, "ide_facturado_octubre.csv", "--create")
    Meter.objects.update(measured_from=date(2026, 10, 26))

    code, said, warned = run(hotel, "ide_no_facturado_octubre.csv")

    assert (code, said["new"]) == (0, 0)
    assert {line.split(": ")[1] for line in warned} == {"not_measured"}
