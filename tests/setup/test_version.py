import tomllib
from pathlib import Path

import pytest

from tests.setup.running import vatio

pytestmark = pytest.mark.processes

ROOT = Path(__file__).resolve().parents[2]


def test_the_version_is_printed_without_starting_or_making_anything(folder: Path) -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    answer = vatio(folder / "home", "--version", PORT="nonsense", DATABASE_URL="nonsense")

    assert (answer.returncode, answer.stdout, answer.stderr) == (0, f"vatio {declared}\n", "")
    assert not (folder / "home").exists()


def test_the_help_tells_of_the_version(folder: Path) -> None:
    answer = vatio(folder / "home", "--help")

    assert answer.returncode == 0
    assert "`vatio --version` prints which version this is" in answer.stdout
