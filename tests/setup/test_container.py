import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.processes

ROOT = Path(__file__).resolve().parents[2]


def locked(*names: str) -> set[str]:
    """Return the packages in the part of the lock that some packages need."""
    told = subprocess.run(
        [sys.executable, ROOT / "bin" / "locked", *names],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return set(re.findall(r"^([a-z][\w.-]*)==", told, re.M))


def needed(name: str, extras: frozenset[str] = frozenset()) -> set[str]:
    """Return what an installed package requires here, directly or not, and itself."""
    found = {canonicalize_name(name)}
    for line in metadata.requires(name) or []:
        wanted = Requirement(line)
        asked = extras or {""}
        if wanted.marker is None or any(wanted.marker.evaluate({"extra": e}) for e in asked):
            found |= needed(wanted.name, frozenset(wanted.extras))
    return found


def test_what_the_container_installs_is_what_vatio_needs_and_no_tool() -> None:
    server = re.findall(r"^([a-z][\w.-]*)==", (ROOT / "requirements-server.txt").read_text(), re.M)

    assert locked("vatio") == needed("vatio") - {"vatio"} - set(server)
    assert not locked("vatio") & {"pytest", "mypy", "ruff", "playwright"}
    assert locked("hatchling", "babel") >= {"hatchling", "babel", "packaging"}


def test_what_the_container_copies_is_there_and_let_through() -> None:
    lines = (ROOT / "Containerfile").read_text().splitlines()
    copied = {
        name
        for line in lines
        if line.startswith("COPY ") and "--from" not in line
        for name in line.split()[1:-1]
    }
    let_through = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }

    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert {name.rstrip("/") for name in copied} == let_through
