"""The environment of the server's processes: nothing of ours may change what they do."""

import os

ALIEN = ("PG", "LD_", "LC_")


def forget_libpq() -> None:
    """Drop every PG* variable: one of them in somebody's shell is enough to connect nowhere."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]


def for_children() -> dict[str, str]:
    """Make the environment in which initdb and the server run: no locale of ours, and UTC."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(ALIEN) and name not in {"LANG", "LANGUAGE", "TZ"}
    }
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}
