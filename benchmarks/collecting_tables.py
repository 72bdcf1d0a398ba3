"""The table of the figures of a collector."""

from benchmarks.cells import Figures, aimed, number, table

NOTE = """## RTC lines

`vatio collect --once`, as a process, calls lines by IP whose meters stand for yesterday: the hours
and the quarters of active and reactive energy. The meters are simulated, each with a door of its
own, in a few other processes that share the cores, as PostgreSQL does. The seconds are those of the
process, from its start to its end; processor time and memory are its own. Statements are of a line,
BEGIN and COMMIT included, and of what a collector asks besides. The peer, iec870ree, takes some 6 s
a line, one after the other.
"""

SECONDS = 60
"""The most seconds for a thousand lines."""
THOUSAND = 1_000


def collecting(figures: Figures) -> list[str]:
    """Return the lines of the table."""
    lines = figures["lines"]
    return table(
        [
            "lines",
            "accounts",
            "answered",
            "values stored",
            "seconds",
            "processor, ms a line",
            "statements a line",
            "memory, at its most",
            "a call, median ms",
            "meters' processor, s",
        ],
        [
            [
                number(lines),
                number(figures["accounts"]),
                number(figures["done"]),
                number(figures["values"]),
                aimed(figures["seconds"], SECONDS if lines == THOUSAND else None),
                round(figures["processor_seconds"] / lines * 1000, 1),
                figures["statements"],
                f"{figures['memory_peak_mib']} MiB",
                number(figures["call"]["median_ms"]),
                figures["meters_processor_seconds"],
            ]
        ],
    )
