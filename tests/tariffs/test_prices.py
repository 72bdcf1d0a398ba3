import csv
import importlib
from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.apps import apps

from tests.tariffs.price_files import SHIPPED, file, line
from vatio.tariffs import importing
from vatio.tariffs.kinds import SHAPES, PriceKind
from vatio.tariffs.models import RegulatedPrice
from vatio.tariffs.prices import UnknownPrice, known_until, price_on, prices_between

pytestmark = pytest.mark.django_db

NOVEMBER = date(2026, 11, 25)


@pytest.fixture(autouse=True)
def _shipped(db: None) -> None:
    """Begin with the prices that Vatio brings, and no others."""
    RegulatedPrice.objects.all().delete()
    importing.carry_out(SHIPPED.read_bytes())


def value(day: date, kind: PriceKind, **of: object) -> Decimal:
    return price_on(day, kind, **of).value  # type: ignore[arg-type]


def test_the_migration_writes_what_an_import_of_its_file_does() -> None:
    migration = importlib.import_module("vatio.tariffs.migrations.0002_prices_known_in_2026")
    RegulatedPrice.objects.all().delete()

    migration.load(apps, None)

    assert importing.carry_out(SHIPPED.read_bytes()).count() == {"same": 236}


def test_the_migration_leaves_what_an_operator_imported_before() -> None:
    migration = importlib.import_module("vatio.tariffs.migrations.0002_prices_known_in_2026")
    RegulatedPrice.objects.all().delete()
    importing.carry_out(file(line(value="9", valid_from="2026-06-01")))

    migration.load(apps, None)

    tolls = RegulatedPrice.objects.filter(kind="energy_toll", tariff="2.0TD", period=1)
    assert tolls.get(valid_to__gt=date(2026, 6, 1)).value == 9


def test_energy_of_2026_costs_what_the_system_operator_publishes() -> None:
    kinds = (PriceKind.ENERGY_TOLL, PriceKind.ENERGY_CHARGE)

    sums = [
        1000 * sum(value(date(2026, 9, 25), kind, tariff="2.0TD", period=period) for kind in kinds)
        for period in (1, 2, 3)
    ]

    assert sums == [Decimal("97.553"), Decimal("29.267"), Decimal("3.292")]


def test_power_of_2026_costs_a_day_what_retailers_print() -> None:
    kinds = (PriceKind.POWER_TOLL, PriceKind.POWER_CHARGE)

    days = [
        sum(
            (value(NOVEMBER, kind, tariff="3.0TD", period=period) / 365).quantize(
                Decimal("0.000001"), ROUND_HALF_UP
            )
            for kind in kinds
        )
        for period in (1, 2, 6)
    ]

    assert days == [Decimal("0.055827"), Decimal("0.029089"), Decimal("0.003952")]


def test_excess_of_power_is_in_proportion_to_its_toll() -> None:
    def ratios(kind: PriceKind, tariff: str, day: date) -> set[Decimal]:
        return {
            (
                value(day, kind, tariff=tariff, period=period)
                / value(day, PriceKind.POWER_TOLL, tariff=tariff, period=period)
            ).quantize(Decimal("0.0001"))
            for period in range(1, 5)
        }

    assert ratios(PriceKind.EXCESS_BY_QUARTERS, "3.0TD", NOVEMBER) == {Decimal("0.2227")}
    assert ratios(PriceKind.EXCESS_BY_QUARTERS, "6.1TD", NOVEMBER) == {Decimal("0.1433")}
    for day in (date(2025, 4, 1), NOVEMBER):
        assert ratios(PriceKind.EXCESS_BY_MAXIMETER, "3.0TD", day) == {Decimal("0.0115")}


@pytest.mark.parametrize(
    ("day", "percent"),
    [
        (date(2023, 12, 31), "0.5"),
        (date(2024, 1, 1), "2.5"),
        (date(2024, 6, 30), "3.8"),
        (date(2026, 3, 21), "5.11269632"),
        (date(2026, 3, 22), "0.5"),
        (date(2026, 5, 31), "0.5"),
        (date(2026, 6, 1), "5.11269632"),
    ],
)
def test_a_price_stands_from_its_first_day_and_not_on_the_day_it_ends(
    day: date, percent: str
) -> None:
    assert value(day, PriceKind.ELECTRICITY_TAX) == Decimal(percent)


def test_taxes_follow_the_territory() -> None:
    def general(territory: str) -> Decimal:
        kind = PriceKind.INDIRECT_TAX
        return value(NOVEMBER, kind, territory=territory, variant="general")

    found = [general(name) for name in ("peninsula", "baleares", "canarias", "ceuta", "melilla")]

    assert found == [21, 21, 3, 1, 1]


def test_a_day_past_the_last_known_one_has_no_price() -> None:
    of = {"tariff": "3.0TD", "period": 2}

    with pytest.raises(UnknownPrice) as refused:
        value(date(2027, 1, 1), PriceKind.POWER_TOLL, **of)

    assert refused.value.known_until == date(2027, 1, 1)
    assert str(refused.value) == (
        "No se conoce «Peaje de la potencia» del 1 ene 2027: el último día conocido es el"
        " 31 dic 2026."
    )
    assert value(date(2026, 12, 31), PriceKind.POWER_TOLL, **of) == Decimal("7.894323")


def test_a_price_that_nobody_has_checked_any_more_says_so() -> None:
    tax = price_on(NOVEMBER, PriceKind.ELECTRICITY_TAX)
    toll = price_on(NOVEMBER, PriceKind.ENERGY_TOLL, tariff="2.0TD", period=1)

    assert (tax.is_known_on(date(2026, 9, 30)), tax.is_known_on(NOVEMBER)) == (True, False)
    assert toll.is_known_on(NOVEMBER)
    assert known_until(PriceKind.ELECTRICITY_TAX) == date(2026, 10, 1)
    assert known_until(PriceKind.ENERGY_TOLL, tariff="2.0TD", period=1) == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("kind", "of"),
    [
        (PriceKind.EXCESS_BY_MAXIMETER, {"tariff": "6.1TD", "period": 1}),
        (PriceKind.EXCESS_BY_QUARTERS, {"tariff": "6.2TD", "period": 1}),
        (PriceKind.POWER_CHARGE, {"tariff": "3.0TDVE", "period": 1}),
        (PriceKind.CAPACITIVE_ENERGY, {}),
        (PriceKind.METER_RENT, {"variant": "three_phase"}),
    ],
)
def test_what_was_not_found_is_absent_and_not_zero(kind: PriceKind, of: dict[str, object]) -> None:
    with pytest.raises(UnknownPrice, match=r"No se conoce «.*» del 25 nov 2026\.") as refused:
        value(NOVEMBER, kind, **of)

    assert refused.value.known_until is None
    assert known_until(kind, **of) is None  # type: ignore[arg-type]


def test_a_price_before_the_first_known_one_is_unknown() -> None:
    with pytest.raises(UnknownPrice) as refused:
        value(date(2025, 3, 31), PriceKind.EXCESS_BY_MAXIMETER, tariff="2.0TD", period=1)

    assert refused.value.known_until is None


def test_the_prices_of_a_bill_come_in_one_query(django_assert_num_queries: object) -> None:
    since, until = date(2026, 5, 15), date(2026, 6, 15)

    with django_assert_num_queries(1):  # type: ignore[operator]
        prices = prices_between(since, until, tariff="2.0TD", territory="peninsula")

    counts: dict[str, int] = defaultdict(int)
    for price in prices:
        counts[price.kind] += 1
    assert counts == {
        "power_toll": 2,
        "power_charge": 2,
        "energy_toll": 3,
        "energy_charge": 3,
        "excess_by_maximeter": 2,
        "inductive_energy": 2,
        "electricity_tax": 2,
        "electricity_tax_minimum": 2,
        "indirect_tax": 3,
        "meter_rent": 1,
        "social_bonus": 1,
    }
    assert [p.value for p in prices if p.kind == "electricity_tax"] == [
        Decimal("0.5"),
        Decimal("5.11269632"),
    ]


def test_every_period_of_a_tariff_is_there_or_none() -> None:
    periods: dict[tuple[str, ...], list[int]] = defaultdict(list)
    with SHIPPED.open(encoding="utf-8", newline="") as shipped:
        for row in csv.DictReader(shipped):
            if row["tariff"]:
                key = (row["kind"], row["tariff"], row["valid_from"])
                periods[key].append(int(row["period"]))

    wrong = {
        key: found for key, found in periods.items() if found != list(range(1, 1 + expected(key)))
    }

    assert wrong == {}


def expected(key: tuple[str, ...]) -> int:
    """Return how many periods a kind has in a tariff, said here anew."""
    kind, tariff, _day = key
    if tariff == "2.0TD":
        return 3 if kind.startswith("energy") else 2
    return 6


def test_every_kind_has_a_unit_and_a_name() -> None:
    assert set(SHAPES) == set(PriceKind)
    assert all(shape.unit and shape.label for shape in SHAPES.values())
