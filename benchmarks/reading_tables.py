"""Writes the figures of readings as tables: inserted, of files, and read back."""

from collections.abc import Callable

from benchmarks.cells import Figures, aimed, at_least, number, table

NOTES = {
    "insertion": """## Inserting readings

Gateways post to two web processes as `vatio serve` starts them, eight at a time, each over a
connection of its own; what posts shares the cores. Every answer stands for a commit that is on the
disk, with what every change replaced. A day is a batch of ten devices of four data points by
quarters; instants are stored as they come, from registers the intervals are derived too. Repeated
are the same batches again. A slot is a request of four data points of one device, after the slot
before. The pace of a source is unbounded here. BEGIN and COMMIT are counted among the statements.

Bytes are those of all tables of readings with their indexes, after a VACUUM as autovacuum runs it.
The flat table has a row a reading, keyed by account, series and instant, and was filled in the same
run: by COPY, and by INSERT … ON CONFLICT. The figures of peers are quoted from measurements on a
like machine, not taken in this run: FlexMeasures, BEMServer and MyEMS take in 16,000 to 28,000
readings a second and keep 85 to 259 bytes of each; emoncms, without fsync and without history, 0.24
to 1.1 million of float32 at 4.2 bytes.
""",
    "curves": """## Files of load curves

From the bytes of a file to its curves, every line checked; to what would become of each reading,
with its figures; and to all of them stored, in one commit. Nothing was stored before each time.
""",
    "reading_back": """## Reading back

In process, without a page. The series that was corrected has four revisions of every day; what was
known is asked as of its first day. Many accounts are asked for the months of two years of 50 series
each, in one statement: from the months that are kept beside the days, or from the days.

Over HTTP from one web process, one request after the other, signed in: a year of quarters of a
supply point as the browser fetches it, with its tariff periods and contracted power, and «Cartera»
with all its figures. The session, the person and the account are read for each.
""",
    "zooming": """## A year in the browser

A page with a year of quarter hours, in a Chromium without a cache and without a graphics card, at
1440 by 900: from the navigation, and from the arrival of the figures, until the curve is painted.
Then in and out between the year and a day of it, a step a frame: how far apart the frames are, and
what our script and uPlot take of each. What serves the page shares the cores.
""",
}

INSERTION = {
    ("instants", False): (150_000, "16,000–28,000; emoncms 240,000–1,100,000"),
    ("registers", False): (60_000, "–"),
}
"""The least readings a second of whole days, and those of peers."""

LEAST_REQUESTS, MOST_STATEMENTS = 400, 6
"""Requests a second of single slots, and their statements: five, and the COMMIT."""

BYTES = {
    "whole days": (15, "85–259; emoncms 4.2"),
    "slot by slot": (24, "85–259; emoncms 4.2"),
}


def _insertion(figures: Figures) -> list[str]:
    days, slots = [], []
    for each in figures["days"]:
        least, peer = INSERTION.get((each["kind"], each["repeated"]), (None, "–"))
        days.append(
            [
                each["kind"] + (", repeated" if each["repeated"] else ""),
                number(each["readings"]),
                at_least(each["readings_per_second"], least),
                each["median_ms"],
                each["p99_ms"],
                each["driver_cores"],
                peer,
            ]
        )
    for each in figures["slots"]:
        slots.append(
            [
                each["kind"],
                number(each["requests"]),
                at_least(each["requests_per_second"], LEAST_REQUESTS),
                number(each["floor"]),
                aimed(each["statements"], MOST_STATEMENTS),
                each["median_ms"],
                each["p99_ms"],
            ]
        )
    return [
        *table(
            [
                "whole days",
                "readings",
                "readings/s",
                "median ms",
                "p99 ms",
                "cores taken by posting",
                "peers (quoted)",
            ],
            days,
        ),
        "",
        *table(
            [
                "one slot a request",
                "requests",
                "requests/s",
                "of an empty view",
                "statements",
                "median ms",
                "p99 ms",
            ],
            slots,
        ),
        "",
        *_bytes(figures),
    ]


def _bytes(figures: Figures) -> list[str]:
    rows = []
    for name, each in figures["bytes"].items():
        most, peer = BYTES.get(name, (None, "–"))
        rows.append(
            [
                name,
                number(each["readings"]),
                aimed(each["bytes_a_reading"], most),
                number(round(each["readings"] / max(each["seconds"], 0.001))),
                peer,
            ]
        )
    headings = ["kept", "readings", "bytes a reading", "readings/s, in process", "peers (quoted)"]
    return table(headings, rows)


CURVES = {("F5D", "dry run"): 1_000, ("F5D", "stored"): 2_000}
"""The most milliseconds of a step of a file of 100,000 lines."""


def _curves(figures: Figures) -> list[str]:
    return table(
        ["file", "lines", "step", "lines/s", "median ms", "p99 ms"],
        [
            [
                each["file"],
                number(each["lines"]),
                each["step"],
                number(each["lines_per_second"]),
                aimed(each["median_ms"], CURVES.get((each["file"], each["step"]))),
                each["p99_ms"],
            ]
            for each in figures["files"]
        ],
    )


MOST_OF_A_YEAR = 15
"""The most milliseconds of a year of quarters over HTTP."""

READING_BACK = {"200 accounts from months": 150}
"""The most milliseconds of what has an aim."""


def _reading_back(figures: Figures) -> list[str]:
    rows = []
    for name, each in figures["rows"].items():
        most = READING_BACK.get(name)
        rows.append([name, each["statements"], aimed(each["median_ms"], most), each["p99_ms"]])
    pages = [
        [
            words,
            number(each["page_bytes"]),
            aimed(each["median_ms"], most),
            each["p99_ms"],
            each["floor_median_ms"],
        ]
        for words, each, most in (
            ("a year of quarters", figures["year_over_http"], MOST_OF_A_YEAR),
            (f"«Cartera», {figures['portfolio']['accounts']} accounts", figures["portfolio"], 150),
        )
    ]
    return [
        *table(["", "statements", "median ms", "p99 ms"], rows),
        "",
        *table(["over HTTP", "bytes", "median ms", "p99 ms", "of an empty view, ms"], pages),
    ]


PAINTS = {
    "opened": ("first paint, from the navigation", 1_000),
    "answered": ("… from the answer", None),
}
FRAMES = {
    "frame": ("between two frames, zooming", 30),
    "work": ("… of it script and drawing", None),
}
"""What each figure is of, and the most milliseconds: of a paint the median, of a frame the p95."""


def _zooming(figures: Figures) -> list[str]:
    rows = []
    for name, (words, most) in PAINTS.items():
        each = figures["first_paint"][name]
        rows.append([words, aimed(each["median_ms"], most), "–", each["p99_ms"]])
    for name, (words, most) in FRAMES.items():
        each = figures["zooming"][name]
        rows.append([words, each["median_ms"], aimed(each["p95_ms"], most), each["p99_ms"]])
    headings = [f"{number(figures['slots'])} quarters", "median ms", "p95 ms", "p99 ms"]
    return table(headings, rows)


TABLES: dict[str, Callable[[Figures], list[str]]] = {
    "insertion": _insertion,
    "curves": _curves,
    "reading_back": _reading_back,
    "zooming": _zooming,
}
