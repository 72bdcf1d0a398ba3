import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import cells, results, tables
from tests.conftest import CHROMIUM

ROOT = Path(__file__).resolve().parent.parent
SMALL = {
    "accounts_page": ["--accounts", "120", "--times", "2"],
    "http": ["--accounts", "120", "--seconds", "1"],
    "accepting": ["--accounts", "200", "--times", "3"],
    "reminders": ["--accounts", "200"],
    "delivery": ["--messages", "20"],
    "room": ["--accounts", "60", "--times", "3", "--seconds", "1", "--races", "2"],
    "wallet": ["--accounts", "120", "--times", "3", "--seconds", "1", "--races", "2"],
    "insertion": (
        [
            "--gateways",
            "2",
            "--devices",
            "1",
            "--days",
            "1",
            "--singles",
            "2",
            "--slots",
            "4",
            "--grown",
            "4",
        ]
    ),
    "curves": ["--lines", "500", "--times", "1"],
    "reading_back": ["--accounts", "3", "--with_days", "2", "--series", "2", "--times", "1"],
    "zooming": ["--times", "1", "--frames", "20"],
    "alerting": (
        ["--rules", "40", "--many", "2", "--sources", "200", "--times", "1", "--insertions", "3"]
    ),
    "collecting": ["--lines", "6", "--accounts", "2", "--processes", "2"],
}
WRITTEN_BY = {
    "__init__",
    "results",
    "tables",
    "reading_tables",
    "wallet_tables",
    "alert_tables",
    "collecting_tables",
    "cells",
}


def told_by(name: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *SMALL[name], "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_every_benchmark_has_its_table_and_its_test() -> None:
    files = {path.stem for path in (ROOT / "benchmarks").glob("*.py")}

    assert files - WRITTEN_BY == set(tables.NAMES) == set(SMALL)


@pytest.mark.processes
def test_accounts_page_tells_each_page_at_each_size() -> None:
    told = told_by("accounts_page")

    assert told["measured"] == "accounts_page"
    assert told["sizes"] == [100, 120]
    assert set(told["pages"][0]) == {
        "page",
        "kind",
        "accounts",
        "statements",
        "median_ms",
        "p99_ms",
        "times",
    }
    by_page: dict[str, set[int]] = {}
    for row in told["pages"] + told["counts"]:
        by_page.setdefault(row["page"], set()).add(row["statements"])
    assert len(by_page) > 25
    assert {page: counts for page, counts in by_page.items() if len(counts) > 1} == {}
    assert told["export"]["rows"] == 120
    assert told["export"]["memory_peak_mib"] >= told["export"]["memory_before_mib"]
    assert "«Gestionar cuentas»" in tables.written({"accounts_page": told})


@pytest.mark.processes
def test_http_tells_each_number_of_accounts_and_connections() -> None:
    told = told_by("http")

    runs = told["runs"]
    assert [(run["accounts"], run["connections"]) for run in runs] == [
        (100, 2),
        (100, 8),
        (120, 2),
        (120, 8),
    ]
    assert all(run["requests_per_second"] > 0 and run["page_bytes"] > 50_000 for run in runs)
    assert told["web_processes"] == 2


@pytest.mark.processes
def test_accepting_tells_each_kind() -> None:
    told = told_by("accepting")

    assert set(told["kinds"]) == {"opening", "renewal", "expansion", "upgrade"}
    assert {kind["times"] for kind in told["kinds"].values()} == {3}
    assert told["floor"]["median_ms"] > 0


@pytest.mark.processes
def test_reminders_tell_who_was_due_and_told() -> None:
    told = told_by("reminders")

    assert [(run["accounts"], run["due"], run["messages"]) for run in told["runs"]] == [
        (200, 200, 400),
        (200, 2, 4),
    ]


@pytest.mark.processes
def test_delivery_tells_that_each_message_arrived_once() -> None:
    told = told_by("delivery")

    assert [
        (run["workers"], run["messages"], run["sent"], run["arrived"], run["repeated"])
        for run in told["runs"]
    ] == [(1, 20, 20, 20, 0), (2, 20, 20, 20, 0)]


@pytest.mark.processes
def test_room_tells_the_question_one_more_unit_and_that_nobody_took_too_much() -> None:
    told = told_by("room")

    assert told["one"]["the question"]["statements"] == 1
    assert told["one"]["one more unit"]["times"] == 3
    assert told["together"]["taken"] > 0
    assert told["together"]["counted_wrong"] == 0
    assert told["raced"] == {"races": 2, "free": 10, "most_taken": 10, "not_exact": 0}
    assert "one more unit" in tables.written({"room": told})


@pytest.mark.processes
def test_wallet_tells_what_a_credit_costs_and_that_none_was_spent_twice() -> None:
    told = told_by("wallet")

    assert told["one"]["a credit spent"]["statements"] == 1
    assert [each["counted_wrong"] for each in told["together"]] == [0] * 4
    assert told["raced"] == {"races": 2, "threads": 50, "credits": 30, "not_exact": 0}
    assert told["recounted_wrong"] == 0
    assert "a credit spent" in tables.written({"wallet": told})


@pytest.mark.processes
def test_insertion_tells_days_repeats_single_slots_and_bytes() -> None:
    told = told_by("insertion")

    assert [(each["kind"], each["repeated"], each["counts"]["new"]) for each in told["days"]] == [
        ("instants", False, 768),
        ("instants", True, 0),
        ("registers", False, 768),
        ("registers", True, 0),
    ]
    assert [each["counts"]["new"] for each in told["slots"]] == [32, 32]
    assert {name: each["readings"] for name, each in told["bytes"].items()} == {
        "whole days": 768,
        "whole days, a flat table": 768,
        "slot by slot": 32,
        "slot by slot, a flat table": 32,
    }
    assert "one slot a request" in tables.written({"insertion": told})


@pytest.mark.processes
def test_curves_tell_each_file() -> None:
    told = told_by("curves")

    assert {(each["file"], each["lines"]) for each in told["files"]} == {
        ("F5D", 500),
        ("CSV, CNMC", 500),
        ("XLSX, CNMC", 500),
    }
    assert "F5D" in tables.written({"curves": told})


@pytest.mark.processes
def test_reading_back_tells_one_series_and_many_accounts() -> None:
    told = told_by("reading_back")

    assert told["rows"]["a year of quarters"]["statements"] == 1
    assert told["rows"]["3 accounts from months"]["statements"] == 1
    assert told["year_over_http"]["values"] == 35_040
    written = tables.written({"reading_back": told})
    assert "a year as it was known" in written
    assert "| «Cartera», 3 accounts |" in written


@pytest.mark.processes
@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")
def test_zooming_tells_the_first_paint_and_each_frame() -> None:
    told = told_by("zooming")

    assert told["slots"] == 35_040
    assert told["first_paint"]["opened"]["median_ms"] > told["first_paint"]["answered"]["median_ms"]
    assert told["zooming"]["frame"]["times"] == 20
    assert "35,040 quarters" in tables.written({"zooming": told})


@pytest.mark.processes
def test_alerting_tells_what_is_found_what_falls_silent_and_how_soon_a_text_has_left() -> None:
    told = told_by("alerting")

    assert [
        (each["rules"], each["accounts"], each["readings"], len(each["kinds"]))
        for each in told["evaluated"]
    ] == [(40, 1, 4_000, 1), (40, 1, 4_000, 5), (40, 2, 4_000, 5)]
    assert all(each["episodes"] > 0 for each in told["evaluated"])
    assert [(each["due"], each["opened"]) for each in told["swept"]] == [(0, 0), (2, 1)]
    assert (told["texted"]["insertions"], told["texted"]["texts"]) == (3, 3)
    assert "| 40 rules, 5 kinds |" in tables.written({"alerting": told})


@pytest.mark.processes
def test_collecting_tells_that_each_line_was_called_and_what_one_takes() -> None:
    told = told_by("collecting")

    assert (told["called"], told["done"]) == (6, 6)
    assert told["intervals"] in (6 * 5 * hours for hours in (23, 24, 25))
    assert told["values"] == told["intervals"] * 2
    assert told["statements"] > 1
    assert told["processor_seconds"] > 0
    assert told["memory_peak_mib"] > 0
    assert "| 6 | 2 | 6 |" in tables.written({"collecting": told})


def test_the_page_of_results_is_what_was_told() -> None:
    told = json.loads(results.TOLD.read_text())

    assert results.RESULTS.read_text() == tables.written(told)
    assert set(told) <= set(tables.NAMES)


@pytest.mark.parametrize(
    ("value", "most", "words"), [(14, 14, "14"), (15, 14, "15 ✗"), (1234.5, 5_000, "1,234.5")]
)
def test_a_missed_aim_is_marked(value: float, most: float, words: str) -> None:
    assert cells.kept(value, most) == words
