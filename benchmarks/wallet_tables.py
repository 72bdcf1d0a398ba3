"""The table of the wallet's figures."""

from benchmarks.cells import Figures, kept, number, reached, table

NOTE = """## SMS credits

A credit is spent by one conditional statement, and a storm of a hundred by two: wallets locked,
then all of it. A balance read and a row changed are the floors, asked in turns with them. Then
eight threads spend for a while, of one account and of a hundred in turn, and fifty race for thirty
credits in one account after the other. The peer reads, decides and saves, and lets 40 of 40
through under 10.
"""

AIMS = {(True, True): 1_200, (True, False): 15_000, (False, True): 2_500, (False, False): 15_000}
"""The least credits a second: of one account or of several, one by one or by storms."""


def wallet(figures: Figures) -> list[str]:
    """Return the lines of the tables."""
    raced = figures["raced"]
    one = [
        [name, each["statements"], each["median_ms"], each["p99_ms"]]
        for name, each in figures["one"].items()
    ]
    many = [
        [
            f"{number(each['accounts'])} accounts, {number(each['storm'])} at a time",
            reached(each["per_second"], AIMS[each["accounts"] == 1, each["storm"] == 1]),
            AIMS[each["accounts"] == 1, each["storm"] == 1],
            kept(each["counted_wrong"], 0),
        ]
        for each in figures["together"]
    ]
    return [
        *table(["", "statements", "median ms", "p99 ms"], one),
        "",
        *table(["8 threads spend", "credits/s", "aim", "counted wrong (aim 0)"], many),
        "",
        *table(
            ["races of 50 for 30", "not exactly 30 (aim 0)", "recounted wrong (aim 0)"],
            [[raced["races"], kept(raced["not_exact"], 0), kept(figures["recounted_wrong"], 0)]],
        ),
    ]
