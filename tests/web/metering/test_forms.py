from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from tests import make
from tests.readings.gateways import gateway
from tests.readings.stored import seconds
from tests.web.metering.installing import CUPS, OTHER, at, supply, used
from vatio.accounts.models import Account
from vatio.metering import checking, installing, retiring
from vatio.metering.models import (
    DataSource,
    Measurement,
    Meter,
    MeterChange,
    RtcLine,
    Site,
    SupplyContract,
    SupplyPoint,
)
from vatio.readings.curves import curve

pytestmark = pytest.mark.django_db

SUPPLY, METERS = "supply-points/new/", "meters/new/"


def test_a_site_is_added_inside_another_and_has_its_time_zone(
    signed: Client, hotel: Account
) -> None:
    signed.post(at(hotel, "sites/new/"), {"name": "Tenerife", "time_zone": "Atlantic/Canary"})
    island = Site.objects.get()

    answer = signed.post(
        at(hotel, "sites/new/"),
        {"name": " Planta  1 ", "parent": str(island.uid), "floor_area": "1.250,5"},
    )

    assert answer["Location"] == at(hotel, "")
    floor = Site.objects.get(parent=island)
    assert (floor.name, floor.floor_area) == ("Planta 1", Decimal("1250.50"))
    assert floor.time_zone == "Atlantic/Canary"


def test_a_site_is_changed_and_keeps_what_the_form_does_not_show(
    signed: Client, hotel: Account
) -> None:
    signed.post(at(hotel, "sites/new/"), {"name": "Nave", "floor_area": "80"})
    site = Site.objects.get()
    Site.objects.update(local_holidays=[date(2026, 9, 8)])
    page = at(hotel, f"sites/{site.uid}/")
    assert 'value="80"' in signed.get(page).text

    signed.post(page, {"name": "Nave 2", "floor_area": "80,5"})

    site.refresh_from_db()
    assert (site.name, site.floor_area) == ("Nave 2", Decimal("80.50"))
    assert site.local_holidays == [date(2026, 9, 8)]


def test_a_site_is_not_offered_as_inside_itself_or_its_parts(
    signed: Client, hotel: Account
) -> None:
    signed.post(at(hotel, "sites/new/"), {"name": "Nave"})
    nave = Site.objects.get()
    signed.post(at(hotel, "sites/new/"), {"name": "Planta", "parent": str(nave.uid)})
    part = Site.objects.get(name="Planta")
    page = at(hotel, f"sites/{nave.uid}/")

    answer = signed.post(page, {"name": "Nave", "parent": str(part.uid)})

    assert answer.status_code == 422
    assert f'value="{part.uid}"' not in signed.get(page).text
    assert "Nave / Planta" in signed.get(at(hotel, METERS)).text


def test_a_site_is_removed_once_asked_and_never_with_something_in_it(
    signed: Client, hotel: Account
) -> None:
    signed.post(at(hotel, "sites/new/"), {"name": "Nave"})
    site = Site.objects.get()
    page = at(hotel, f"sites/{site.uid}/remove/")

    assert signed.post(page).status_code == 200
    signed.post(at(hotel, METERS), {"name": "General", "site": str(site.uid)})
    used_one = signed.post(page, {"sure": "yes"})
    Meter.objects.update(site=None)
    signed.post(page, {"sure": "yes"})

    assert used_one.status_code == 409
    assert "Hay algo en este emplazamiento" in used_one.text
    assert not Site.objects.exists()


def test_a_supply_point_comes_with_its_first_contract(signed: Client, hotel: Account) -> None:
    powers = {f"power_{each}": f"{10 + each},5" for each in range(1, 7)}

    answer = signed.post(
        at(hotel, SUPPLY),
        supply(
            cups=f" {CUPS[:6]} {CUPS[6:].lower()}-1P ",
            retailer="Energía XXI",
            tariff="3.0TD",
            since="2026-05-03",
            policy="P-1",
            **powers,
        ),
    )

    point = SupplyPoint.objects.get()
    assert answer["Location"] == at(hotel, f"supply-points/{point.uid}/")
    assert (point.cups, point.cups_suffix, point.policy) == (CUPS, "1P", "P-1")
    contract = point.contracts.get()
    assert (contract.retailer, contract.tariff, contract.since) == (
        "Energía XXI",
        "3.0TD",
        date(2026, 5, 3),
    )
    assert contract.powers[0] == Decimal("11.5")
    assert len(contract.powers) == 6
    assert used(hotel) == {"supply_points": 1}
    shown = signed.get(answer["Location"]).text
    assert "Energía XXI" in shown
    assert "11,5 / 12,5" in shown
    assert "Falta el contador principal" in shown


def test_water_is_known_by_its_supplier_and_policy(signed: Client, hotel: Account) -> None:
    signed.post(
        at(hotel, SUPPLY),
        {
            "name": "Agua",
            "energy": "water",
            "territory": "peninsula",
            "retailer": "Viaqua",
            "policy": "A-9",
        },
    )

    point = SupplyPoint.objects.get()
    assert (point.supplier, point.policy, point.manages_bills) == ("Viaqua", "A-9", False)
    assert point.territory == ""
    assert used(hotel) == {}
    assert not SupplyContract.objects.exists()


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"name": " \u200b "}, "Nombre"),
        ({"cups": "ES0021000000000001AA"}, "no es un CUPS"),
        ({"territory": ""}, "Diga en qué territorio"),
        ({"power_1": "12"}, "Diga desde qué día"),
        ({"power_2": "12", "since": "2026-05-03"}, "sin saltarse ninguna"),
        ({"power_1": "15.001", "since": "2026-05-03"}, "puede ser 15001 o 15,001"),
        ({"power_1": "-3", "since": "2026-05-03"}, "Escriba un número"),
        ({"since": "2026-02-30"}, "Escriba un día"),
        ({"site": "6f2c9a5e-6f0c-4c0f-9d46-0d8d9a4f3f10"}, "No hay ningún"),
        (
            {"tariff": "3.0TD", "power_1": "20", "power_2": "10", "since": "2026-05-03"},
            "no pueden bajar",
        ),
    ],
)
def test_what_a_supply_point_cannot_be_is_said_beside_its_field(
    written: dict[str, object], words: str, signed: Client, hotel: Account
) -> None:
    answer = signed.post(at(hotel, SUPPLY), {**supply(policy="recordada"), **written})

    assert answer.status_code == 422
    assert words in answer.text
    assert "recordada" in answer.text
    assert not SupplyPoint.objects.exists()
    assert used(hotel) == {}


def test_the_same_form_twice_makes_one_supply_point(signed: Client, hotel: Account) -> None:
    signed.post(at(hotel, SUPPLY), supply(cups=CUPS))

    again = signed.post(at(hotel, SUPPLY), supply(cups=CUPS))

    assert again.status_code == 422
    assert SupplyPoint.objects.count() == 1
    assert used(hotel) == {"supply_points": 1}


def test_managing_the_bills_or_not_takes_and_gives_back_a_cups(
    signed: Client, hotel: Account
) -> None:
    point = make.supply_point(hotel, "Acometida", cups=CUPS)
    page = at(hotel, f"supply-points/{point.uid}/change/")
    assert CUPS in signed.get(page).text

    signed.post(page, {**supply(cups=OTHER), "manages_bills": ""})

    point.refresh_from_db()
    assert (point.cups, point.manages_bills) == (OTHER, False)
    assert used(hotel) == {}


def test_a_further_contract_ends_the_one_before(signed: Client, hotel: Account) -> None:
    point = make.supply_point(hotel)
    page = at(hotel, f"supply-points/{point.uid}/contracts/new/")

    signed.post(page, {"retailer": "Uno", "since": "2026-01-01"})
    signed.post(page, {"retailer": "Dos", "since": "2026-07-01"})
    overlapping = signed.post(page, {"retailer": "Tres", "since": "2026-03-01"})

    contracts = point.contracts.order_by("since")
    assert [(each.retailer, each.until) for each in contracts] == [
        ("Uno", date(2026, 7, 1)),
        ("Dos", None),
    ]
    assert overlapping.status_code == 422


def test_a_meter_measures_its_supply_point_from_a_day_on(signed: Client, hotel: Account) -> None:
    point = make.supply_point(hotel)
    new = at(hotel, f"{METERS}?supply_point={point.uid}")
    assert f'value="{point.uid}" selected' in signed.get(new).text

    signed.post(
        new,
        {
            "name": "General",
            "serial": "A-1",
            "supply_point": str(point.uid),
            "role": "principal",
            "since": "2024-02-29",
        },
    )

    meter = Meter.objects.get()
    measured = meter.measurements.get()
    assert (measured.supply_point, measured.role) == (point, "principal")
    assert (measured.since, meter.measured_from) == (date(2024, 2, 29), date(2024, 2, 29))
    assert used(hotel) == {"meters": 1, "supply_points": 1}
    second = signed.post(new, {"name": "Otro", "supply_point": str(point.uid), "role": "principal"})
    assert second.status_code == 422
    assert Meter.objects.count() == 1


def test_a_meter_goes_on_to_measure_another_supply_point(signed: Client, hotel: Account) -> None:
    first, second, meter = make.supply_point(hotel), make.supply_point(hotel), make.meter(hotel)
    page = at(hotel, f"meters/{meter.uid}/change/")
    form = {"name": "General", "role": "principal"}

    signed.post(page, {**form, "supply_point": str(first.uid), "since": "2026-01-01"})
    early = signed.post(page, {**form, "supply_point": str(second.uid), "since": "2025-01-01"})
    signed.post(page, {**form, "supply_point": str(second.uid), "since": "2026-06-01"})
    signed.post(page, {**form, "supply_point": str(second.uid), "since": "2026-07-01"})

    assert early.status_code == 422
    rows = Measurement.objects.order_by("id").values_list("supply_point", "since", "until")
    assert list(rows) == [
        (first.pk, date(2026, 1, 1), date(2026, 6, 1)),
        (second.pk, date(2026, 7, 1), None),
    ]


def test_a_meter_keeps_measuring_a_supply_point_that_is_retired(
    signed: Client, hotel: Account
) -> None:
    point, meter = make.supply_point(hotel), make.meter(hotel)
    page = at(hotel, f"meters/{meter.uid}/change/")
    form = {"name": "General", "role": "principal", "supply_point": str(point.uid)}
    signed.post(page, form)
    retiring.retire(point, by=make.commercial(), at=make.NOON)
    assert f'value="{point.uid}" selected' in signed.get(page).text

    signed.post(page, {**form, "name": "Otro nombre"})

    assert Measurement.objects.get().supply_point == point
    assert Meter.objects.get().name == "Otro nombre"


def test_a_meter_measures_nothing_more_from_a_day_on_or_never_did(
    signed: Client, hotel: Account
) -> None:
    point, meter = make.supply_point(hotel), make.meter(hotel)
    page = at(hotel, f"meters/{meter.uid}/change/")
    form = {"name": "General", "role": "principal", "since": "2026-01-01"}
    signed.post(page, {**form, "supply_point": str(point.uid)})

    signed.post(page, {**form, "since": "2026-06-01"})
    assert Measurement.objects.get().until == date(2026, 6, 1)
    Measurement.objects.update(until=None)
    signed.post(page, form)

    assert not Measurement.objects.exists()


def test_the_device_of_a_meter_is_changed_without_moving_what_is_used(
    signed: Client, hotel: Account
) -> None:
    meter = make.meter(hotel, serial="A-1")
    page = at(hotel, f"meters/{meter.uid}/device/")
    form = {"day": "2026-03-29", "serial": "B-2", "last_register": "1.234,5", "first_register": "0"}

    signed.post(page, form)
    twice = signed.post(page, form)

    change = MeterChange.objects.get()
    assert (change.old_serial, change.new_serial) == ("A-1", "B-2")
    assert (change.last_register, change.first_register) == (Decimal("1234.5"), Decimal(0))
    assert twice.status_code == 422
    assert used(hotel) == {"meters": 1}
    assert "1234,5 → 0" in signed.get(at(hotel, f"meters/{meter.uid}/")).text


def test_readings_that_came_before_the_change_was_recorded_are_counted_anew(
    signed: Client, hotel: Account
) -> None:
    own = gateway(quantity=402, of=hotel)
    midnight = int(seconds("2026-10-19T22:00"))
    states = [*range(100, 103), *range(2, 24)]
    own.insert([(0, midnight + hour * 3600, float(v)) for hour, v in enumerate(states)])
    form = {"day": "2026-10-20", "serial": "B-2", "last_register": "102,4", "first_register": "1"}

    signed.post(at(hotel, f"meters/{own.meters[0].uid}/device/"), form)

    day = date(2026, 10, 20)
    (found,) = curve(own.intervals(), day, day + timedelta(days=1))
    assert found.values == [1000, 1000, 1400] + [1000] * 21


def test_another_resolution_of_a_quantity_is_no_other_data_point(
    signed: Client, hotel: Account
) -> None:
    meter = make.meter(hotel)
    form = {"meter": str(meter.uid), "quantity": "402"}

    signed.post(at(hotel, "data-points/new/"), {**form, "minutes": "15"})
    signed.post(at(hotel, "data-points/new/"), {**form, "minutes": "60"})
    again = signed.post(at(hotel, "data-points/new/"), {**form, "minutes": "60"})

    assert used(hotel) == {"meters": 1, "data_points": 1}
    assert again.status_code == 422
    assert "Un cuarto de hora, Una hora" in signed.get(at(hotel, f"meters/{meter.uid}/")).text


def test_an_rtc_line_takes_a_line_and_no_meter(signed: Client, hotel: Account) -> None:
    point, meter = make.supply_point(hotel, manages_bills=False), make.meter(hotel)

    signed.post(at(hotel, "lines/new/"), {"supply_point": str(point.uid), "meter": str(meter.uid)})

    assert RtcLine.objects.get().meter == meter
    assert used(hotel) == {"rtc_lines": 1}
    assert checking.recount() == []


def test_a_source_is_added_once(signed: Client, hotel: Account) -> None:
    form = {"name": "Pasarela", "kind": "insertion"}

    signed.post(at(hotel, "sources/new/"), form)
    again = signed.post(at(hotel, "sources/new/"), {**form, "name": "PASARELA"})

    assert DataSource.objects.get().kind == "insertion"
    assert again.status_code == 422


def test_what_is_retired_here_is_offered_or_insisted_upon(signed: Client, hotel: Account) -> None:
    old = make.supply_point(hotel, "La de antes", cups=CUPS)
    retiring.retire(old, by=make.commercial(), at=make.NOON)

    offered = signed.post(at(hotel, SUPPLY), supply(cups=CUPS))
    signed.post(at(hotel, SUPPLY), supply(cups=CUPS, insist="yes"))

    assert offered.status_code == 422
    assert "«La de antes» está retirado aquí" in offered.text
    assert "Añadir otro igual" in offered.text
    assert at(hotel, f"supply-points/{old.uid}/return/") in offered.text
    assert SupplyPoint.objects.in_service().get().name == "Acometida"


def test_of_very_many_things_one_is_chosen_by_what_it_is_called(
    signed: Client, hotel: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vatio.web.metering.choosing.MOST", 1)
    make.supply_point(hotel, "Acometida norte", cups=CUPS)
    south = make.supply_point(hotel, "Acometida sur", cups=OTHER)

    several = signed.post(at(hotel, METERS), {"name": "General", "supply_point": "acometida"})
    signed.post(
        at(hotel, METERS), {"name": "General", "supply_point": OTHER.lower(), "role": "principal"}
    )

    assert several.status_code == 422
    assert "Acometida norte" in several.text
    assert Measurement.objects.get().supply_point == south


def test_a_data_point_of_a_gateway_says_that_a_called_meter_takes_a_meter(
    signed: Client, hotel: Account
) -> None:
    by = make.commercial()
    meter = make.meter(hotel)
    installing.add_rtc_line(make.supply_point(hotel), meter, by=by, at=make.NOON)
    installing.add_source(hotel, name="Pasarela", kind="insertion", by=by, at=make.NOON)

    page = signed.get(at(hotel, "data-points/new/")).text

    assert "Toma 1 medidor: quedan 3 de 3." in page
