"""The environment of the server's processes, without variables that change what they do."""

import os

ALIEN = ("PG", "LD_", "LC_")


def forget_libpq() -> None:
    """Delete every PG* variable from this process: libpq would connect where a shell's say."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]


def for_children() -> dict[str, str]:
    """Return the environment of initdb and the server: ours, but with the C locale and UTC."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(ALIEN) and name not in {"LANG", "LANGUAGE", "TZ"}
    }
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}
