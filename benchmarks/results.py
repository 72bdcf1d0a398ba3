"""Runs the benchmarks and writes RESULTS.md from what they print: no figure is typed by hand.

`python -m benchmarks.results` runs them all; with names after it, those alone, and
what the others told before is kept. RESULTS.md is written anew either way.
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
    """Run what is asked, keep what it told, and write it out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(tables.NAMES))
    asked = parser.parse_args().names or tables.NAMES
    unknown = set(asked) - set(tables.NAMES)
    if unknown:
        parser.error(f"there is no benchmark called {', '.join(sorted(unknown))}")
    told: dict[str, Any] = json.loads(TOLD.read_text()) if TOLD.exists() else {}
    for name in asked:
        print(f"{name} …", file=sys.stderr, flush=True)
        told[name] = run(name)
        keep(told)


def run(name: str) -> dict[str, Any]:
    """Run a benchmark in a process of its own, and read what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", "--json"],
        cwd=FOLDER.parent,
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def keep(told: dict[str, Any]) -> None:
    """Write down what was told, and RESULTS.md from it."""
    TOLD.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    RESULTS.write_text(tables.written(told))


if __name__ == "__main__":
    main()
