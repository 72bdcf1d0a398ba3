"""Writes the benchmarks' figures as tables: each figure beside its aim and a peer's."""

from collections.abc import Callable

from benchmarks import alert_tables, collecting_tables, reading_tables, wallet_tables
from benchmarks.cells import Figures, aimed, kept, number, reached, table

HEAD = """# What Vatio measures about itself

`make bench` runs every benchmark of this folder and writes this page from the figures that they
print; they stand in `results.json`. Times are wall-clock, commits included, on a server of our own
with its usual settings. A cross marks an aim that was missed. Figures move with the machine:
compare only what one run has told. Each run measures a floor too, of the same kind and in the same
minute, and says how far above it the figure is.
"""

NOTES = {
    "accounts_page": """## «Gestionar cuentas»

A page of 50 rows for somebody who is signed in, through every middleware but without a socket. Few
and many accounts are asked in turns. What an index answers has to take no longer than 1.3 times
as long with many accounts as with few, at the 99th percentile; what is worked out over all
accounts has 150 ms, and a common part of a word 50 ms (median). The statements are the same at
every size. Healthchecks, whose list reads all of its rows, falls from 97 to 2.5 pages a second
between 10 and 1,000 rows.
""",
    "http": """## «Gestionar cuentas» over HTTP

Two web processes as `vatio serve` starts them, with one database, asked over kept connections on
loopback. What asks shares the cores with them: how much of a core it took stands beside. An empty
view, asked in the same minute, is the floor.
""",
    "accepting": """## Accepting an order

BEGIN and COMMIT are counted among the statements. The floor reads and writes the rows of an
accepted renewal with plain Django, without any rule. The peer is django-plans 2.8.2, for an
upgrade.
""",
    "reminders": """## Deciding reminders

Every account due is told to two people. The statements are those of one run, BEGIN and COMMIT
among them; nothing to do is the median of five runs. The floor is one plain INSERT of as many
messages. The memory is that of the Python process
that decides, before and at its most. The peer is django-plans 2.8.2, for as many accounts and as
many due.
""",
    "delivery": """## Delivering messages

Workers as `vatio worker` starts them send to a mail server on loopback, in a process of its own:
from the first mail that arrives to the last. The mail server shares the cores. The floor is a
loop of smtplib that sends ready-made mails over one connection.
""",
    "room": """## What an account has left

The question tells what is held, used and left of every unit, and by which agreements. One more
unit is what a rule takes for what it adds, BEGIN and COMMIT included; a whole meter is that with
the meter, its allocation and its act. A row by its key and a bare counter are the floors, asked in
turns with them. Then eight threads take from one account for a while, and twenty race for ten
places in one account after the other. The peer is django-plans 2.8.2, which checks without taking
and lets 11 to 17 in under 10.
""",
    "wallet": wallet_tables.NOTE,
    **reading_tables.NOTES,
    "alerting": alert_tables.NOTE,
    "collecting": collecting_tables.NOTE,
}
NAMES = list(NOTES)


def written(figures: Figures) -> str:
    """Write the whole of RESULTS.md."""
    parts = [HEAD]
    for name, note in NOTES.items():
        if name in figures:
            parts += [
                note,
                "\n".join([*_TABLES[name](figures[name]), _machine(figures[name])]) + "\n",
            ]
    return "\n".join(parts)


def _machine(figures: Figures) -> str:
    machine = figures["machine"]
    return (
        f"\n{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB;"
        f" PostgreSQL {machine['postgresql']}, Python {machine['python']};"
        f" {machine['measured_on']}."
    )


def _accounts_page(figures: Figures) -> list[str]:
    rows: dict[str, list[Figures]] = {}
    for each in [*figures["floor"], *figures["counts"], *figures["pages"]]:
        rows.setdefault(each["page"], []).append(each)
    sizes = [f"{number(size)} accounts: median / p99 ms" for size in figures["sizes"]]
    lines = table(
        ["page", "statements", *sizes, "aim"],
        [_page_row(page, of_sizes) for page, of_sizes in rows.items()],
    )
    export = figures["export"]
    return [
        *lines,
        "",
        *table(
            ["export to a workbook", "seconds", "statements", "memory before", "at its most"],
            [
                [
                    f"{number(export['rows'])} rows",
                    number(export["seconds"]),
                    number(export["statements"]),
                    f"{export['memory_before_mib']} MiB",
                    f"{export['memory_peak_mib']} MiB",
                ]
            ],
        ),
    ]


def _page_row(page: str, of_sizes: list[Figures]) -> list[object]:
    statements = sorted({each["statements"] for each in of_sizes})
    least, most = of_sizes[0], of_sizes[-1]
    cells = [f"{each['median_ms']} / {each['p99_ms']}" for each in of_sizes]
    aims = {
        "floor": ("–", True),
        "flat": (f"p99 ≤ {1.3 * least['p99_ms']:.1f}", most["p99_ms"] <= 1.3 * least["p99_ms"]),
        "common": ("median ≤ 50", most["median_ms"] <= 50),
        "computed": ("p99 ≤ 150", most["p99_ms"] <= 150),
    }
    aim, is_kept = aims[most["kind"]]
    constant = str(statements[0]) if len(statements) == 1 else f"{statements[0]}–{statements[-1]} ✗"
    return [page, constant, *cells, aim if is_kept else f"{aim} ✗"]


LARGEST_PAGE = 110


def _http(figures: Figures) -> list[str]:
    return table(
        [
            "accounts",
            "connections",
            "requests/s",
            "of an empty view",
            "share",
            "median ms",
            "p99 ms",
            f"page, KiB (aim {LARGEST_PAGE})",
            "cores taken by asking",
        ],
        [
            [
                number(each["accounts"]),
                each["connections"],
                number(each["requests_per_second"]),
                number(each["floor_requests_per_second"]),
                f"{each['requests_per_second'] / each['floor_requests_per_second']:.2f}",
                each["median_ms"],
                each["p99_ms"],
                kept(round(each["page_bytes"] / 1024, 1), LARGEST_PAGE),
                each["driver_cores"],
            ]
            for each in figures["runs"]
        ],
    )


ACCEPTING_PEERS = {"upgrade": "30 statements, 21 ms, p99 107 ms"}


def _accepting(figures: Figures) -> list[str]:
    under = figures["floor"]
    return table(
        ["kind", "statements (aim 14)", "median ms", "p99 ms", "of the floor (aim 1.2)", "peer"],
        [
            ["the floor", under["statements"], under["median_ms"], under["p99_ms"], "1", "–"],
            *(
                [
                    kind,
                    kept(each["statements"], 14),
                    each["median_ms"],
                    each["p99_ms"],
                    kept(round(each["median_ms"] / under["median_ms"], 2), 1.2),
                    ACCEPTING_PEERS.get(kind, "–"),
                ]
                for kind, each in figures["kinds"].items()
            ),
        ],
    )


REMINDERS = {
    (10_000, 10_000): (0.6, None, "11.0 s, 10,002 statements"),
    (100_000, 1_000): (0.25, None, "1.29 s, 1,372 statements"),
    (1_000_000, 10_000): (1.7, 0.8, "–"),
    (100_000, 100_000): (None, None, "111 s"),
}
"""By the numbers of accounts and of those due: the most seconds for deciding and for deciding
again with nothing due, and the figures of a peer."""


def _reminders(figures: Figures) -> list[str]:
    rows = []
    for each in figures["runs"]:
        most, most_again, peer = REMINDERS.get((each["accounts"], each["due"]), (None, None, "–"))
        rows.append(
            [
                number(each["accounts"]),
                number(each["due"]),
                number(each["messages"]),
                aimed(each["seconds"], most),
                each["floor_seconds"],
                aimed(each["seconds_nothing_to_do"], most_again),
                kept(each["statements"], 3),
                f"{each['memory_before_mib']} → {each['memory_peak_mib']} MiB",
                peer,
            ]
        )
    return table(
        [
            "accounts",
            "due",
            "messages",
            "seconds",
            "the floor",
            "nothing to do",
            "statements (aim 3)",
            "memory",
            "peer",
        ],
        rows,
    )


def _delivery(figures: Figures) -> list[str]:
    under = figures["floor_per_second"]
    return table(
        [
            "workers",
            "messages",
            "arrived",
            "repeated (aim 0)",
            "seconds",
            "messages/s",
            f"of the floor's {number(under)}",
        ],
        [
            [
                each["workers"],
                number(each["messages"]),
                reached(each["arrived"], each["messages"]),
                kept(each["repeated"], 0),
                each["seconds"],
                number(each["per_second"]),
                f"{each['per_second'] / under:.2f}",
            ]
            for each in figures["runs"]
        ],
    )


ROOM = {
    "the question": (1, 0.3, 0.5, "4 statements, 1.94 ms, p99 3.25 ms"),
    "one more unit": (None, 0.6, None, "0.97 ms, the check alone"),
}
"""The most statements, milliseconds, and those of the 99th percentile; and a peer's figures."""


def _room(figures: Figures) -> list[str]:
    rows = []
    for name, each in figures["one"].items():
        statements, median, p99, peer = ROOM.get(name, (None, None, None, "–"))
        rows.append(
            [
                name,
                aimed(each["statements"], statements),
                aimed(each["median_ms"], median),
                aimed(each["p99_ms"], p99),
                peer,
            ]
        )
    many, raced = figures["together"], figures["raced"]
    return [
        *table(["", "statements", "median ms", "p99 ms", "peer"], rows),
        "",
        *table(
            [
                "threads on one account",
                "units/s (aim 1,000)",
                "counted wrong (aim 0)",
                "races for 10 places",
                "the most that were taken",
                "not exactly 10 (aim 0)",
            ],
            [
                [
                    many["threads"],
                    reached(many["per_second"], 1_000),
                    kept(many["counted_wrong"], 0),
                    raced["races"],
                    kept(raced["most_taken"], raced["free"]),
                    kept(raced["not_exact"], 0),
                ]
            ],
        ),
    ]


_TABLES: dict[str, Callable[[Figures], list[str]]] = {
    "accounts_page": _accounts_page,
    "http": _http,
    "accepting": _accepting,
    "reminders": _reminders,
    "delivery": _delivery,
    "room": _room,
    "wallet": wallet_tables.wallet,
    **reading_tables.TABLES,
    "alerting": alert_tables.alerting,
    "collecting": collecting_tables.collecting,
}
