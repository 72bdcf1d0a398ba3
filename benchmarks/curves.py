"""Files of load curves: reading them, from their bytes to the curves that they hold."""

from collections.abc import Callable

from benchmarks.ground import curve_files, measuring, platform
from vatio.readings.files.curves import Told
from vatio.readings.files.reading import read

FILES: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "F5D": ("F5D_0031_0762_20261026.0", curve_files.f5d),
    "CSV, CNMC": ("curva.csv", curve_files.cnmc),
    "XLSX, CNMC": ("curva.xlsx", curve_files.xlsx),
}
"""The files by what they are: a name, and what makes so many lines."""


def steps(name: str, content: bytes, lines: int) -> dict[str, Callable[[], None]]:
    """Return what is measured of a file, by its name in the table."""

    def read_it() -> None:
        file = read(content, name=name, told=Told(), zone_of=lambda cups: "Europe/Madrid")
        imported = [each for each in file.curves if each.quantity == 402]
        assert sum(len(each.values) for each in imported) == lines, file.refused[:3]

    return {"read": read_it}


def measure(lines: int, *, times: int) -> list[dict[str, object]]:
    """Measure every step of each file."""
    rows: list[dict[str, object]] = []
    for kind, (name, make) in FILES.items():
        content = make(lines)
        for step, action in steps(name, content, lines).items():
            timed = measuring.milliseconds(action, times=times, warm=1)
            about = {"file": kind, "lines": lines, "bytes": len(content), "step": step}
            rows.append(
                {**about, "lines_per_second": round(lines / timed["median_ms"] * 1000), **timed}
            )
    return rows


def main() -> None:
    """Measure files of `--lines` lines."""
    options = measuring.arguments(__doc__ or "", lines=100_000, times=5)
    platform.fresh()
    measuring.calm()
    measuring.report(
        {
            "measured": "curves",
            "lines": options.lines,
            "files": measure(options.lines, times=options.times),
            "machine": measuring.machine(),
        },
        as_json=options.json,
    )


if __name__ == "__main__":
    main()
