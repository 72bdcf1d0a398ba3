"""Chooses the system user that the server runs as: PostgreSQL refuses to run as root.

An existing data directory is served by its owner. A new one is served in the first
way that works, tried for real: as the current user; inside a user namespace, where
root is another user; or, started by root, as another uid.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from vatio.postgres.environment import for_children
from vatio.postgres.errors import ServerProblem

NOBODY = 65534
SPARE_UID = 58432
NO_WAY_AS_ROOT = (
    "You are root, user namespaces are off and root may not become another user here."
    " Run as an ordinary user, or set DATABASE_URL."
)


@dataclass(frozen=True)
class Owner:
    """The system user that the server runs as, and the one that the server sees when we connect.

    `peer` is the name that peer authentication sees. `prefix` is put before the server's
    command; `uid` and `gid`, if any, are set before that. initdb refuses a uid without a
    name: it runs as `maker`.
    """

    peer: str
    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None
    maker: int | None = None

    def becoming(self, *, initdb: bool = False) -> dict[str, object]:
        """Return the arguments with which Popen starts a child as this owner, or as initdb's."""
        uid = self.maker if initdb and self.maker is not None else self.uid
        if uid is None:
            return {}
        return {"user": uid, "group": uid if initdb else self.gid, "extra_groups": []}

    def may(self, script: str, *arguments: str) -> bool:
        """Return whether a shell script succeeds when it runs as this owner."""
        try:
            done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603
                [*self.prefix, "/bin/sh", "-c", script, "sh", *arguments],
                env=for_children(),
                capture_output=True,
                cwd="/",
                timeout=30,
                **self.becoming(),
            )
        except (OSError, subprocess.SubprocessError):
            return False
        return bool(done.returncode == 0)

    def can_be_stopped(self) -> bool:
        """Return whether a child can run as this owner and be killed: root may lack CAP_KILL."""
        try:
            with subprocess.Popen(  # type: ignore[call-overload]
                ["/bin/sh", "-c", "read _"],
                stdin=subprocess.PIPE,
                cwd="/",
                env=for_children(),
                **self.becoming(),
            ) as child:
                child.kill()
        except OSError:
            return False
        return True


def choose(folder: Path, binaries: Path) -> Owner:
    """Choose the system user that the server of a folder runs as.

    :raises ServerProblem: if no user can run the server, saying what to do.
    """
    data = folder / "data"
    me = os.geteuid()
    if data.exists():
        return _of_existing(data, me, folder)
    if me != 0 and _name(me):
        return Owner(peer=_name(me))
    inside = _in_namespace()
    if inside is not None and inside.may(
        '"$1" --version && touch "$2" && rm "$2"',
        str(binaries / "postgres"),
        str(folder / ".probe"),
    ):
        return inside
    if me != 0:
        raise ServerProblem(
            f"uid {me} has no entry in /etc/passwd and user namespaces are off."
            " Add an entry, or set DATABASE_URL."
        )
    repository = folder.parent.stat().st_uid
    return _as_uid(repository or SPARE_UID)


def _of_existing(data: Path, me: int, folder: Path) -> Owner:
    owner = data.stat().st_uid
    if owner == me and me != 0 and _name(me):
        return Owner(peer=_name(me))
    if owner == me:
        inside = _in_namespace()
        if inside is None:
            raise ServerProblem(
                f"{data} was made inside a user namespace, and there is none here."
                f" Run chown -R {SPARE_UID} {data}, or set DATABASE_URL."
            )
        return inside
    if me == 0:
        return _as_uid(owner)
    raise ServerProblem(
        f"{folder} belongs to {_name(owner) or owner}, you are {_name(me) or me}."
        " Run as its owner, or choose another folder with VATIO_HOME."
    )


def _as_uid(uid: int) -> Owner:
    owner = Owner(peer="root", uid=uid, gid=uid, maker=uid if _name(uid) else NOBODY)
    if not owner.can_be_stopped():
        raise ServerProblem(NO_WAY_AS_ROOT)
    return owner


def _in_namespace() -> Owner | None:
    """Return an owner with a name inside a user namespace; None if user namespaces are off."""
    if shutil.which("unshare") is None:
        return None
    for entry in pwd.getpwall():
        if entry.pw_uid not in {0, NOBODY}:
            inside = Owner(
                peer=entry.pw_name,
                prefix=(
                    "unshare",
                    "--user",
                    f"--map-user={entry.pw_uid}",
                    f"--map-group={entry.pw_gid}",
                    "--",
                ),
            )
            return inside if inside.may("true") else None
    return None


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return ""
