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
    """Keep the collector away from what is loaded, as the web process does after its start."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def milliseconds(deed: Callable[[], object], *, times: int, warm: int = 5) -> dict[str, float]:
    """Do a thing many times, and tell the median and the 99th percentile in milliseconds."""
    return side_by_side({"": deed}, times=times, warm=warm)[""]


def side_by_side(
    deeds: Mapping[str, Callable[[], object]], *, times: int, warm: int = 5
) -> dict[str, dict[str, float]]:
    """Do some things in turns, many times, so that what disturbs one disturbs all alike."""
    for _ in range(warm):
        for deed in deeds.values():
            deed()
    taken: dict[str, list[float]] = {name: [] for name in deeds}
    for _ in range(times):
        for name, deed in deeds.items():
            begun = time.perf_counter()
            deed()
            taken[name].append((time.perf_counter() - begun) * 1000)
    return {name: spread(milliseconds) for name, milliseconds in taken.items()}


def spread(milliseconds: list[float]) -> dict[str, float]:
    """Tell the median and the 99th percentile of some times, and how many they are."""
    ranked = sorted(milliseconds)
    return {
        "median_ms": round(statistics.median(ranked), 2),
        "p99_ms": round(ranked[min(int(len(ranked) * 0.99), len(ranked) - 1)], 2),
        "times": len(ranked),
    }


def seconds(deed: Callable[[], object]) -> float:
    """Do a thing once, and tell how many seconds it took."""
    begun = time.perf_counter()
    deed()
    return round(time.perf_counter() - begun, 3)


def peak_memory(deed: Callable[[], object]) -> dict[str, float]:
    """Do a thing, and tell in MiB the most that this process held meanwhile, and held before."""
    Path("/proc/self/clear_refs").write_text("5")
    before = _held("VmRSS")
    deed()
    return {"memory_before_mib": before, "memory_peak_mib": _held("VmHWM")}


def _held(name: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return round(int(line.split()[1]) / 1024, 1)
    raise AssertionError(f"this system does not tell {name}")


def statements(deed: Callable[[], object]) -> int:
    """Count the statements that a thing sends, transactions' own included."""
    with CaptureQueriesContext(connection) as sent:
        deed()
    return len(sent)


def machine() -> dict[str, Any]:
    """Describe the machine: its processor, cores, memory, Python and PostgreSQL."""
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
    """Read the sizes from the command line, and whether only JSON is wanted."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--json", action="store_true", help="print one JSON object and no more")
    for name, usual in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=usual)
    return parser.parse_args()


def report(found: dict[str, Any], *, as_json: bool) -> None:
    """Print what was measured."""
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    print(json.dumps(found, ensure_ascii=False, indent=2))
