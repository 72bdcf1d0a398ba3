import io
from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter
from django.db import IntegrityError, transaction

from tests.races import together
from tests.tariffs.price_files import SHIPPED, file, line, tax
from vatio.spreadsheets.tables import Unreadable
from vatio.tariffs import importing
from vatio.tariffs.importing import FaultyPrices
from vatio.tariffs.models import RegulatedPrice
from vatio.tariffs.parsing import COLUMNS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _without_prices(db: None) -> None:
    """Begin without the prices that the migrations wrote."""
    RegulatedPrice.objects.all().delete()


def faults(*lines: str) -> list[str]:
    with pytest.raises(FaultyPrices) as refused:
        importing.carry_out(file(*lines))
    assert not RegulatedPrice.objects.exists()
    return [str(fault) for fault in refused.value.faults]


def test_a_line_is_a_price_from_a_day_on() -> None:
    plan = importing.carry_out(file(line(value="0.034567")))

    price = RegulatedPrice.objects.get()
    assert plan.count() == {"new": 1}
    assert price.key == ("energy_toll", "", "2.0TD", "", 1, date(2027, 1, 1))
    assert (price.value, price.unit) == (Decimal("0.034567"), "€/kWh")
    assert (price.valid_to, price.known_until) == (date(2028, 1, 1), date(2028, 1, 1))
    assert price.source == "BOE-A-2026-1"


def test_importing_again_changes_nothing() -> None:
    content = SHIPPED.read_bytes()
    count = importing.carry_out(content).count()["new"]

    again = importing.carry_out(content)

    assert count == 236
    assert again.count() == {"same": count}
    assert RegulatedPrice.objects.count() == count


def test_another_value_of_the_same_price_is_a_change() -> None:
    importing.carry_out(file(line(), line(period="2", value="0.016")))

    plan = importing.carry_out(file(line(value="0.035"), line(period="2", value="0.016")))

    (change,) = [change for change in plan.changes if change.what != "same"]
    assert (change.line, change.what, change.key.period) == (2, "changed", 1)
    assert change.before is not None
    assert change.after is not None
    assert (change.before.value, change.after.value) == (Decimal("0.034"), Decimal("0.035"))
    assert RegulatedPrice.objects.get(period=1).value == Decimal("0.035")


def test_a_price_without_an_end_ends_where_the_next_begins() -> None:
    old, new = tax(value="5.1", valid_from="2024-07-01"), tax(value="0.5")
    importing.carry_out(file(old))

    plan = importing.carry_out(file(new))
    again = importing.carry_out(file(old))

    days = RegulatedPrice.objects.order_by("valid_from").values_list("valid_to", "known_until")
    assert list(days) == [(date(2027, 1, 1), date(2027, 1, 1)), (None, date(2027, 2, 1))]
    assert [(change.line, change.what) for change in plan.changes] == [(2, "new"), (0, "changed")]
    assert again.count() == {"same": 1}


def test_that_a_price_still_stands_is_said_by_a_later_day() -> None:
    importing.carry_out(file(tax(value="5.1", valid_from="2024-07-01")))

    importing.carry_out(file(tax(value="5.1", valid_from="2024-07-01", known_until="2028-01-01")))

    assert RegulatedPrice.objects.get().known_until == date(2028, 1, 1)


def test_a_price_that_began_on_another_day_is_withdrawn_and_written_anew() -> None:
    days = {"valid_to": "2026-06-01", "known_until": ""}
    importing.carry_out(file(tax(value="0.5", valid_from="2026-03-22", **days)))
    wrong = tax(value="withdrawn", valid_from="2026-03-22", unit="", known_until="", source="")
    right = tax(value="0.5", valid_from="2026-03-21", **days)

    plan = importing.carry_out(file(wrong, right))

    assert plan.count() == {"withdrawn": 1, "new": 1}
    assert RegulatedPrice.objects.get().valid_from == date(2026, 3, 21)
    assert importing.carry_out(file(wrong)).count() == {"same": 1}


@pytest.mark.parametrize(
    ("wrong", "column", "words"),
    [
        ({"kind": "peaje"}, "kind", "«peaje» no es ninguno de power_toll, power_charge"),
        ({"kind": "energy toll"}, "kind", "no es ninguno de"),
        ({"variant": "general"}, "variant", "no depende de ello"),
        ({"tariff": "2.1TD"}, "tariff", "«2.1TD» no es ninguno de 2.0TD, 3.0TD"),
        ({"tariff": ""}, "tariff", "está vacío: escriba uno de 2.0TD"),
        ({"territory": "canarias"}, "territory", "no depende de ello"),
        ({"period": "4"}, "period", "«4» no es ninguno de 1, 2, 3"),
        ({"period": ""}, "period", "está vacío: escriba uno de 1, 2, 3"),
        ({"value": ""}, "value", "está vacío"),
        ({"value": "1.234.567"}, "value", "no es un número: escríbalo como 0,123456"),
        ({"value": "34.2 €"}, "value", "no es un número"),
        ({"unit": "€/MWh"}, "unit", "«€/MWh» no es ninguno de €/kWh"),
        ({"valid_from": ""}, "valid_from", "está vacío"),
        ({"valid_from": "2027-02-30"}, "valid_from", "no es una fecha"),
        ({"valid_to": "2027-01-01"}, "valid_to", "no es posterior al día en que empieza"),
        ({"valid_to": ""}, "known_until", "está vacío"),
        ({"known_until": "2028-01-02"}, "known_until", "es posterior al día en que termina"),
        ({"source": ""}, "source", "está vacío"),
    ],
)
def test_a_fault_is_told_by_its_line_and_nothing_is_imported(
    wrong: dict[str, str], column: str, words: str
) -> None:
    found = faults(line(), line(**{"period": "2", **wrong}))

    assert found[0].startswith(f"línea 3: {column}: ")
    assert words in found[0]


def test_every_line_with_a_fault_is_told() -> None:
    found = faults(line(value="x"), line(), line(source="", tariff="x"))

    assert [each.split(": ")[:2] for each in found] == [
        ["línea 2", "value"],
        ["línea 4", "tariff"],
        ["línea 4", "source"],
    ]


def test_a_price_stands_once_in_a_file_and_once_on_a_day() -> None:
    twice = faults(line(), line(value="1"))
    overlapping = faults(line(), line(valid_from="2027-06-01"))

    assert twice == ["línea 3: la línea 2 ya dice este precio desde el mismo día."]
    assert overlapping == [
        "línea 3: sus días se solapan con los del precio que empieza el 1 ene 2027."
    ]


def test_a_price_that_reaches_into_a_stored_one_is_refused() -> None:
    importing.carry_out(file(line()))

    with pytest.raises(FaultyPrices, match="línea 2: sus días se solapan .* el 1 ene 2027"):
        importing.carry_out(file(line(valid_from="2026-06-01", valid_to="2027-01-02")))

    assert RegulatedPrice.objects.count() == 1


def test_a_file_without_the_headings_is_told_them() -> None:
    with pytest.raises(Unreadable, match=r"encabezados: kind, variant, .*, source"):
        importing.plan(b"kind,value\nenergy_toll,1\n")


def test_a_file_of_spain_and_a_workbook_are_read_alike() -> None:
    spanish = file(line(value="0,000077", valid_from="01/01/2027")).replace(b",", b";")
    spanish = spanish.replace(b"0;000077", b"0,000077")
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"default_date_format": "yyyy-mm-dd"}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["note", *COLUMNS])
        cells = ["energy_toll", "", "2.0TD", "", 1, 0.000077, "€/kWh"]
        sheet.write_row(
            1, 0, ["mine", *cells, date(2027, 1, 1), date(2028, 1, 1), "", "BOE-A-2026-1"]
        )

    importing.carry_out(spanish)
    plan = importing.carry_out(made.getvalue())

    assert plan.count() == {"same": 1}
    assert RegulatedPrice.objects.get().value == Decimal("0.000077")


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"valid_from": date(2027, 6, 1)}, "one_price_on_a_day"),
        ({"kind": "peaje"}, "a_price_is_of_a_known_kind"),
        ({"period": 7}, "a_price_is_of_at_most_six_periods"),
        ({"period": 2, "valid_to": date(2027, 1, 1)}, "a_price_ends_after_it_begins"),
        ({"period": 2, "known_until": date(2029, 1, 1)}, "a_price_is_known_while_it_stands"),
        ({"period": 2, "source": ""}, "a_price_has_a_source"),
    ],
)
def test_the_database_refuses_it_too(wrong: dict[str, object], name: str) -> None:
    importing.carry_out(file(line()))
    price = RegulatedPrice.objects.get()
    price.pk = None
    for column, value in wrong.items():
        setattr(price, column, value)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        price.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_leave_one_of_each_price() -> None:
    def import_it() -> dict[str, int]:
        return importing.carry_out(file(line(), tax(value="5"))).count()

    done, refused = together([import_it, import_it])

    assert not refused
    assert sorted(done, key=str) == [{"new": 2}, {"same": 2}]
    assert RegulatedPrice.objects.count() == 2
