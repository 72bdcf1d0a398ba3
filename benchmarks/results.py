"""Runs the benchmarks and writes RESULTS.md from what they print: no figure is typed by hand.

`python -m benchmarks.results` runs all benchmarks. With names after it, it runs only
those, and keeps the earlier figures of the others; RESULTS.md is rewritten either way.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks import tables

FOLDER = Path(__file__).resolve().parent
TOLD = FOLDER / "results.json"
RESULTS = FOLDER / "RESULTS.md"


def main() -> None:
    """Run the named benchmarks, or all, and write out their figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(tables.NAMES))
    names = parser.parse_args().names or tables.NAMES
    unknown = set(names) - set(tables.NAMES)
    if unknown:
        parser.error(f"there is no benchmark called {', '.join(sorted(unknown))}")
    figures: dict[str, Any] = json.loads(TOLD.read_text()) if TOLD.exists() else {}
    for name in names:
        print(f"{name} …", file=sys.stderr, flush=True)
        figures[name] = run(name)
        keep(figures)


def run(name: str) -> dict[str, Any]:
    """Run a benchmark in a process of its own, and return the figures that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", "--json"],
        cwd=FOLDER.parent,
        stdout=subprocess.PIPE,
        check=True,
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def keep(figures: dict[str, Any]) -> None:
    """Write results.json, and RESULTS.md from it."""
    TOLD.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")
    RESULTS.write_text(tables.written(figures))


if __name__ == "__main__":
    main()
