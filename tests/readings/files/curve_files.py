"""Writes a curve as each origin writes it, for tests to read back."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from vatio.readings import slots
from vatio.readings.files.curves import CurveFile, CurveOptions
from vatio.readings.files.reading import read

CURVES = Path(__file__).resolve().parents[1] / "curves"
MADRID, CANARY = "Europe/Madrid", "Atlantic/Canary"
CUPS = "ES0031406123450017SZ"


UNTOLD = CurveOptions()


def opened(
    content: str | bytes, told: CurveOptions = UNTOLD, *, name: str = "", time_zone: str = MADRID
) -> CurveFile:
    content = content.encode() if isinstance(content, str) else content
    return read(content, name=name, told=told, zone_of=lambda cups: time_zone)


def utc(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%MZ}"


def starts_of(day: date, minutes: int, time_zone: str = MADRID) -> list[int]:
    local = slots.local_day(day, time_zone)
    return [slots.start(local, slot, minutes) for slot in range(local.count(minutes))]


def _local(seconds: int, time_zone: str) -> datetime:
    return datetime.fromtimestamp(seconds, ZoneInfo(time_zone))


def _summer(at: datetime) -> int:
    return int(bool(at.dst()))


def _comma(wh: int) -> str:
    return f"{wh // 1000},{wh % 1000:03}"


Writer = Callable[[Sequence[int], Sequence[int], int, str], str]


def f5d(starts: Sequence[int], values: Sequence[int], minutes: int, time_zone: str) -> str:
    lines = []
    for start, wh in zip(starts, values, strict=True):
        at = _local(start + minutes * 60, time_zone)
        lines.append(f"{CUPS}1P;{at:%Y/%m/%d %H:%M};{_summer(at)};{wh};0;0;0;0;0;;1;FE1")
    return "\n".join(lines)


def p5d(starts: Sequence[int], values: Sequence[int], minutes: int, time_zone: str) -> str:
    lines = []
    for start, wh in zip(starts, values, strict=True):
        at = _local(start + minutes * 60, time_zone)
        lines.append(f"{CUPS};{at:%Y/%m/%d %H:%M};{_summer(at)};{wh};0;")
    return "\r\n".join(lines)


def f1(starts: Sequence[int], values: Sequence[int], minutes: int, time_zone: str) -> str:
    lines = []
    for start, wh in zip(starts, values, strict=True):
        at = _local(start + minutes * 60, time_zone)
        kwh = f"{wh / 1000:.3f}"
        lines.append(f"{CUPS};11;{at:%Y/%m/%d %H:%M:%S};{_summer(at)};{kwh};0;0;0;0;0;0;0;1;1")
    return "\n".join(lines)


def p2(starts: Sequence[int], values: Sequence[int], minutes: int, time_zone: str) -> str:
    lines = []
    for start, wh in zip(starts, values, strict=True):
        at = _local(start + minutes * 60, time_zone)
        pairs = f"{wh / 1000:.3f};0;" + "0.000;0;" * 7
        lines.append(f"{CUPS};11;{at:%Y/%m/%d %H:%M:%S};{_summer(at)};{pairs}1;")
    return "\r\n".join(reversed(lines))


def ide_raw(starts: Sequence[int], values: Sequence[int], minutes: int, time_zone: str) -> str:
    lines = ["CUPS;FECHA-HORA;INV / VER;CONSUMO Wh;GENERACION Wh;"]
    for start, wh in zip(starts, values, strict=True):
        at = _local(start + minutes * 60, time_zone)
        lines.append(f"{CUPS};{at:%Y/%m/%d %H:%M};{_summer(at)};{wh};0;")
    return "\n".join(lines)


def cnmc(starts: Sequence[int], values: Sequence[int], minutes: int, time_zone: str) -> str:
    lines = ["CUPS;Fecha;Hora;Consumo_kWh;Metodo_obtencion"]
    for start, wh in zip(starts, values, strict=True):
        place = slots.place(start, time_zone, minutes)
        lines.append(f"{CUPS};{place.local.day:%d/%m/%Y};{place.slot + 1};{_comma(wh)};R")
    return "\n".join(lines)


def datadis(starts: Sequence[int], values: Sequence[int], minutes: int, time_zone: str) -> str:
    lines = ["cups,fecha,hora,consumo_kWh,metodoObtencion,energiaVertida_kWh"]
    for start, wh in zip(starts, values, strict=True):
        at = _local(start, time_zone)
        end = at.hour * 60 + at.minute + minutes
        hour = f"{end // 60:02}:{end % 60:02}"
        lines.append(f'"{CUPS}","{at:%Y/%m/%d}","{hour}","{_comma(wh)}","Real",')
    return "\n".join(lines)


def long_start(starts: Sequence[int], values: Sequence[int], minutes: int, time_zone: str) -> str:
    lines = ["CUPS\tInicio\tEnergía activa (kWh)"]
    for start, wh in zip(starts, values, strict=True):
        lines.append(f"{CUPS}\t{_local(start, time_zone):%d/%m/%Y %H:%M}\t{_comma(wh)}")
    return "\n".join(lines)


def long_end(starts: Sequence[int], values: Sequence[int], minutes: int, time_zone: str) -> str:
    lines = ["CUPS;Fin;Consumo (Wh)"]
    for start, wh in zip(starts, values, strict=True):
        end = _local(start + minutes * 60, time_zone)
        lines.append(f"{CUPS};{end:%d/%m/%Y %H:%M};{wh}")
    return "\n".join(reversed(lines[1:] + lines[:1]))


def long_iso(starts: Sequence[int], values: Sequence[int], minutes: int, time_zone: str) -> str:
    lines = ["timestamp,cups,Wh"]
    for start, wh in zip(starts, values, strict=True):
        lines.append(f"{_local(start, time_zone).isoformat()},{CUPS},{wh}")
    return "\n".join(lines)


def matrix(starts: Sequence[int], values: Sequence[int], minutes: int, time_zone: str) -> str:
    columns = 25 * 60 // minutes
    by_day: dict[date, list[str]] = {}
    for start, wh in zip(starts, values, strict=True):
        place = slots.place(start, time_zone, minutes)
        cells = by_day.setdefault(place.local.day, [""] * columns)
        cells[place.slot] = _comma(wh)
    lines = [
        f"CUPS: {CUPS}",
        "",
        "Fecha;" + ";".join(f"H{hour:02}" for hour in range(1, columns + 1)),
    ]
    lines += [f"{day:%d/%m/%Y};{';'.join(cells)}" for day, cells in by_day.items()]
    return "\n".join(["Curva en kWh", *lines])


WRITERS: dict[str, tuple[Writer, int]] = {
    "f5d": (f5d, 60),
    "p5d": (p5d, 60),
    "f1": (f1, 60),
    "p1": (p2, 60),
    "p2": (p2, 15),
    "ide_raw": (ide_raw, 60),
    "cnmc": (cnmc, 60),
    "cnmc quarters": (cnmc, 15),
    "datadis": (datadis, 60),
    "long_start": (long_start, 15),
    "long_end": (long_end, 15),
    "long_iso": (long_iso, 30),
    "matrix": (matrix, 60),
    "matrix quarters": (matrix, 15),
}
ODD_DAYS = {
    MADRID: (date(2026, 3, 29), date(2026, 10, 25)),
    CANARY: (date(2026, 3, 29), date(2026, 10, 25)),
    "Atlantic/Azores": (date(2026, 3, 29), date(2026, 10, 25)),
}


def days_around(day: date) -> list[date]:
    return [day + timedelta(days=beside) for beside in (-1, 0, 1)]
