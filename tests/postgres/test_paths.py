import os
import pwd
import shutil
from pathlib import Path

import pytest

from tests.postgres.keeping import ask, hold, only_root
from vatio.postgres import server

pytestmark = pytest.mark.processes


@only_root
def test_a_short_folder_that_somebody_else_made_first_holds_no_socket(home: Path) -> None:
    long = home / ("x" * 144)
    first = server.ensure(long)
    first.stop()
    shutil.rmtree(first.socket)
    stranger = pwd.getpwnam("games")
    first.socket.mkdir(mode=0o777)
    os.chown(first.socket, stranger.pw_uid, stranger.pw_gid)

    again = server.ensure(long)

    assert again.socket.parent != first.socket.parent
    assert os.listdir(first.socket) == []
    assert again.socket.stat().st_uid == os.geteuid()
    assert ask(again, "SELECT 1") == 1
    again.stop()
    shutil.rmtree(first.socket)
    shutil.rmtree(again.socket)


@only_root
def test_a_link_in_the_place_of_the_short_folder_is_not_followed(home: Path) -> None:
    long = home / ("x" * 144)
    first = server.ensure(long)
    first.stop()
    shutil.rmtree(first.socket)
    trap = home.parent / "trap"
    trap.mkdir(mode=0o755)
    first.socket.symlink_to(trap)

    again = server.ensure(long)

    assert again.socket.parent != first.socket.parent
    assert (os.listdir(trap), trap.stat().st_mode & 0o777) == ([], 0o755)
    again.stop()
    first.socket.unlink()
    shutil.rmtree(again.socket)


@only_root
def test_the_socket_of_another_uid_keeps_its_short_folder(
    home: Path, without_namespaces: None
) -> None:
    long = home / ("x" * 144)
    first = server.ensure(long)
    first.stop()

    again = server.ensure(long)

    assert again.socket == first.socket
    assert again.socket.stat().st_uid == 58432
    again.stop()
    shutil.rmtree(again.socket)


@only_root
def test_what_root_started_in_somebodys_closed_home_they_start_themselves(home: Path) -> None:
    user = pwd.getpwnam("daemon")
    os.chown(home.parent, user.pw_uid, user.pw_gid)
    home.parent.chmod(0o700)
    home.mkdir()
    (home / "secret_key").touch(mode=0o600)

    server.ensure(home).stop()
    holder = hold(home, user.pw_uid)
    told = holder.stdout.readline().split()  # type: ignore[union-attr]
    _said, error = holder.communicate(timeout=60)

    assert (told[1:], holder.returncode) == (["True"], 0), error
    owners = {entry.stat().st_uid for entry in (home, *home.iterdir())}
    assert owners == {user.pw_uid}


def test_a_path_is_as_long_as_its_bytes(home: Path) -> None:
    fits_in_letters = home / ("ñ" * (100 - len(str(home)) - len("/run/.s.PGSQL.5432")))

    running = server.ensure(fits_in_letters)

    assert len(str(fits_in_letters / "run" / ".s.PGSQL.5432")) < 107
    assert running.socket != fits_in_letters / "run"
    assert ask(running, "SELECT 1") == 1
    running.stop()
    shutil.rmtree(running.socket)
