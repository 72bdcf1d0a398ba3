import os
import pwd
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.postgres.keeping import ask, hold, only_root, refused
from vatio.postgres import server
from vatio.postgres.errors import ServerProblem

pytestmark = pytest.mark.processes

ALLOWED = (
    subprocess.run(
        ["unshare", "--user", "--map-user=1", "--map-group=1", "--", "true"], capture_output=True
    ).returncode
    == 0
)
only_with_namespaces = pytest.mark.skipif(not ALLOWED, reason="user namespaces are off here")
NAMELESS = 123456


@pytest.mark.parametrize("kept", ["setpriv", "unshare", "neither"])
def test_without_the_tools_that_it_would_like_it_runs_all_the_same(
    home: Path, monkeypatch: pytest.MonkeyPatch, kept: str
) -> None:
    tools = home.parent / "tools"
    tools.mkdir()
    found = shutil.which(kept)
    if found:
        (tools / kept).symlink_to(found)
    monkeypatch.setenv("PATH", str(tools))

    running = server.ensure(home)

    assert ask(running, "SELECT 1") == 1
    running.stop()


@only_root
def test_a_tool_that_only_root_can_run_is_done_without(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = home.parent / "tools"
    tools.mkdir(mode=0o700)
    (tools / "setpriv").symlink_to(shutil.which("setpriv") or "/nowhere")
    monkeypatch.setenv("PATH", str(tools))

    running = server.ensure(home)

    assert running.paths.data.stat().st_uid == 58432
    running.stop()


@only_root
@pytest.mark.parametrize(
    "under",
    [
        ("prlimit", "--nofile=64:64", "--"),
        ("prlimit", "--stack=1048576:1048576", "--"),
        ("setpriv", "--no-new-privs", "--"),
    ],
    ids=lambda under: under[1],
)
def test_root_without_user_namespaces_and_with_less_than_usual_runs_it(
    home: Path, without_namespaces: None, under: tuple[str, ...]
) -> None:
    holder = hold(home, under=under)

    told = holder.stdout.readline().split()  # type: ignore[union-attr]
    _said, error = holder.communicate(timeout=60)

    assert (told[1:], holder.returncode) == (["True"], 0), error
    assert (home / "data").stat().st_uid == 58432


@only_root
@only_with_namespaces
def test_root_of_a_namespace_with_one_uid_runs_it_in_another(home: Path) -> None:
    holder = hold(home, under=("unshare", "--map-root-user", "--"))

    told = holder.stdout.readline().split()  # type: ignore[union-attr]
    _said, error = holder.communicate(timeout=60)

    assert (told[1:], holder.returncode) == (["True"], 0), error
    assert (home / "data").stat().st_uid == 0


@only_root
@only_with_namespaces
def test_root_of_a_namespace_with_one_uid_and_no_other_is_told_what_to_do(
    home: Path, without_namespaces: None
) -> None:
    real = shutil.which("unshare", path=os.environ["PATH"].partition(":")[2])

    line = refused(hold(home, under=(str(real), "--map-root-user", "--")))

    assert line == (
        "You are root, user namespaces are off and root may not become another user here."
        " Run as an ordinary user, or set DATABASE_URL."
    )
    assert not (home / "data").exists()


@only_root
@pytest.mark.parametrize("powers", ["-all", "-kill"])
def test_root_without_the_power_to_become_or_to_stop_another_user_is_told_what_to_do(
    home: Path, without_namespaces: None, powers: str
) -> None:
    less = ("setpriv", f"--bounding-set={powers}", f"--inh-caps={powers}", "--")

    line = refused(hold(home, under=less))

    assert line == (
        "You are root, user namespaces are off and root may not become another user here."
        " Run as an ordinary user, or set DATABASE_URL."
    )
    assert not (home / "data").exists()


@only_root
@only_with_namespaces
def test_a_uid_without_a_name_runs_it_under_a_name_of_its_namespace(home: Path) -> None:
    os.chown(home.parent, NAMELESS, 0)

    holder = hold(home, NAMELESS)
    told = holder.stdout.readline().split()  # type: ignore[union-attr]
    _said, error = holder.communicate(timeout=60)

    assert (told[1:], holder.returncode) == (["True"], 0), error
    assert (home / "data").stat().st_uid == NAMELESS


@only_root
def test_a_uid_without_a_name_and_without_namespaces_is_told_what_to_do(
    home: Path, without_namespaces: None
) -> None:
    os.chown(home.parent, NAMELESS, 0)

    line = refused(hold(home, NAMELESS, environment={"PATH": os.environ["PATH"]}))

    assert line == (
        "uid 123456 has no entry in /etc/passwd and user namespaces are off."
        " Add an entry, or set DATABASE_URL."
    )
    assert not (home / "data").exists()


@only_root
@pytest.mark.parametrize("environment", [{}, {"TMPDIR": "/nowhere", "HOME": "/nowhere"}])
def test_an_ordinary_user_runs_it_with_hardly_any_environment(
    home: Path, environment: dict[str, str]
) -> None:
    user = pwd.getpwnam("daemon")
    os.chown(home.parent, user.pw_uid, user.pw_gid)
    home.parent.chmod(0o700)

    holder = hold(home, user.pw_uid, environment=environment)
    told = holder.stdout.readline().split()  # type: ignore[union-attr]
    _said, error = holder.communicate(timeout=60)

    assert (told[1:], holder.returncode) == (["True"], 0), error
    assert (home / "data").stat().st_uid == user.pw_uid


@only_root
@only_with_namespaces
def test_data_of_a_namespace_run_without_one_once_they_are_given_away_as_told(
    home: Path, request: pytest.FixtureRequest
) -> None:
    first = server.ensure(home)
    first.stop()
    request.getfixturevalue("without_namespaces")

    with pytest.raises(ServerProblem) as told:
        server.ensure(home)
    assert f"Run chown -R 58432 {home}/data, or set DATABASE_URL." in str(told.value)
    subprocess.run(["chown", "-R", "58432", home / "data"], check=True)
    again = server.ensure(home)

    assert ask(again, "SELECT 1") == 1
    again.stop()


@only_root
def test_where_only_root_and_nobody_have_a_name_nobody_does_not_serve(home: Path) -> None:
    few = home.parent / "passwd"
    few.write_text("root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n")
    script = 'mount --bind "$1" /etc/passwd && shift && exec "$@"'

    holder = hold(home, under=("unshare", "--mount", "sh", "-c", script, "sh", str(few)))
    told = holder.stdout.readline().split()  # type: ignore[union-attr]
    _said, error = holder.communicate(timeout=60)

    assert (told[1:], holder.returncode) == (["True"], 0), error
    assert (home / "data").stat().st_uid == 58432


@only_root
def test_what_another_pid_namespace_runs_on_the_same_folder_is_adopted(home: Path) -> None:
    holder = hold(home)
    holder.stdout.readline()  # type: ignore[union-attr]

    apart = hold(home, under=("unshare", "--pid", "--fork", "--mount-proc", "--"))
    told = apart.stdout.readline().split()  # type: ignore[union-attr]
    apart.communicate(timeout=60)
    holder.communicate(timeout=60)

    assert told[1:] == ["False"]
