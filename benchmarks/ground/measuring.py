"""A stopwatch: how often, how long, how many statements, on which machine."""

import argparse
import gc
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def calm() -> None:
    """Exempt what is loaded from garbage collection, as the web process does after its start."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def milliseconds(action: Callable[[], object], *, times: int, warm: int = 5) -> dict[str, float]:
    """Run an action many times; return the median and the 99th percentile in milliseconds."""
    return side_by_side({"": action}, times=times, warm=warm)[""]


def side_by_side(
    actions: Mapping[str, Callable[[], object]], *, times: int, warm: int = 5, digits: int = 2
) -> dict[str, dict[str, float]]:
    """Run some actions alternately, many times, so that a disturbance affects all alike."""
    for _ in range(warm):
        for action in actions.values():
            action()
    timings: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(times):
        for name, action in actions.items():
            begun = time.perf_counter()
            action()
            timings[name].append((time.perf_counter() - begun) * 1000)
    return {name: spread(milliseconds, digits=digits) for name, milliseconds in timings.items()}


def spread(milliseconds: list[float], *, digits: int = 2) -> dict[str, float]:
    """Return the median and the 99th percentile of some timings, and their number."""
    ranked = sorted(milliseconds)
    return {
        "median_ms": round(statistics.median(ranked), digits),
        "p99_ms": round(ranked[min(int(len(ranked) * 0.99), len(ranked) - 1)], digits),
        "times": len(ranked),
    }


def seconds(action: Callable[[], object]) -> float:
    """Run an action once, and return the seconds that it took."""
    begun = time.perf_counter()
    action()
    return round(time.perf_counter() - begun, 3)


def peak_memory(action: Callable[[], object]) -> dict[str, float]:
    """Run an action; return this process's resident memory before it and at its peak, in MiB."""
    Path("/proc/self/clear_refs").write_text("5")
    before = _held("VmRSS")
    action()
    return {"memory_before_mib": before, "memory_peak_mib": _held("VmHWM")}


def _held(name: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return round(int(line.split()[1]) / 1024, 1)
    raise AssertionError(f"this system does not tell {name}")


def statements(action: Callable[[], object]) -> int:
    """Return the number of SQL statements that an action sends, BEGIN and COMMIT included."""
    with CaptureQueriesContext(connection) as queries:
        action()
    return len(queries)


def machine() -> dict[str, Any]:
    """Return what the figures depend on: processor, cores, memory, Python and PostgreSQL."""
    processor = ""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            processor = line.split(":", 1)[1].strip()
            break
    memory = Path("/proc/meminfo").read_text().split()[1]
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (server,) = cursor.fetchone()
    return {
        "processor": processor or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(int(memory) / 1024**2, 1),
        "python": platform.python_version(),
        "postgresql": server,
        "measured_on": datetime.now(UTC).date().isoformat(),
    }


def arguments(about: str, **sizes: int) -> argparse.Namespace:
    """Read the sizes from the command line, and whether to print only JSON."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--json", action="store_true", help="print one JSON object and no more")
    for name, default in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    return parser.parse_args()


def report(figures: dict[str, Any], *, as_json: bool) -> None:
    """Print the figures as JSON: in one line, or indented."""
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    print(json.dumps(figures, ensure_ascii=False, indent=2))
