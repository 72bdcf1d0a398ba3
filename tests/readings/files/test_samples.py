import json

import pytest

from tests.readings.files.curve_files import CURVES, opened, utc
from vatio.readings.files.asking import MustBeAsked
from vatio.readings.files.curves import CurveFile, CurveOptions, FileCurve
from vatio.readings.ranks import Flag, How, Origin, flags_of, how_of, origin_of

EXPECTED = json.loads((CURVES / "expected.json").read_text())
TOLD = {
    "largo_kw_marzo.tsv": CurveOptions(label="start"),
    "acumulado_cero.csv": CurveOptions(kind="register"),
}
FORMATS = {
    "datadis_octubre.csv": ("datadis", Origin.DATADIS, "end"),
    "edistribucion_octubre.csv": ("edistribucion", Origin.DISTRIBUTOR, "ordinal"),
    "edistribucion_marzo.csv": ("edistribucion", Origin.DISTRIBUTOR, "ordinal"),
    "ide_facturado_octubre.csv": ("cnmc", Origin.DISTRIBUTOR, "ordinal"),
    "ide_no_facturado_octubre.csv": ("ide_raw", Origin.DISTRIBUTOR, "end"),
    "ufd_marzo.csv": ("ufd", Origin.DISTRIBUTOR, "ordinal"),
    "matriz_octubre.csv": ("matrix", Origin.FILE, "ordinal"),
    "largo_octubre.xlsx": ("long", Origin.FILE, "start"),
    "largo_iso_cuartos.csv": ("long", Origin.FILE, "start"),
    "largo_kw_marzo.tsv": ("long", Origin.FILE, "start"),
    "F5D_0031_0762_20261026.0": ("f5d", Origin.INVOICE, "end"),
    "P2D_0031_0762_20261026.0": ("p2d", Origin.DISTRIBUTOR, "end"),
    "endesa_cliente_octubre.csv": ("endesa", Origin.FILE, "start"),
}


def sample(name: str) -> CurveFile:
    return opened((CURVES / name).read_bytes(), TOLD.get(name, CurveOptions()), name=name)


def total(file: CurveFile, quantity: int) -> float:
    (curve,) = (curve for curve in file.curves if curve.quantity == quantity)
    return sum(value for value in curve.values if value is not None)


def active(file: CurveFile) -> FileCurve:
    return file.curves[0]


@pytest.mark.parametrize("name", FORMATS)
def test_each_sample_gives_its_intervals_and_its_energy(name: str) -> None:
    expected = EXPECTED[name]

    file = sample(name)

    curve = active(file)
    assert (file.format, file.origin, file.understood.label) == FORMATS[name]
    assert {origin_of(quality) for quality in curve.qualities} == {file.origin}
    assert (curve.cups, curve.quantity) == (expected["cups"] or "", 402)
    assert (len(curve.starts), curve.minutes) == (expected["intervals"], expected["minutes"])
    assert total(file, 402) == round(expected["kwh"] * 1000)
    assert utc(curve.starts[0]) == expected["first_utc"]
    assert utc(curve.starts[-1] + curve.minutes * 60) == expected["end_utc"]
    assert curve.starts == sorted(set(curve.starts))
    assert file.refused == []


@pytest.mark.parametrize("name", FORMATS)
def test_each_sample_tells_what_is_estimated_doubtful_and_missing(name: str) -> None:
    expected = EXPECTED[name]

    curve = active(sample(name))

    hows = [how_of(quality) for quality in curve.qualities]
    doubts = [Flag.DOUBTFUL in flags_of(quality) for quality in curve.qualities]
    assert hows.count(How.ESTIMATED) == expected.get("estimated", 0)
    assert sum(doubts) == expected.get("doubtful", 0)
    assert curve.missing == expected.get("missing", 0)


def test_an_f5d_is_firm_ordered_by_its_name_and_has_reactive_energy() -> None:
    file = sample("F5D_0031_0762_20261026.0")

    assert file.version == 20261026_00
    assert total(file, 404) == 6758.0
    assert total(file, 408) == 300.0
    assert [curve.anything for curve in file.curves] == [True, False, True, False, False, True]
    assert all(Flag.FIRM in flags_of(quality) for quality in active(file).qualities)


def test_what_was_exported_is_a_curve_of_its_own() -> None:
    file = sample("edistribucion_octubre.csv")

    assert total(file, 452) == 4800.0
    assert file.notes == ["No se lee: «AE_AUTOCONS_kwh»."]


def test_the_two_hours_of_october_stand_in_the_order_of_the_file() -> None:
    curve = active(sample("datadis_octubre.csv"))

    assert [(utc(curve.starts[at]), curve.values[at]) for at in (2, 3, 4)] == [
        ("2026-10-25T00:00Z", 461.0),
        ("2026-10-25T01:00Z", 314.0),
        ("2026-10-25T02:00Z", 370.0),
    ]


def test_a_flag_of_the_season_tells_two_hours_apart() -> None:
    curve = active(sample("ide_no_facturado_octubre.csv"))

    assert [(utc(curve.starts[at]), curve.values[at]) for at in (1, 2, 3)] == [
        ("2026-10-24T23:00Z", 309.0),
        ("2026-10-25T00:00Z", 365.0),
        ("2026-10-25T01:00Z", 421.0),
    ]


def test_quarters_with_the_newest_first_are_put_in_order() -> None:
    curve = active(sample("P2D_0031_0762_20261026.0"))

    assert curve.values[-1] == 582.0
    assert curve.lines[-1] == 1


def test_registers_are_returned_as_they_stand() -> None:
    file = sample("acumulado_cero.csv")

    curve = active(file)
    assert (curve.kind, curve.minutes, len(curve.starts)) == ("register", 60, 23)
    assert utc(curve.starts[0]) == "2026-10-25T23:00Z"
    assert (curve.values[0], curve.values[7], curve.values[-1]) == (903_000.0, 0.0, 971_615.0)


def test_registers_are_asked_for() -> None:
    with pytest.raises(MustBeAsked) as asked:
        opened((CURVES / "acumulado_cero.csv").read_bytes())

    assert asked.value.option == "kind"


def test_the_label_of_a_file_from_midnight_to_before_midnight_is_asked_for() -> None:
    with pytest.raises(MustBeAsked) as asked:
        opened((CURVES / "largo_kw_marzo.tsv").read_bytes())

    assert asked.value.option == "label"
    assert "--label start|end|ordinal" in str(asked.value)


def test_bad_rows_are_refused_by_their_line_and_stop_nothing() -> None:
    file = sample("errores.csv")

    curve = active(file)
    assert [(row.line, row.code) for row in file.refused] == [
        (26, "bad_cups"),
        (27, "no_such_hour"),
        (28, "no_such_day"),
        (29, "negative"),
        (31, "contradicts"),
        (34, "short_row"),
    ]
    assert (len(curve.starts), curve.missing, curve.same) == (26, 1, 1)
    assert sum(value or 0 for value in curve.values) == 1_303_203.0
    assert sum(value or 0 for value in curve.values[:24]) == 68_636.0
    assert curve.values[4] == 1189.0


def test_what_was_understood_says_where_it_was_found() -> None:
    understood = sample("matriz_octubre.csv").understood

    assert (understood.encoding, understood.delimiter, understood.decimal) == ("cp1252", ";", ",")
    assert (understood.header_line, understood.unit, understood.unit_from) == (4, "kWh", "above")
    assert (understood.minutes, understood.time_zone) == (60, "Europe/Madrid")
