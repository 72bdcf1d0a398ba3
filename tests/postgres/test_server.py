import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.postgres.keeping import (
    CONNECT,
    HOLD,
    ask,
    becoming,
    hold,
    interpreter,
    left,
    only_root,
    postmaster,
    remember,
)
from vatio.postgres import binaries, server
from vatio.postgres.errors import ServerProblem

pytestmark = pytest.mark.processes


def test_a_server_starts_is_adopted_stops_and_starts_again_with_its_rows(home: Path) -> None:
    first = server.ensure(home)
    remember(first)
    adopted = server.ensure(home)

    assert adopted.process is None
    assert ask(adopted, "SELECT number FROM kept") == 42
    first.stop()
    assert not adopted.lives()
    again = server.ensure(home)
    assert ask(again, "SELECT number FROM kept") == 42
    again.stop()


@only_root
def test_root_without_user_namespaces_runs_it_as_another_uid(
    home: Path, without_namespaces: None
) -> None:
    running = server.ensure(home)

    assert running.paths.data.stat().st_uid == 58432
    assert ask(running, "SELECT current_user::text") == "vatio_owner"
    running.stop()
    again = server.ensure(home)
    again.stop()


@only_root
def test_root_without_user_namespaces_in_a_folder_that_nobody_else_enters(
    without_namespaces: None,
) -> None:
    closed = Path("/root") / f"vatio-test-{os.getpid()}"
    closed.mkdir(mode=0o700)
    try:
        running = server.ensure(closed / "home")

        assert str(running.paths.folder).startswith("/var/lib/vatio/")
        assert ask(running, "SELECT 1") == 1
        running.stop()
        again = server.ensure(closed / "home")
        assert again.paths.folder == running.paths.folder
        again.stop()
        shutil.rmtree(running.paths.folder)
    finally:
        shutil.rmtree(closed)


@only_root
def test_the_repositorys_owner_serves_if_root_may_become_them(
    home: Path, without_namespaces: None
) -> None:
    os.chown(home.parent, 12345, 12345)

    running = server.ensure(home)

    assert running.paths.data.stat().st_uid == 12345
    running.stop()


@only_root
def test_an_ordinary_user_runs_it_as_themselves_and_others_are_kept_out(home: Path) -> None:
    user = pwd.getpwnam("daemon")
    os.chown(home.parent, user.pw_uid, user.pw_gid)

    holder = hold(home, user.pw_uid)
    told = holder.stdout.readline().split()  # type: ignore[union-attr]
    Path(told[0]).chmod(0o777)
    games = pwd.getpwnam("games").pw_uid
    stranger = subprocess.run(
        [interpreter(games), "-c", CONNECT, told[0]],
        capture_output=True,
        text=True,
        cwd="/",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        **becoming(games),  # type: ignore[call-overload]
    )
    holder.communicate()

    assert stranger.returncode != 0
    assert "eer authentication failed" in stranger.stderr
    assert (home / "data").stat().st_uid == user.pw_uid


def test_six_starts_at_once_make_one_server(home: Path) -> None:
    with ThreadPoolExecutor(6) as threads:
        holders = list(threads.map(lambda _: hold(home), range(6)))
    told = [holder.stdout.readline().split() for holder in holders]  # type: ignore[union-attr]

    for holder in holders:
        holder.communicate()

    assert [words[1] for words in told].count("True") == 1
    assert {holder.returncode for holder in holders} == {0}


def test_a_killed_postmaster_leaves_all_rows_for_the_next_start(home: Path) -> None:
    running = server.ensure(home)
    remember(running)
    os.kill(postmaster(running), signal.SIGKILL)
    running.process.wait()  # type: ignore[union-attr]

    again = server.ensure(home)

    assert ask(again, "SELECT number FROM kept") == 42
    again.stop()


def test_a_dead_postmaster_that_nobody_reaped_stops_nothing(home: Path) -> None:
    running = server.ensure(home)
    os.kill(postmaster(running), signal.SIGKILL)

    again = server.ensure(home)

    assert ask(again, "SELECT 1") == 1
    again.stop()
    running.process.wait()  # type: ignore[union-attr]


def test_a_pid_that_is_now_somebody_elses_is_left_alone(home: Path) -> None:
    running = server.ensure(home)
    running.stop()
    bystander = subprocess.Popen(["sleep", "60"])
    (running.paths.data / "postmaster.pid").write_text(f"{bystander.pid}\n{running.paths.data}\n")

    again = server.ensure(home)
    again.stop()

    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_the_server_goes_with_the_process_that_started_it(
    home: Path, number: signal.Signals
) -> None:
    holder = hold(home)
    holder.stdout.readline()  # type: ignore[union-attr]

    holder.send_signal(number)
    holder.wait()

    assert left(home) == []
    again = server.ensure(home)
    again.stop()


def test_a_start_killed_while_it_makes_the_data_is_swept_away(home: Path) -> None:
    holder = hold(home)
    deadline = time.monotonic() + 20
    while not list(home.glob("data.new-*")) and time.monotonic() < deadline:
        time.sleep(0.005)
    holder.kill()
    holder.wait()

    running = server.ensure(home)

    assert list(home.glob("data.new-*")) == []
    running.stop()


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_any_umask_gives_the_same_modes(home: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        running = server.ensure(home)
    finally:
        os.umask(before)

    modes = [path.stat().st_mode & 0o777 for path in (running.paths.data, running.paths.log)]
    assert modes == [0o700, 0o600]
    assert running.socket.stat().st_mode & 0o007 == 0
    running.stop()


def test_alien_variables_change_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alien = {
        "PGSERVICE": "nowhere",
        "PGSSLMODE": "verify-full",
        "PGOPTIONS": "-c nothing=1",
        "PGPORT": "1",
        "PGHOST": "nowhere.example",
        "LANG": "es_ES.UTF-8",
        "LC_ALL": "es_ES.UTF-8",
        "TMPDIR": "/nowhere",
    }
    for name, value in alien.items():
        monkeypatch.setenv(name, value)

    running = server.ensure(home)

    assert ask(running, "SHOW lc_messages") == "C"
    running.stop()


@pytest.mark.parametrize("name", ["con espacios y «acentos»", "Energía, S.L.", "x" * 144, "it's"])
def test_folders_are_named_as_people_name_them(home: Path, name: str) -> None:
    running = server.ensure(home / name)

    assert ask(running, "SELECT 1") == 1
    assert server.ensure(home / name).process is None
    running.stop()


def test_data_of_another_major_version_are_not_touched(home: Path) -> None:
    running = server.ensure(home)
    running.stop()
    (home / "data" / "PG_VERSION").write_text("15\n")

    with pytest.raises(ServerProblem, match="made by PostgreSQL 15"):
        server.ensure(home)

    assert (home / "data" / "PG_VERSION").read_text() == "15\n"


@only_root
def test_a_folder_of_somebody_else_is_refused_to_an_ordinary_user(home: Path) -> None:
    server.ensure(home).stop()
    user = pwd.getpwnam("daemon")

    holder = hold(home, user.pw_uid)
    _told, error = holder.communicate()

    assert holder.returncode != 0
    assert "Choose another folder" in error or "another folder with VATIO_HOME" in error


def test_a_full_disk_is_said_in_a_line_and_leaves_nothing_half_made(home: Path) -> None:
    script = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (10_000_000, 10_000_000))"

    done = subprocess.run(
        [sys.executable, "-c", f"{script}\n{HOLD}", str(home)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )

    assert done.returncode != 0
    assert "PostgreSQL did not start" in done.stderr or "disk is full" in done.stderr
    assert not (home / "data").exists()
    assert list(home.glob("data.new-*")) == []


def test_programs_that_do_not_run_are_named(home: Path, tmp_path: Path) -> None:
    broken = tmp_path / "bin"
    broken.mkdir()
    (broken / "postgres").write_text("#!/bin/sh\nexit 1\n")
    (broken / "postgres").chmod(0o755)

    with pytest.raises(ServerProblem, match="VATIO_POSTGRES_BIN"):
        server.ensure(home, programs=str(broken))


def test_the_wheel_is_what_runs() -> None:
    assert binaries.major(binaries.find()) == 18
