from dataclasses import fields

import pytest
from django.utils.translation import override

from vatio.accounts.models import Grant
from vatio.catalogue.models import LicenceVersion
from vatio.orders.models import Order
from vatio.units import Billing, Quantities, Unit, sold_units


def columns_of(model: type[object], prefix: str = "") -> set[str]:
    names = {field.name for field in model._meta.get_fields()}  # type: ignore[attr-defined]
    return {f"{prefix}{unit}" for unit in Unit} & names


def test_quantities_are_those_of_the_units_in_their_order() -> None:
    assert [field.name for field in fields(Quantities)] == list(Unit)
    assert Quantities(1, 2, None, 4).listed == (1, 2, None, 4)
    assert Quantities(1, 2, None, 4)[Unit.RTC_LINES] == 4


def test_every_unit_has_its_columns() -> None:
    assert columns_of(LicenceVersion) == set(Unit)
    assert columns_of(Order) == set(Unit)
    assert columns_of(Grant, "extra_") == {f"extra_{unit}" for unit in Unit}


def test_a_row_gives_its_columns_as_quantities() -> None:
    asked = Quantities(1, 2, None, 4)

    assert LicenceVersion(**asked.columns()).defaults == asked
    assert Order(**asked.columns()).quantities == asked
    assert Grant(**Quantities(1, 2, 3, 4).columns("extra_")).extras == Quantities(1, 2, 3, 4)


def test_what_is_not_counted_stays_uncounted() -> None:
    defaults = Quantities(10, 5, None, 0)

    totals = defaults.plus(Quantities(3, 0, 7, 2))

    assert totals == Quantities(13, 5, None, 2)
    assert totals.beyond(defaults) == Quantities(3, 0, 0, 2)


@pytest.mark.parametrize(
    ("billing", "units"),
    [
        (Billing.MTR, [Unit.METERS, Unit.SUPPLY_POINTS, Unit.RTC_LINES]),
        (Billing.DP, [Unit.DATA_POINTS, Unit.RTC_LINES]),
    ],
)
def test_a_billing_sells_its_units_and_counts_what_it_sells(
    billing: Billing, units: list[Unit]
) -> None:
    assert list(sold_units(billing)) == units
    assert all(billing in unit.counted_by for unit in units)


@pytest.mark.parametrize("unit", Unit)
def test_a_unit_is_called_by_its_words_in_both_languages(unit: Unit) -> None:
    for language in ("es", "en"):
        with override(language):
            assert str(unit.label)
            assert str(unit.in_full)
            assert str(unit.to_add)
            assert "%(n)s" in unit.plural(1)
            assert "%(n)s" in unit.plural(2)
