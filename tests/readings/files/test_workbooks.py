import io
from datetime import date, datetime, time, timedelta

import xlsxwriter

from tests.readings.files.curve_files import CUPS, opened, starts_of

DAY = date(2026, 10, 26)


def workbook(*sheets: list[list[object]]) -> bytes:
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed, {"remove_timezone": True})
    formats = {
        datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
        date: book.add_format({"num_format": "dd/mm/yyyy"}),
        time: book.add_format({"num_format": "hh:mm"}),
        timedelta: book.add_format({"num_format": "[hh]:mm"}),
    }
    for rows in sheets:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(at, column, cell, formats.get(type(cell)))
    book.close()
    return packed.getvalue()


def test_days_and_numbered_hours_of_a_workbook_are_read() -> None:
    rows: list[list[object]] = [["CUPS", "Fecha", "Hora", "Consumo_kWh", "Metodo_obtencion"]]
    rows += [[CUPS, DAY, hour, hour / 10, "E" if hour == 3 else "R"] for hour in range(1, 25)]

    file = opened(workbook([["Portada"]], rows))

    (curve,) = file.curves
    assert (file.format, file.understood.label, file.refused) == ("cnmc", "ordinal", [])
    assert curve.starts == starts_of(DAY, 60)
    assert curve.values == [hour * 100.0 for hour in range(1, 25)]


def test_times_of_a_workbook_are_read_with_midnight_as_24_hours() -> None:
    rows: list[list[object]] = [["Fecha", "Hora", "Consumo (kWh)"]]
    rows += [[DAY, time(hour, 0), 1.5] for hour in range(1, 24)]
    rows.append([DAY, timedelta(days=1), 2.5])

    curve = opened(workbook(rows)).curves[0]

    assert curve.starts == starts_of(DAY, 60)
    assert curve.values[-1] == 2500.0


def test_a_matrix_of_a_workbook_is_read() -> None:
    rows: list[list[object]] = [["Curva (Wh)"], ["Fecha", *range(1, 25), "Total"]]
    rows.append([DAY, *range(24), sum(range(24))])

    file = opened(workbook(rows))

    curve = file.curves[0]
    assert (file.format, file.notes) == ("matrix", ["«1–24» se lee en Wh."])
    assert curve.values == [float(wh) for wh in range(24)]


def test_stamps_of_a_workbook_with_the_noise_of_its_days_are_read() -> None:
    first = datetime(2026, 10, 26)
    rows: list[list[object]] = [["Inicio", "Energía activa (kWh)"]]
    rows += [
        [first + timedelta(minutes=15 * step, microseconds=-400), 0.1] for step in range(1, 96)
    ]

    curve = opened(workbook(rows)).curves[0]

    assert (curve.minutes, curve.starts) == (15, starts_of(DAY, 15)[1:])
    assert set(curve.values) == {100.0}


def test_an_empty_value_at_the_end_of_a_row_of_a_workbook_is_missing() -> None:
    rows: list[list[object]] = [["Inicio", "Energía activa (kWh)"]]
    rows += [[datetime(2026, 10, 26, hour), 1.5] for hour in range(1, 24)]
    rows[5] = rows[5][:1]

    file = opened(workbook(rows))

    assert file.refused == []
    assert file.curves[0].missing == 1
