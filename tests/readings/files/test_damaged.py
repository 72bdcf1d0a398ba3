from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.readings.files.curve_files import CUPS, CURVES, opened
from vatio.readings.files.curves import CurveOptions
from vatio.refusal import Refused

TEXTS = sorted(path for path in CURVES.iterdir() if path.suffix not in {".xlsx", ".json", ".md"})
TOLD = CurveOptions(label="start", unit="kWh", kind="interval", minutes=60, decimal=",")


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
@given(
    edits=st.lists(
        st.tuples(
            st.integers(0, 20_000),
            st.sampled_from([b"", b'"', b";", b"\n", b",", b"-", b"9", b"\xe1", b" ", b"24:00"]),
        ),
        max_size=12,
    ),
    told=st.sampled_from([CurveOptions(), TOLD]),
)
def test_a_damaged_file_is_read_or_refused_and_never_gives_nonsense(
    path, edits: list[tuple[int, bytes]], told: CurveOptions
) -> None:
    content = bytearray(path.read_bytes())
    for at, written in edits:
        content[at % len(content) : at % len(content) + 1] = written

    try:
        file = opened(bytes(content), told, name=path.name)
    except Refused:
        return

    for curve in file.curves:
        count = len(curve.starts)
        assert (count, count, count) == tuple(
            map(len, (curve.values, curve.qualities, curve.lines))
        )
        assert curve.starts == sorted(set(curve.starts))
        assert all(value is None or (value >= 0 and isfinite(value)) for value in curve.values)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        opened(content)
    except Refused:
        return


def test_a_quotation_mark_that_is_not_closed_swallows_nothing() -> None:
    header = "CUPS;Fecha;Hora;Consumo_kWh;Metodo_obtencion"
    rows = [f"{CUPS};26/10/2026;{hour};1,5;R" for hour in range(1, 25)]
    rows[2] = '"' + rows[2]

    file = opened("\n".join([header, *rows]))

    assert (len(file.curves[0].starts), file.refused) == (24, [])


def test_a_file_without_rows_has_no_curves_and_asks_nothing() -> None:
    file = opened("Inicio;Valor\n")

    assert (file.curves, file.refused) == ([], [])


def test_a_file_whose_days_are_none_refuses_each_row() -> None:
    file = opened("Inicio;Valor\n31/02/2026 01:00;5\n10/26/2026 02:00;5\n")

    assert [(row.line, row.code) for row in file.refused] == [
        (2, "no_such_day"),
        (3, "no_such_day"),
    ]


def test_a_total_amid_the_rows_is_no_hour() -> None:
    hours = "\n".join(f"26/10/2026;{hour};1,5" for hour in range(1, 25))

    file = opened(f"Fecha;Hora;Consumo (kWh)\n{hours}\nTotal;;36\nTotal del mes;;36,000\n")

    assert (file.refused, file.notes) == ([], [])
    assert sum(file.curves[0].values) == 36_000.0


def test_a_stray_hour_does_not_change_how_long_intervals_are() -> None:
    rows = "\n".join(f"{CUPS};26/10/2026;{hour};1,5;R" for hour in [*range(1, 25), 48])

    file = opened("CUPS;Fecha;Hora;Consumo_kWh;Metodo_obtencion\n" + rows)

    assert file.curves[0].minutes == 60
    assert [(row.line, row.code) for row in file.refused] == [(26, "no_such_hour")]


@pytest.mark.parametrize(("hours", "asked"), [(range(1, 41), "minutes"), (range(1, 49), "")])
def test_numbers_that_fit_no_length_are_asked_about(hours: range, asked: str) -> None:
    content = "Fecha;Hora;Consumo (kWh)\n" + "\n".join(f"26/10/2026;{at};1,5" for at in hours)

    try:
        found = opened(content).curves[0].minutes
    except Refused as refused:
        assert refused.field == asked
    else:
        assert (found, asked) == (30, "")
