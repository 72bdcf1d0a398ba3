from datetime import date
from typing import Any

import pytest

from tests import make
from tests.metering.calculated import calculated, plus, point
from tests.metering.inventory.workbooks import CUPS, HOTEL, exported, opened, put, written
from vatio.accounts.models import Account
from vatio.entitlements.question import entitlement
from vatio.history.models import Act
from vatio.metering import checking, retiring
from vatio.metering.inventory import reading, writing
from vatio.metering.inventory.planning import InventoryPlan, plan
from vatio.metering.inventory.reading import FaultyInventory
from vatio.metering.models import (
    Allocation,
    DataPoint,
    Meter,
    Series,
    Site,
    SupplyContract,
    SupplyPoint,
)
from vatio.spreadsheets.tables import Unreadable
from vatio.units import Unit

pytestmark = pytest.mark.django_db


def hotel(**quantities: int) -> Account:
    return make.account(
        version=make.licence(
            "Todo", **{"meters": 50, "supply_points": 50, "rtc_lines": 5, **quantities}
        )
    )


def imported(account: Account, content: bytes) -> InventoryPlan:
    return writing.carry_out(
        account,
        reading.read(content),
        file_name="hotel.xlsx",
        by=make.commercial(),
        at=make.NOON,
    )


def faults(account: Account, sheets: dict[str, list[list[Any]]]) -> list[str]:
    with pytest.raises(FaultyInventory) as refused:
        imported(account, written(sheets))
    return [str(fault) for fault in refused.value.faults]


def used(account: Account) -> dict[str, int]:
    rooms = entitlement(account, at=make.NOON).rooms
    return {unit.value: rooms[unit].used for unit in Unit if rooms[unit].used}


def test_a_workbook_becomes_what_is_installed_and_is_counted() -> None:
    account = hotel()

    done = imported(account, written(HOTEL))

    assert (done.count("added"), done.unchanged) == (14, 0)
    assert used(account) == {"meters": 2, "supply_points": 1, "data_points": 2, "rtc_lines": 1}
    assert checking.recount() == []
    floor = Site.objects.get(name="Planta 1")
    assert floor.parent is not None
    assert (floor.parent.name, floor.parent.local_holidays) == (
        "Hotel",
        [date(2026, 5, 2), date(2026, 8, 15)],
    )
    assert [str(power) for power in SupplyContract.objects.get().powers] == ["5.750", "6.900"]
    assert set(Series.objects.values_list("minutes", "time_zone")) == {
        (15, "Europe/Madrid"),
        (60, "Europe/Madrid"),
    }


def test_what_was_exported_changes_nothing_when_it_is_imported_again() -> None:
    account = hotel()
    imported(account, written(HOTEL))
    before = (Act.objects.count(), Allocation.objects.count())

    done = imported(account, exported(account))

    assert (done.changes, done.notes) == ([], [])
    assert done.unchanged == 14
    assert (Act.objects.count(), Allocation.objects.count()) == before


def test_one_cell_that_was_changed_is_one_change() -> None:
    account = hotel()
    imported(account, written(HOTEL))
    sheets = opened(exported(account))
    put(sheets, "Medidores", 3, "Marca", "Circutor")

    done = imported(account, written(sheets))

    assert [(each.kind, each.line, each.what) for each in done.changes] == [
        ("meters", 3, "changed")
    ]
    assert Meter.objects.get(name="Contador de agua").make == "Circutor"


def test_a_cups_is_corrected_by_the_identifier_of_its_row() -> None:
    account = hotel()
    imported(account, written(HOTEL))
    sheets = opened(exported(account))
    put(sheets, "Suministros", 2, "CUPS", CUPS[1])

    done = imported(account, written(sheets))

    assert [each.what for each in done.changes] == ["changed"]
    assert SupplyPoint.objects.filter(cups=CUPS[1]).count() == 1
    assert used(account)["supply_points"] == 1


def test_things_of_one_name_and_without_a_number_go_out_and_in_again() -> None:
    account = hotel()
    for _each in range(2):
        make.meter(account, "Contador")
    retiring.retire(Meter.objects.latest("id"), by=make.commercial(), at=make.NOON)
    make.meter(account, "Contador")

    assert imported(account, exported(account)).changes == []


@pytest.mark.parametrize("name", ["A / B", "/", "a /", "// c", "Bloque A/B"])
def test_a_slash_in_a_name_is_kept(name: str) -> None:
    account = hotel()
    outer = Site.objects.create(
        account=account,
        organisation=account.organisation,
        name=name,
        time_zone="Europe/Madrid",
        created_at=make.NOON,
    )
    Site.objects.create(
        account=account,
        organisation=account.organisation,
        parent=outer,
        name=name,
        time_zone="Europe/Madrid",
        created_at=make.NOON,
    )

    assert imported(account, exported(account)).changes == []


def test_a_text_like_a_formula_is_taken_of_our_own_export_alone() -> None:
    account = hotel()
    make.meter(account, "=1+1")

    assert imported(account, exported(account)).changes == []
    assert faults(account, {"Medidores": [["Nombre"], ["@SUMA(A1)"]]}) == [
        "Medidores, línea 2: Nombre: «@SUMA(A1)» empieza como una fórmula: no se admite."
    ]


def test_beyond_the_limit_the_file_is_refused_whole_saying_how_many_fit() -> None:
    account = hotel(meters=3)
    make.meter(account)
    rows: list[list[Any]] = [["Nombre"], *([f"Contador {each}"] for each in range(5))]

    assert faults(account, {"Medidores": rows}) == [
        "Límite de medidores: 1 de 3. El fichero añade 5: caben 2."
    ]
    assert (Meter.objects.count(), used(account)) == (1, {"meters": 1})


def test_what_is_retired_makes_room_for_what_is_added_in_the_same_file() -> None:
    account = hotel(meters=1)
    make.meter(account, "Viejo", serial="V")
    sheet = [["Nombre", "Número de serie", "Servicio"], ["Viejo", "V", "Retirado"], ["N", "N", ""]]

    done = imported(account, written({"Medidores": sheet}))

    assert sorted(each.what for each in done.changes) == ["added", "retired"]
    assert used(account) == {"meters": 1}
    assert checking.recount() == []


def test_what_is_retired_comes_back_only_if_the_row_says_so() -> None:
    account = hotel()
    meter = make.meter(account, "Contador", serial="S-1")
    retiring.retire(meter, by=make.commercial(), at=make.NOON)

    silent = faults(account, {"Medidores": [["Nombre", "Número de serie"], ["Contador", "S-1"]]})
    sheet = [["Nombre", "Número de serie", "Servicio"], ["Contador", "S-1", "En servicio"]]
    done = imported(account, written({"Medidores": sheet}))

    assert silent == [
        "Medidores, línea 2: Servicio: está retirado aquí: escriba «En servicio» para volver a"
        " ponerlo en servicio, o «Retirado»."
    ]
    assert [each.what for each in done.changes] == ["returned"]
    assert (Meter.objects.count(), used(account)) == (1, {"meters": 1})


def test_a_retired_meter_takes_its_points_and_its_line_along() -> None:
    account = hotel()
    imported(account, written(HOTEL))
    sheets = opened(exported(account))
    put(sheets, "Medidores", 2, "Servicio", "Retirado")

    imported(account, written(sheets))

    assert used(account) == {"meters": 1, "supply_points": 1, "data_points": 1}
    assert DataPoint.objects.filter(service="retired").count() == 1
    assert checking.recount() == []


def test_each_fault_is_told_beside_its_cell_and_nothing_is_written() -> None:
    account = hotel()
    sheets: dict[str, list[list[Any]]] = {
        "Emplazamientos": [["Emplazamiento"], ["Hotel / Planta"], ["a / / b"]],
        "Suministros": [
            ["Nombre", "Energía", "CUPS", "Territorio"],
            ["General", "Luz", "ES1", "Península"],
            ["Sin territorio", "Electricidad", "", ""],
        ],
        "Medidores": [["Nombre", "Número de serie"], ["Uno", "S"], ["Dos", "S"], ["", "T"]],
        "Puntos de datos": [
            ["Medidor", "Magnitud", "Resolución (minutos)"],
            ["X", 7, "7"],
            ["X", 402, "9" * 5000],
        ],
    }

    told = faults(account, sheets)

    assert [each.split(": ")[:2] for each in told] == [
        ["Emplazamientos, línea 2", "Emplazamiento"],
        ["Emplazamientos, línea 3", "Emplazamiento"],
        ["Suministros, línea 2", "Energía"],
        ["Suministros, línea 2", "CUPS"],
        ["Suministros, línea 3", "Territorio"],
        ["Medidores, línea 3", "Número de serie"],
        ["Medidores, línea 4", "Nombre"],
        ["Puntos de datos, línea 2", "Magnitud"],
        ["Puntos de datos, línea 2", "Resolución (minutos)"],
        ["Puntos de datos, línea 3", "Resolución (minutos)"],
        ["Puntos de datos, línea 3", "Medidor"],
    ]
    assert (Site.objects.count(), SupplyPoint.objects.count(), Meter.objects.count()) == (0, 0, 0)


def test_two_principals_of_a_day_are_a_fault() -> None:
    account = hotel()
    imported(account, written(HOTEL))
    sheet = [["Medidor", "Suministro", "Papel", "Desde"]]
    sheet.append(["Contador de agua", CUPS[0], "Principal", "01/06/2026"])

    assert faults(account, {"Mediciones": sheet}) == [
        "Mediciones, línea 2: Papel: Otro contador principal mide este suministro en esos días."
    ]


def test_a_contract_ends_where_the_next_begins_however_often_it_is_imported() -> None:
    account = hotel()
    imported(account, written(HOTEL))
    sheet = [["Suministro", "Desde", "Comercializadora"], [CUPS[0], "01/07/2026", "Otra"]]

    done = imported(account, written({"Contratos": sheet}))
    again = imported(account, written({"Contratos": sheet}))

    assert sorted(each.what for each in done.changes) == ["added", "changed"]
    assert again.changes == []
    first = SupplyContract.objects.order_by("since").first()
    assert first is not None
    assert first.until == date(2026, 7, 1)


def test_what_is_not_in_the_file_stays_and_is_told() -> None:
    account = hotel()
    make.meter(account, "Uno", serial="1")
    make.meter(account, "Dos", serial="2")

    done = imported(account, written({"Medidores": [["Nombre", "Número de serie"], ["Uno", "1"]]}))

    assert done.notes == ["Medidores: 1 no está en el fichero, y se queda como está."]
    assert Meter.objects.in_service().count() == 2


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"a;b\n1;2\n", b"%PDF-1.4"])
def test_what_is_no_inventory_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Unreadable):
        reading.read(content)


def test_an_identifier_of_another_account_means_nothing_here() -> None:
    account, other = hotel(), make.account("Otra")
    theirs = make.meter(other, "Ajeno", serial="9")
    sheet = [["Nombre", "Número de serie", "Identificador"], ["Mío", "9", str(theirs.uid)]]

    imported(account, written({"Medidores": sheet}))

    theirs.refresh_from_db()
    assert (theirs.name, theirs.account_id) == ("Ajeno", other.pk)
    assert account.meters.get().name == "Mío"


def test_an_account_that_has_expired_takes_nothing() -> None:
    account = hotel()

    found = plan(account, reading.read(written(HOTEL)), at=make.noon(date(2027, 5, 20)))

    assert [str(fault) for fault in found.faults] == [
        "Esta cuenta caducó el 3 may 2027: no se puede añadir nada hasta que se renueve."
    ]


def test_a_meter_that_is_added_up_with_others_stays_in_their_time_zone() -> None:
    account = hotel()
    here, there, alone = (point(account) for _each in range(3))
    calculated(account, [plus(here), plus(there)])
    calculated(account, [plus(alone)], name="Solo")
    sheets = {
        "Emplazamientos": [["Emplazamiento", "Zona horaria"], ["Tenerife", "Atlantic/Canary"]],
        "Medidores": [
            ["Identificador", "Nombre", "Emplazamiento"],
            *([str(each.meter.uid), each.meter.name, "Tenerife"] for each in (there, alone)),
        ],
    }

    told = faults(account, sheets)

    assert len(told) == 1
    assert "una serie calculada lo suma con medidores de otra zona horaria." in told[0]
