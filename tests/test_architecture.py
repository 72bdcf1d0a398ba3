import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes

ROOT = Path(__file__).resolve().parent.parent


def test_the_picture_shows_the_import_contracts_as_they_are() -> None:
    kept = (ROOT / "docs" / "pictures" / "architecture.svg").read_text(encoding="utf-8")

    drawn = subprocess.run(
        [sys.executable, str(ROOT / "bin" / "draw-architecture")],
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout

    assert kept == drawn, "The picture is older than the import contracts: run `make draw`."
