"""The tables of the alerts' figures."""

from benchmarks.cells import Figures, aimed, number, table

NOTE = """## Alerts

Each rule looks at a series of its own, of which a day of quarters and an hour have arrived: all of
them in one claim, after 60 days that were evaluated before. A third of the series has a peak. The
kinds are above, below, the sum of a day, the contracted power and the night against its usual. The
times are those of evaluating, and of following as the job does it, with the months written too.
The sweep finds which sources have fallen silent; of those that are due half have.

Then readings are posted to a web process, each opening a grave episode in an account of its own,
about two a second: from the first byte of the request to the gateway on loopback that has the SMS.
A web process and a worker, as `vatio run` starts them, with usual settings.
"""

RULES, IDLE, TEXT = 1_000, 250, 5_000
"""The most milliseconds: to evaluate, to sweep where nothing is due, and to the SMS (p95)."""


def alerting(figures: Figures) -> list[str]:
    """Return the lines of the tables."""
    evaluated = [
        [
            f"{number(each['rules'])} rules, "
            + ("one kind" if len(each["kinds"]) == 1 else f"{len(each['kinds'])} kinds"),
            number(each["accounts"]),
            number(each["readings"]),
            number(each["episodes"]),
            each["statements"],
            aimed(each["median_ms"], RULES),
            each["p99_ms"],
            each["followed_ms"],
        ]
        for each in figures["evaluated"]
    ]
    swept = [
        [
            number(each["sources"]),
            number(each["due"]),
            number(each["opened"]),
            aimed(each["median_ms"], None if each["due"] else IDLE),
            each["p99_ms"],
        ]
        for each in figures["swept"]
    ]
    texted = figures["texted"]
    return [
        *table(
            [
                "evaluated",
                "accounts",
                "readings",
                "episodes",
                "statements",
                "median ms",
                "p99 ms",
                "followed, ms",
            ],
            evaluated,
        ),
        "",
        *table(["sources swept", "due", "fell silent", "median ms", "p99 ms"], swept),
        "",
        *table(
            ["insertions", "SMS", "p50 ms", "p95 ms", "longest, ms"],
            [
                [
                    number(texted["insertions"]),
                    number(texted["texts"]),
                    number(texted["p50_ms"]),
                    aimed(texted["p95_ms"], TEXT),
                    number(texted["max_ms"]),
                ]
            ],
        ),
    ]
