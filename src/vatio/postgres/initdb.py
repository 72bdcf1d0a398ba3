"""Initialises the data directory, whole or not at all, and refuses one of another version."""

import os
import secrets
import shutil
import subprocess
from pathlib import Path

from vatio.postgres import authentication, binaries, environment, errors
from vatio.postgres.errors import ServerProblem
from vatio.postgres.owner import Owner
from vatio.postgres.paths import Paths


def ensure(where: Paths, owner: Owner, programs: Path, lock: int) -> None:
    """Initialise the data directory if there is none; refuse one that these programs cannot read.

    `lock` is the descriptor of the server's lock, which initdb inherits.

    :raises ServerProblem: with the last lines of initdb, or naming both versions.
    """
    if not where.data.exists():
        _initialise(where, owner, programs, lock)
    _check_major(where, programs)


def _initialise(where: Paths, owner: Owner, programs: Path, lock: int) -> None:
    """Run initdb in another folder and rename that: a kill leaves no half-made data directory."""
    for left in where.folder.glob("data.new-*"):
        shutil.rmtree(left)
    aside = where.folder / f"data.new-{secrets.token_hex(4)}"
    aside.mkdir(mode=0o700)
    if owner.maker is not None:
        os.chown(aside, owner.maker, owner.maker)
    done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603
        [
            *owner.prefix,
            programs / "initdb",
            "-D",
            aside,
            "-U",
            authentication.SUPERUSER,
            "-E",
            "UTF8",
            *_locale(programs),
            "-A",
            "peer",
            "--data-checksums",
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd="/",
        env=environment.for_children(),
        pass_fds=[lock],
        **owner.becoming(initdb=True),
    )
    if done.returncode != 0:
        shutil.rmtree(aside, ignore_errors=True)
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise errors.of_server(" ".join(lines[-3:]), where.log)
    if owner.uid is not None:
        _chown_tree(aside, owner.uid)
    aside.chmod(0o700)
    aside.rename(where.data)


def _check_major(where: Paths, programs: Path) -> None:
    version = (where.data / "PG_VERSION").read_text().strip()
    ours = binaries.major(programs)
    if version != str(ours):
        raise ServerProblem(
            f"{where.data} was made by PostgreSQL {version}, this is {ours}. Dump it with"
            f" {version} and restore it, or move the folder away."
        )


def _locale(programs: Path) -> list[str]:
    """Return the locale options: the builtin provider from PostgreSQL 17 on, else the system's."""
    if binaries.major(programs) < 17:
        return ["--locale=C.UTF-8"]
    return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]


def _chown_tree(folder: Path, uid: int) -> None:
    os.chown(folder, uid, uid)
    for root, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(os.path.join(root, name), uid, uid, follow_symlinks=False)
