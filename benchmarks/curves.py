"""Files of load curves: read, as a dry run, and stored."""

import time
from collections.abc import Callable, Iterator

from benchmarks.ground import curve_files, filling, gateways, measuring, platform
from vatio.accounts.models import Account
from vatio.readings import importing
from vatio.readings.files.curves import CurveOptions
from vatio.readings.files.reading import read
from vatio.readings.importing import CurveChoice
from vatio.readings.stretches import ACTIVE_ENERGY
from vatio.tenants.models import Person

CREATE = CurveChoice(create=True)

FILES: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "F5D": ("F5D_0031_0762_20261026.0", curve_files.f5d),
    "CSV, CNMC": ("curva.csv", curve_files.cnmc),
    "XLSX, CNMC": ("curva.xlsx", curve_files.xlsx),
}
"""The files by what they are: a name, and what makes so many lines."""


def steps(account: Account, by: Person, name: str, content: bytes) -> dict[str, Callable[[], int]]:
    """Return what is measured of a file, by its name in the table; each returns its readings."""

    def read_it() -> int:
        file = read(content, name=name, told=CurveOptions(), zone_of=lambda cups: "Europe/Madrid")
        return sum(len(each.values) for each in file.curves if each.quantity == ACTIVE_ENERGY)

    def plan() -> int:
        told = importing.plan(
            account, content, name=name, told=CurveOptions(), choice=CREATE, at=filling.NOW
        )
        return sum(each.counts.new for each in told.curves if each.is_taken)

    def store() -> int:
        told = importing.carry_out(
            account, content, name=name, told=CurveOptions(), choice=CREATE, by=by, at=filling.NOW
        )
        return sum(each.counts.new for each in told.curves if each.is_taken)

    return {"read": read_it, "dry run": plan, "stored": store}


def measure(account: Account, by: Person, lines: int, *, times: int) -> Iterator[dict[str, object]]:
    """Measure every step of each file, each time with no reading stored."""
    for kind, (name, make) in FILES.items():
        content = make(lines)
        steps(account, by, name, content)["stored"]()
        for step, action in steps(account, by, name, content).items():
            timings = []
            for _time in range(times):
                filling.forget_readings()
                begun = time.perf_counter()
                readings = action()
                timings.append((time.perf_counter() - begun) * 1000)
                assert readings == lines, (step, readings)
            timed = measuring.spread(timings)
            rate = round(lines / timed["median_ms"] * 1000)
            yield {
                "file": kind,
                "lines": lines,
                "bytes": len(content),
                "step": step,
                "lines_per_second": rate,
                **timed,
            }


def main() -> None:
    """Measure files of `--lines` lines."""
    options = measuring.arguments(__doc__ or "", lines=100_000, times=5)
    platform.fresh()
    boss = filling.person("boss@vatio.example", "Elena Cid", commercial=True)
    account = gateways.account("Norte Eficiente", boss)
    filling.settle()
    measuring.calm()
    measuring.report(
        {
            "measured": "curves",
            "lines": options.lines,
            "files": list(measure(account, boss, options.lines, times=options.times)),
            "machine": measuring.machine(),
        },
        as_json=options.json,
    )


if __name__ == "__main__":
    main()
