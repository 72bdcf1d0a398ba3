from datetime import date

import pytest

from tests.readings.files.curve_files import CANARY, CUPS, UNTOLD, opened, starts_of, utc
from vatio.readings.files.curves import CurveOptions, FileCurve

HEADER = "CUPS;Fecha;Hora;Consumo_kWh;Metodo_obtencion\n"
MARCH, OCTOBER = date(2026, 3, 29), date(2026, 10, 25)


def datadis(day: date, hours: list[str]) -> str:
    rows = [f"{CUPS};{day:%Y/%m/%d};{hour};0,{at:03};R" for at, hour in enumerate(hours, 1)]
    return "\n".join([HEADER.strip(), *rows])


def clock(*hours: int) -> list[str]:
    return [f"{hour:02}:00" for hour in hours]


def only(content: str, told: CurveOptions = UNTOLD, **others: str) -> FileCurve:
    file = opened(content, told, **others)
    assert file.refused == []
    return file.curves[0]


@pytest.mark.parametrize(
    "hours",
    [
        clock(1, 2, 3, 3, *range(4, 25)),
        clock(1, 2, 2, 3, *range(4, 25)),
        clock(*range(1, 26)),
    ],
    ids=["start plus an hour", "what the clock shows", "counted"],
)
def test_three_ways_of_writing_the_day_of_25_hours_are_understood(hours: list[str]) -> None:
    curve = only(datadis(OCTOBER, hours))

    assert curve.starts == starts_of(OCTOBER, 60)
    assert curve.values == [float(at) for at in range(1, 26)]


@pytest.mark.parametrize(
    "hours",
    [
        clock(1, 2, *range(4, 25)),
        clock(1, *range(3, 25)),
    ],
    ids=["start plus an hour", "what the clock shows"],
)
def test_two_ways_of_leaving_an_hour_out_are_understood(hours: list[str]) -> None:
    curve = only(datadis(MARCH, hours))

    assert curve.starts == starts_of(MARCH, 60)
    assert curve.values == [float(at) for at in range(1, 24)]


def test_hours_of_march_that_are_counted_are_placed_by_counting() -> None:
    day_before = datadis(date(2026, 3, 28), clock(*range(1, 25)))
    counted = datadis(MARCH, clock(*range(1, 24)))

    curve = only(day_before + "\n" + counted.removeprefix(HEADER))

    assert curve.starts[24:] == starts_of(MARCH, 60)


def test_an_hour_that_a_file_has_lost_in_october_is_a_gap_not_another_hour() -> None:
    curve = only(datadis(OCTOBER, clock(*range(1, 25))))

    whole = starts_of(OCTOBER, 60)
    assert curve.starts == whole[:3] + whole[4:]


def test_in_canarias_the_hour_from_one_to_two_occurs_twice() -> None:
    curve = only(datadis(OCTOBER, clock(1, 2, 2, *range(3, 25))), time_zone=CANARY)

    assert [utc(start) for start in curve.starts[:4]] == [
        "2026-10-24T23:00Z",
        "2026-10-25T00:00Z",
        "2026-10-25T01:00Z",
        "2026-10-25T02:00Z",
    ]
    assert curve.starts == starts_of(OCTOBER, 60, CANARY)


def test_a_time_zone_that_is_told_goes_before_that_of_the_supply_point() -> None:
    content = datadis(OCTOBER, clock(1, 2, 2, *range(3, 25)))

    curve = only(content, CurveOptions(time_zone=CANARY))

    assert curve.starts == starts_of(OCTOBER, 60, CANARY)


def test_newest_first_the_later_of_two_equal_labels_comes_first() -> None:
    hours = clock(1, 2, 3, 3, *range(4, 25))
    header, *rows = datadis(OCTOBER, hours).splitlines()

    curve = only("\n".join([header, *reversed(rows)]))

    assert curve.starts == starts_of(OCTOBER, 60)
    assert curve.values == [float(at) for at in range(1, 26)]


def test_a_flag_of_the_season_goes_before_the_order_of_rows() -> None:
    content = "\n".join(
        [
            "CUPS;FECHA-HORA;INV / VER;CONSUMO Wh;GENERACION Wh;",
            f"{CUPS};2026/10/25 01:00;1;1;0;",
            f"{CUPS};2026/10/25 02:00;0;3;0;",
            f"{CUPS};2026/10/25 02:00;1;2;0;",
            f"{CUPS};2026/10/25 03:00;0;4;0;",
            f"{CUPS};2026/10/26 00:00;0;25;0;",
        ]
    )

    curve = only(content)

    assert curve.starts[:4] == starts_of(OCTOBER, 60)[:4]
    assert curve.values[:4] == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize(
    ("time_zone", "day", "count"),
    [
        ("Atlantic/Azores", MARCH, 23),
        ("Atlantic/Azores", OCTOBER, 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), 25),
        ("Australia/Lord_Howe", date(2026, 10, 4), 24),
    ],
)
def test_hours_that_are_counted_fill_the_day_of_any_zone(
    time_zone: str, day: date, count: int
) -> None:
    rows = [f"{CUPS};{day:%d/%m/%Y};{hour};1,000;R" for hour in range(1, count + 1)]

    curve = only(HEADER + "\n".join(rows), time_zone=time_zone)

    assert curve.starts == starts_of(day, 60, time_zone)
    assert len(curve.starts) == count


def test_an_hour_beyond_the_day_is_refused() -> None:
    rows = [f"{CUPS};29/03/2026;{hour};1,000;R" for hour in range(1, 25)]

    file = opened(HEADER + "\n".join(rows))

    assert [(row.line, row.code) for row in file.refused] == [(25, "no_such_hour")]
    assert len(file.curves[0].starts) == 23


def test_a_start_in_the_hour_that_was_leapt_over_is_refused() -> None:
    rows = [f"29/03/2026 {hour:02}:00;1,000" for hour in range(24)]

    file = opened("Inicio;Consumo (kWh)\n" + "\n".join(rows))

    assert [(row.line, row.code) for row in file.refused] == [(4, "no_such_hour")]
    assert file.curves[0].starts == starts_of(MARCH, 60)


def test_a_matrix_by_the_clock_leaves_the_hour_out_that_was_leapt_over() -> None:
    header = "Fecha;" + ";".join(f"{hour:02}:00-{hour + 1:02}:00" for hour in range(24))
    values = ["" if hour == 2 else f"{hour},000" for hour in range(24)]

    curve = only(f"Consumo (kWh)\n{header}\n29/03/2026;{';'.join(values)}")

    assert curve.starts == starts_of(MARCH, 60)
    assert curve.values[:3] == [0.0, 1000.0, 3000.0]


@pytest.mark.parametrize("blank", [2, 23], ids=["the hour leapt over", "the last"])
def test_a_matrix_by_number_may_leave_either_column_of_march_empty(blank: int) -> None:
    header = "Fecha;" + ";".join(f"H{hour:02}" for hour in range(1, 25))
    values = ["" if at == blank else f"{at},000" for at in range(24)]

    curve = only(f"Consumo (kWh)\n{header}\n29/03/2026;{';'.join(values)}")

    assert curve.starts == starts_of(MARCH, 60)
    assert curve.missing == 0


def test_a_file_of_days_has_a_value_for_each_local_day() -> None:
    content = "Fecha;Consumo (kWh)\n24/10/2026;10,5\n25/10/2026;11\n26/10/2026;12,25"

    curve = only(content)

    assert (curve.minutes, curve.values) == (1440, [10_500.0, 11_000.0, 12_250.0])
    assert [utc(start) for start in curve.starts] == [
        "2026-10-23T22:00Z",
        "2026-10-24T22:00Z",
        "2026-10-25T23:00Z",
    ]


def test_a_repeated_start_is_told_apart_by_the_season_too() -> None:
    hours = [(0, 1), (1, 1), (2, 1), (2, 0), *((hour, 0) for hour in range(3, 24))]
    rows = [
        f"{CUPS};2026/10/25 {hour:02}:00;{flag};{at};0;" for at, (hour, flag) in enumerate(hours)
    ]
    header = "CUPS;FECHA-HORA;INV / VER;CONSUMO Wh;GENERACION Wh;"

    curve = only("\n".join([header, *rows]), CurveOptions(label="start"))

    assert curve.starts == starts_of(OCTOBER, 60)
    assert curve.values == [float(at) for at in range(25)]


def test_a_format_that_is_told_settles_what_it_fixes() -> None:
    rows = [f"26/10/2026 {hour:02}:00;1,5" for hour in range(1, 24)]

    file = opened("Fecha;Consumo\n" + "\n".join(rows), CurveOptions(format="datadis"))

    assert (file.format, file.understood.label_from) == ("datadis", "format")
