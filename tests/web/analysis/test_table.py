import csv
from datetime import date

import pytest
from django.test import Client

from tests import make
from tests.consumption.kept import MEASURED, keep, whole
from tests.metering.calculated import calculated, plus
from tests.readings.stored import series
from tests.web.analysis.looked import (
    DOUBTFUL,
    ESTIMATED,
    ONE_DAY,
    TEMPERATURE,
    TODAY,
    WEEK,
    address,
    begins,
    data,
    look,
    measured,
    rows_of,
    supplied,
)
from vatio.accounts.models import Account
from vatio.metering import sites
from vatio.metering.models import DataPoint, Measurement, Meter, Series
from vatio.readings import series as all_series

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("october")]


def test_the_table_says_what_was_consumed_on_each_day(client: Client, hotel: Account) -> None:
    measured(hotel)

    rows = rows_of(look(client, hotel, "?from=2026-10-23&to=2026-10-25"))

    assert rows == [
        ["Hora", "Consumo, kWh", "Qué falta"],
        *rows[1:-1],
        ["En total", "73,0", ""],
    ]
    assert len(rows) == 24 + 24 + 25 + 2
    assert rows[49][0] == "dom 25 oct 2026, 00:00"
    assert [rows[51][0], rows[52][0]] == [
        "dom 25 oct 2026, 02:00 (CEST)",
        "dom 25 oct 2026, 02:00 (CET)",
    ]


def test_days_say_how_long_they_are_and_what_they_lack(client: Client, hotel: Account) -> None:
    key = measured(hotel)
    keep(key, date(2026, 10, 21), [1_000.0] * 20 + [None] * 4)
    keep(key, date(2026, 10, 22), [1_000.0] * 24, [ESTIMATED] * 6 + [MEASURED] * 18)
    keep(key, date(2026, 10, 23), [3_000.0] + [1_000.0] * 23, [DOUBTFUL] + [MEASURED] * 23)

    rows = rows_of(look(client, hotel, WEEK))

    assert [row[0] for row in rows[1:-1]] == [
        "lun 19 oct 2026",
        "mar 20 oct 2026",
        "mié 21 oct 2026",
        "jue 22 oct 2026",
        "vie 23 oct 2026",
        "sáb 24 oct 2026",
        "dom 25 oct 2026",
    ]
    assert [row[1] for row in rows[1:]] == [
        "24,0", "24,0", "20,0", "24,0", "26,0", "24,0", "25,0", "167,0",
    ]  # fmt: skip
    assert [row[-1] for row in rows[1:]] == [
        "",
        "",
        "sin datos: 4 h",
        "estimado: 6 h",
        "dudoso: 1 h",
        "",
        "día de 25 horas: cambio de hora",
        "",
    ]


def test_a_day_that_goes_on_is_not_said_to_lack_what_is_to_come(
    client: Client, hotel: Account
) -> None:
    key = measured(hotel)
    keep(key, TODAY, [1_000.0] * 10 + [None] * 14)

    rows = rows_of(look(client, hotel, "?from=2026-10-25&to=2026-10-31"))

    assert rows[4][1:] == ["10,0", "1,0", "00:00", ""]
    assert rows[5][1:] == ["–", "–", "", "por venir"]


def test_a_comparison_leaves_out_on_both_sides_what_one_lacks(
    client: Client, hotel: Account
) -> None:
    key = measured(hotel, days=21)
    keep(key, date(2026, 10, 14), [500.0] * 12 + [None] * 12)

    page = look(client, hotel, "?from=2026-10-20&to=2026-10-24&versus=previous")
    rows = rows_of(page)

    assert rows[0][2:4] == ["El periodo anterior, kWh", "Diferencia"]
    assert "El periodo anterior" in page
    assert [row[1] for row in rows[1:]] == ["24,0"] * 5 + ["120,0"]


def test_a_long_table_has_pages(client: Client, hotel: Account) -> None:
    measured(hotel, days=6)

    query = "?from=2026-10-23&to=2026-10-27&by=hour"
    first = look(client, hotel, query)
    second = look(client, hotel, query + "&row=100")
    beyond = look(client, hotel, query + "&row=5000")

    assert len(rows_of(first)) == 100 + 2
    assert len(rows_of(second)) == 21 + 2
    assert rows_of(beyond) == rows_of(second)
    assert rows_of(first)[-1] == rows_of(second)[-1] == ["En total", "121,0", ""]
    assert "row=100" in first
    assert "by=hour" in first[first.index('class="pager"') :]


def test_several_things_stand_side_by_side(client: Client, hotel: Account) -> None:
    keys = [measured(hotel, f"Planta {number}", each=number * 100.0) for number in range(1, 10)]
    uids = [DataPoint.objects.get(pk=each.data_point_id).uid for each in keys]
    what = "&".join(f"what=point:{uid}" for uid in uids)

    page = look(client, hotel, f"{WEEK}&{what}")

    rows = rows_of(page)
    assert len(rows[0]) == 1 + 8 + 1
    assert rows[1][1:9] == ["2,4", "4,8", "7,2", "9,6", "12,0", "14,4", "16,8", "19,2"]
    assert "y 7 más" in page
    assert "Junto con" not in page


def test_states_are_means_and_are_never_added_up(client: Client, hotel: Account) -> None:
    key = measured(hotel, "Sonda", quantity=TEMPERATURE, each=20.0)
    uid = DataPoint.objects.get(pk=key.data_point_id).uid

    page = look(client, hotel, f"{WEEK}&what=point:{uid}")
    rows = rows_of(page)

    assert page.count("<dt>Media</dt>") == 1
    assert "Base nocturna" not in page
    assert "Potencia m" not in page
    assert rows[0][1].startswith("Media, ")
    assert rows[1][1] == "20,0"
    assert rows[-1][:2] == ["Media", "20,0"]


def test_a_calculated_series_is_looked_at_like_a_meter(client: Client, hotel: Account) -> None:
    keys = [measured(hotel, "Uno", days=8), measured(hotel, "Dos", days=8)]
    points = [DataPoint.objects.get(pk=each.data_point_id) for each in keys]
    made = calculated(
        hotel, [plus(each) for each in points], name="Los dos", since=date(2026, 1, 1)
    )

    page = look(client, hotel, f"{WEEK}&what=calculated:{made.uid}")

    assert "<p>Los dos" in page
    assert rows_of(page)[2][1] == "48,0"


def test_parts_by_tariff_period_add_up_to_the_total(client: Client, hotel: Account) -> None:
    point = supplied(hotel, "Acometida")

    rows = rows_of(look(client, hotel, f"{WEEK}&what=supply:{point.uid}&as=periods"))

    names = [heading.removesuffix(", kWh") for heading in rows[0]]
    total = names.index("Total")
    for row in rows[1:]:
        parts = [float(cell.replace(",", ".")) for cell in row[1:total] if cell != "–"]
        assert sum(parts) == pytest.approx(float(row[total].replace(",", ".")), abs=0.11)
    assert names[1:total] == ["P4", "P5", "P6"]


def test_parts_by_site_are_named(client: Client, hotel: Account) -> None:
    site = sites.add_site(hotel, sites.SiteDetails("Cocina"), by=make.commercial(), at=make.NOON)
    key = measured(hotel, "Horno")
    meter = DataPoint.objects.get(pk=key.data_point_id).meter
    meter.site = site
    meter.save()

    rows = rows_of(look(client, hotel, WEEK + "&as=sites"))

    assert "Cocina, kWh" in rows[0]


def test_a_difference_of_states_is_told_in_their_unit(client: Client, hotel: Account) -> None:
    key = measured(hotel, "Sonda", quantity=TEMPERATURE, each=20.0, days=20)
    whole(key, date(2026, 10, 20), 25.0)
    whole(key, date(2026, 10, 13), -5.0)
    uid = DataPoint.objects.get(pk=key.data_point_id).uid

    page = look(client, hotel, f"{WEEK}&what=point:{uid}&versus=previous&as=bars")
    rows = rows_of(page)

    assert rows[0][1:4] == ["Media, °C", "El periodo anterior, °C", "Diferencia, °C"]
    assert rows[2][1:4] == ["25,0", "−5,0", "+30,0"]
    assert "4,3 °C más que " in page
    assert "Temperatura por días" in page


@pytest.mark.parametrize("where", ["", "download.csv"])
def test_rows_say_without_what_they_are_compared(
    client: Client, hotel: Account, where: str
) -> None:
    key = measured(hotel)
    for number in range(7):
        if number != 2:
            whole(key, date(2025, 10, 20) + number * ONE_DAY, 500.0)
    begins(key, date(2025, 10, 20))
    query = WEEK + "&versus=weekday&by=month"

    if where:
        (_heading, row) = csv.reader(
            client.get(address(hotel, query, where)).content.decode().splitlines(), delimiter=";"
        )
        assert row[-1] == "comparado sin 1 día"
        return
    rows = rows_of(look(client, hotel, query))

    assert rows[1][1:4] == ["169,0", "72,5", "+100,0 %"]
    assert rows[1][-1] == "comparado sin 1 día"


def test_the_last_row_says_without_what_the_whole_is_compared(
    client: Client, hotel: Account
) -> None:
    key = measured(hotel)
    for number in range(7):
        if number != 2:
            whole(key, date(2025, 10, 20) + number * ONE_DAY, 500.0)
    begins(key, date(2025, 10, 20))

    rows = rows_of(look(client, hotel, WEEK + "&versus=weekday&by=day"))

    assert [row[-1] for row in rows[1:-1] if "comparado" in row[-1]] == []
    assert rows[-1][-1] == "comparado sin 1 día"


def test_of_several_things_rows_say_on_how_much_of_them_they_are_compared(
    client: Client, hotel: Account
) -> None:
    supplied(hotel, "Piscina")
    supplied(hotel, "Bar")
    Measurement.objects.filter(account=hotel).update(since=None)
    for each in Series.objects.filter(data_point__account=hotel)[:1]:
        (key,) = all_series.find(hotel.pk, [each.pk]).values()
        for number in range(7):
            whole(key, date(2025, 10, 20) + number * ONE_DAY, 125.0)
        begins(key, date(2025, 10, 20))

    rows = rows_of(look(client, hotel, WEEK + "&versus=weekday&by=day"))

    assert rows[1][3] == "+100,0 %"
    assert {row[-1].split(" · ")[0] for row in rows[1:]} == {
        "comparado sobre el 50 % de ambos lados"
    }


@pytest.mark.parametrize(
    ("zone", "hours", "both"),
    [("Atlantic/Canary", 26, 24), ("America/Cancun", 31, 18), ("Asia/Kolkata", 49, 0)],
)
def test_hours_of_different_time_zones_stand_side_by_side_by_instant(
    client: Client, hotel: Account, zone: str, hours: int, both: int
) -> None:
    here = measured(hotel, "Aquí")
    there = measured(hotel, "Allí", each=2_000.0, time_zone=zone)
    what = "&".join(
        f"what=point:{DataPoint.objects.get(pk=key.data_point_id).uid}" for key in (here, there)
    )
    query = f"?{what}&from=2026-10-25&to=2026-10-25&by=hour"

    seen = look(client, hotel, query)

    rows = rows_of(seen)[1:-1]
    assert "en zonas horarias distintas" in seen
    assert len(rows) == hours
    assert sum(row[1] != "–" and row[2] != "–" for row in rows) == both
    assert rows_of(seen)[-1][1:3] == ["25,0", "50,0" if zone == "Atlantic/Canary" else "48,0"]
    for name in ("download.csv", "download.xlsx"):
        assert client.get(address(hotel, query, name)).status_code == 200


def test_the_instant_of_a_row_is_that_of_all_of_its_things(client: Client, hotel: Account) -> None:
    here = measured(hotel, "Aquí")
    there = measured(hotel, "Allí", time_zone="Atlantic/Canary")
    keep(there, date(2026, 10, 21), [5_000.0] + [1_000.0] * 23)
    what = "&".join(
        f"what=point:{DataPoint.objects.get(pk=key.data_point_id).uid}" for key in (here, there)
    )
    query = f"?{what}&from=2026-10-21&to=2026-10-21&by=hour"

    file = client.get(address(hotel, query, "download.csv")).content.decode("utf-8-sig")

    rows = list(csv.reader(file.splitlines(), delimiter=";"))[1:]
    assert [rows[0][1:4], rows[1][1:4]] == [
        ["2026-10-20T22:00:00Z", "1", ""],
        ["2026-10-20T23:00:00Z", "1", "5"],
    ]


def test_days_of_different_time_zones_stand_side_by_side_by_their_names(
    client: Client, hotel: Account
) -> None:
    here = measured(hotel, "Aquí")
    there = measured(hotel, "Allí", each=2_000.0, time_zone="America/Cancun")
    what = "&".join(
        f"what=point:{DataPoint.objects.get(pk=key.data_point_id).uid}" for key in (here, there)
    )

    rows = rows_of(look(client, hotel, f"?{what}&from=2026-10-24&to=2026-10-25&by=day"))

    assert [row[:3] for row in rows[1:-1]] == [
        ["sáb 24 oct 2026", "24,0", "48,0"],
        ["dom 25 oct 2026", "25,0", "48,0"],
    ]


def test_a_part_that_measured_nothing_is_0_and_one_that_is_not_known_a_dash(
    client: Client, hotel: Account
) -> None:
    zero, some, late = (
        sites.add_site(hotel, sites.SiteDetails(name), by=make.commercial(), at=make.NOON)
        for name in ("Cero", "Algo", "Tarde")
    )
    for place, each, days in ((zero, 0.0, 10), (some, 1_000.0, 10), (late, 1_000.0, 3)):
        key = measured(hotel, f"Contador {place.name}", each=each, days=days)
        Meter.objects.filter(data_points=key.data_point_id).update(site=place)

    rows = rows_of(look(client, hotel, WEEK + "&as=sites&by=day"))

    places = [rows[0].index(f"{name}, kWh") for name in ("Cero", "Algo", "Tarde")]
    assert [rows[1][place] for place in places] == ["0,0", "24,0", "–"]
    assert [rows[-2][place] for place in places] == ["0,0", "25,0", "25,0"]


@pytest.mark.parametrize(("quantity", "period"), [(402, "P6"), (901, "sin tarifa")])
def test_only_active_energy_has_tariff_periods(
    client: Client, hotel: Account, quantity: int, period: str
) -> None:
    point = supplied(hotel, "Bar")
    meter = Meter.objects.get(measurements__supply_point=point)
    if quantity != 402:
        key = series(60, quantity=quantity, meter=meter)
        whole(key, date(2026, 10, 25))
        begins(key, date(2026, 10, 25))
    uid = DataPoint.objects.get(meter=meter, quantity=quantity).uid

    rows = rows_of(
        look(client, hotel, f"?what=point:{uid}&from=2026-10-25&to=2026-10-25&as=periods")
    )

    assert [cell.split(",")[0] for cell in rows[0][1:-1]] == [period, "Total"]


@pytest.mark.parametrize(
    ("by", "unit", "first"),
    [("hour", "kWh", "6.000"), ("day", "kWh", "144.000"), ("month", "MWh", "")],
)
def test_only_months_are_in_a_larger_unit(
    client: Client, hotel: Account, by: str, unit: str, first: str
) -> None:
    measured(hotel, each=6e6)

    rows = rows_of(look(client, hotel, f"?from=2026-01-01&to=2026-10-27&by={by}&row=99999"))
    file = client.get(
        address(hotel, f"?from=2026-10-19&to=2026-10-25&by={by}", "download.csv")
    ).content.decode("utf-8-sig")

    assert rows[0][1] == f"Consumo, {unit}"
    assert not first or first in rows[-2][1]
    assert f"Consumo, {unit}" in file.splitlines()[0]


def test_something_without_readings_takes_nothing_from_the_resolution_of_another(
    client: Client, hotel: Account
) -> None:
    empty = sites.add_site(hotel, sites.SiteDetails("Vacío"), by=make.commercial(), at=make.NOON)
    point = supplied(hotel, "Bar")
    query = f"?what=site:{empty.uid}&what=supply:{point.uid}&from=2026-10-21&to=2026-10-21"

    seen = look(client, hotel, query + "&by=hour")

    rows = rows_of(seen)
    assert len(rows) == 1 + 24 + 1
    assert rows[1][:3] == ["mié 21 oct 2026, 00:00", "–", "1,0"]
    assert "Base nocturna" in seen
    assert data(client, hotel, query)["step"] == 900


@pytest.mark.parametrize("others", [0, 1])
def test_that_several_things_are_compared_in_their_figures_alone_is_told(
    client: Client, hotel: Account, others: int
) -> None:
    keys = [measured(hotel, name) for name in ("A", "B")[: 1 + others]]
    what = "&".join(f"what=point:{DataPoint.objects.get(pk=key.data_point_id).uid}" for key in keys)

    seen = look(client, hotel, f"{WEEK}&{what}&versus=weekday")

    assert ("De varias cosas solo se comparan las cifras" in seen) == bool(others)
