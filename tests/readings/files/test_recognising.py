import pytest

from tests.readings.files.curve_files import CUPS, opened, utc
from vatio.readings.files.asking import MustBeAsked
from vatio.readings.files.curves import CurveOptions
from vatio.readings.files.headings import heading
from vatio.readings.ranks import Flag, How, flags_of, how_of
from vatio.spreadsheets.tables import Unreadable


def hours(row: str, count: int = 24) -> str:
    return "\n".join(row.format(hour=hour) for hour in range(1, count + 1))


@pytest.mark.parametrize(
    "header",
    [
        "CUPS;Fecha;Hora;Consumo_kWh;Metodo_obtencion",
        "CUPS;Fecha;Hora;Consumo;Metodo_obtencion",
        "cups;fecha;hora;Consumo_KWh;MetodoObtencion",
        "CUPS;FECHA;HORA;Consumo (kWh);MÉTODO DE OBTENCIÓN",
        "CUPS;Data;Hora;Consum kWh;LECTURA REAL/ESTIMADA",
    ],
)
def test_headers_of_the_common_format_vary(header: str) -> None:
    content = header + "\n" + hours(CUPS + ";26/10/2026;{hour};0,{hour:03};E")

    file = opened(content)

    (curve,) = file.curves
    assert (file.format, curve.cups, curve.quantity) == ("cnmc", CUPS, 402)
    assert curve.values == [float(wh) for wh in range(1, 25)]
    assert {how_of(quality) for quality in curve.qualities} == {How.ESTIMATED}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("AE_kWh", (402, "kWh")),
        ("AS_KWh", (452, "kWh")),
        ("EHCR (kWh)", (402, "kWh")),
        ("EHEX (kWh)", (452, "kWh")),
        ("energiaVertida_kWh", (452, "kWh")),
        ("Consum (Wh)", (402, "Wh")),
        ("Potencia media [kW]", (402, "kW")),
        ("Energía reactiva inductiva (kvarh)", (404, "kvarh")),
        ("Reactiva capacitiva", (408, "")),
        ("R2", (458, "")),
        ("R3 (kVArh)", (454, "kvarh")),
        ("kWh", (402, "kWh")),
    ],
)
def test_a_heading_tells_its_quantity_and_its_unit(written: str, expected: tuple) -> None:
    found = heading(written)

    assert found.role == "value"
    assert found.quantity == expected[0]
    assert found.unit == expected[1]


@pytest.mark.parametrize(
    "written",
    [
        "Precio (€/kWh)",
        "energiaGenerada_kWh",
        "AE_AUTOCONS_kWh",
        "EHCCA (kWh)",
        "Importe",
        "Contador",
    ],
)
def test_what_is_no_curve_of_the_supply_is_not_taken(written: str) -> None:
    assert heading(written).role == ""


def test_datadis_is_read_with_commas_and_unquoted_decimals() -> None:
    header = "cups,fecha,hora,consumo_kWh,metodoObtencion,energiaVertida_kWh,energiaGenerada_kWh"
    content = header + "\n" + hours(CUPS + ",2026/10/26,{hour:02}:00,0,{hour:03},Real,,")

    file = opened(content)

    curve = file.curves[0]
    assert (file.format, file.understood.delimiter, file.refused) == ("datadis", ",", [])
    assert curve.values == [float(wh) for wh in range(1, 25)]
    assert file.curves[1].anything is False


def test_datadis_is_read_with_commas_and_points() -> None:
    header = "cups,fecha,hora,consumo_kWh,metodoObtencion,energiaVertida_kWh"
    content = header + "\n" + hours(CUPS + ",2026/10/26,{hour:02}:00,0.{hour:03},Real,0.5")

    file = opened(content)

    assert file.curves[0].values == [float(wh) for wh in range(1, 25)]
    assert sum(file.curves[1].values) == 12_000.0


def test_datadis_from_midnight_on_asks_what_its_hours_name() -> None:
    header = "cups;fecha;hora;consumo_kWh;metodoObtencion\n"
    rows = "\n".join(f"{CUPS};2026/10/26;{hour:02}:00;0,100;Real" for hour in range(24))

    with pytest.raises(MustBeAsked) as asked:
        opened(header + rows)
    file = opened(header + rows, CurveOptions(label="start"))

    assert asked.value.option == "label"
    assert utc(file.curves[0].starts[0]) == "2026-10-25T23:00Z"
    assert len(file.curves[0].starts) == 24


def test_whole_hours_from_zero_on_ask_what_they_name() -> None:
    rows = "\n".join(f"26/10/2026;{hour};{hour},5" for hour in range(24))

    with pytest.raises(MustBeAsked) as asked:
        opened("Fecha;Hora;Consumo (kWh)\n" + rows)
    file = opened("Fecha;Hora;Consumo (kWh)\n" + rows, CurveOptions(label="start"))

    assert asked.value.option == "label"
    assert file.curves[0].values[:2] == [500.0, 1500.0]
    assert utc(file.curves[0].starts[0]) == "2026-10-25T23:00Z"


def test_a_unit_that_nothing_tells_is_asked_for() -> None:
    content = "CUPS;Inicio;Valor\n" + hours(CUPS + ";26/10/2026 {hour:02}:00;{hour}", 23)

    with pytest.raises(MustBeAsked) as asked:
        opened(content)
    file = opened(content, CurveOptions(unit="kWh"))

    assert asked.value.option == "unit"
    assert file.curves[0].values[0] == 1000.0
    assert file.understood.unit_from == "told"


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ("Valores en kWh\nCUPS;Inicio;Valor\n", "above"),
        ("CUPS;Inicio;Valor\n;;kWh\n", "row"),
        ("CUPS;Inicio;Consumo\n", "words"),
        ("CUPS;Inicio;Valor kWh\n", "heading"),
    ],
)
def test_a_unit_is_looked_for_around_the_values(content: str, where: str) -> None:
    file = opened(content + hours(CUPS + ";26/10/2026 {hour:02}:00;{hour}", 23))

    assert file.curves[0].values[0] == 1000.0
    assert (file.understood.unit, file.understood.unit_from) == ("kWh", where)


def test_a_column_of_units_is_read() -> None:
    content = "CUPS;Inicio;Valor;Unidad\n" + hours(CUPS + ";26/10/2026 {hour:02}:00;{hour};MWh", 23)

    file = opened(content)

    assert file.curves[0].values[0] == 1_000_000.0
    assert file.understood.unit_from == "column"


def test_a_first_stamp_after_midnight_and_a_last_at_it_name_ends() -> None:
    rows = "\n".join(f"26/10/2026 {hour:02}:00;{hour},0" for hour in range(1, 24))

    file = opened(f"Fecha y hora;Consumo (kWh)\n{rows}\n27/10/2026 00:00;24,0")

    assert (file.understood.label, file.understood.label_from) == ("end", "first and last")
    assert utc(file.curves[0].starts[0]) == "2026-10-25T23:00Z"
    assert len(file.curves[0].starts) == 24


def test_iso_stamps_with_offsets_that_begin_after_midnight_name_ends() -> None:
    stamps = [f"2026-10-26T{hour:02}:00:00+01:00" for hour in range(1, 24)]
    rows = "\n".join(f"{stamp},1.5" for stamp in [*stamps, "2026-10-27T00:00:00+01:00"])

    file = opened("timestamp,kWh\n" + rows)

    assert file.understood.label == "end"
    assert utc(file.curves[0].starts[0]) == "2026-10-25T23:00Z"


def test_a_matrix_of_quarters_with_a_column_of_supply_points_is_read() -> None:
    header = "CUPS;Fecha;" + ";".join(f"Q{quarter}" for quarter in range(1, 97)) + ";Total"
    row = f"{CUPS};26/10/2026;" + ";".join(["0,25"] * 96) + ";25"

    file = opened(f"Curva cuartohoraria (kWh)\n{header}\n{row}")

    (curve,) = file.curves
    assert (curve.cups, curve.minutes, len(curve.starts)) == (CUPS, 15, 96)
    assert file.notes == [
        "La línea 3 da un total de 25.000 Wh; los valores suman 24.000.",
    ]


def test_f1_is_in_kwh_and_firm() -> None:
    rows = hours(CUPS + "1P;11;2026/10/26 {hour:02}:00:00;0;{hour};0;2;0;0;0;0;0;1;1", 23)

    file = opened(rows, name="F1_0031_20261026_20261102.3")

    active, *others = file.curves
    assert (file.format, file.version) == ("f1", 20261102_03)
    assert active.values[:2] == [1000.0, 2000.0]
    assert others[1].quantity == 404
    assert set(others[1].values) == {2000.0}
    assert all(Flag.FIRM in flags_of(quality) for quality in active.qualities)


def test_p1_has_a_quality_beside_each_value() -> None:
    row = CUPS + ";11;2026/10/26 {hour:02}:00:00;0;1.500;0;0.250;192;" + "0.000;0;" * 6 + "1;1"

    file = opened(hours(row, 23), name="P1_0031_0762_20261026.0")

    imported, exported, *_reactive = file.curves
    assert (file.format, imported.minutes) == ("p1", 60)
    assert set(imported.values) == {1500.0}
    assert set(exported.values) == {250.0}
    assert not any(Flag.DOUBTFUL in flags_of(quality) for quality in imported.qualities)
    assert all(Flag.DOUBTFUL in flags_of(quality) for quality in exported.qualities)


@pytest.mark.parametrize("said", ["²", "9" * 5000])
def test_a_quality_that_is_no_number_says_nothing(said: str) -> None:
    row = CUPS + ";11;2026/10/26 {hour:02}:00:00;0;1.500;" + said + ";0.250;0;"
    row += "0.000;0;" * 6 + "1;1"

    file = opened(hours(row, 23), name="P1_0031_0762_20261026.0")

    assert not any(Flag.DOUBTFUL in flags_of(quality) for quality in file.curves[0].qualities)


def test_p5d_has_import_and_export() -> None:
    file = opened(hours(CUPS + ";2026/10/26 {hour:02}:00;0;{hour};7", 23))

    assert file.format == "p5d"
    assert [(curve.quantity, curve.values[0]) for curve in file.curves] == [(402, 1.0), (452, 7.0)]


def test_a_row_without_end_of_a_file_without_header_is_refused() -> None:
    content = hours(CUPS + ";2026/10/26 {hour:02}:00;0;{hour};0;0;0;0;0;;1;FE", 23)

    file = opened(content + f"\n{CUPS};2026/10/27 00:00")

    assert [(row.line, row.code) for row in file.refused] == [(24, "short_row")]
    assert len(file.curves[0].starts) == 23


def test_each_supply_point_of_a_file_has_its_own_zone_and_curves() -> None:
    other = "ES0021000012340058MA"
    rows = [f"{cups};26/10/2026;{hour};1,000;R" for hour in range(1, 25) for cups in (CUPS, other)]
    content = "CUPS;Fecha;Hora;Consumo_kWh;Metodo_obtencion\n" + "\n".join(rows)

    file = opened(content)

    assert [curve.cups for curve in file.curves] == [CUPS, other]
    assert [len(curve.starts) for curve in file.curves] == [24, 24]


def test_a_supply_point_that_is_told_is_that_of_rows_without_one() -> None:
    content = "CUPS;Fecha;Hora;AE_kWh;REAL/ESTIMADO\n" + hours(";26/10/2026;{hour};1,000;R")

    untold, told = opened(content), opened(content, CurveOptions(cups=CUPS + "0F"))

    assert untold.curves[0].cups == ""
    assert told.curves[0].cups == CUPS


@pytest.mark.parametrize(
    "content",
    [b"", b"Nombre;Ciudad\nAna;Madrid\n", b"%PDF-1.4", b"hola", b"PK\x05\x06" + b"\x00" * 18],
)
def test_what_is_no_load_curve_cannot_be_read(content: bytes) -> None:
    with pytest.raises(Unreadable):
        opened(content)


def test_a_stamp_beside_the_grid_is_refused() -> None:
    content = "Inicio;Consumo (kWh)\n" + hours("26/10/2026 {hour:02}:00;1,5", 23)

    file = opened(content + "\n26/10/2026 10:07;1,5")

    assert [(row.line, row.code) for row in file.refused] == [(25, "off_grid")]
