import json
import os
import re
import signal
import socket
import time
from pathlib import Path

import psycopg
import pytest

from tests.postgres.keeping import left
from tests.setup.running import eventually, start, vatio

pytestmark = pytest.mark.processes


def test_it_serves_the_demo_and_ctrl_c_three_times_leaves_nothing_and_loses_nothing(
    folder: Path,
) -> None:
    running = start(folder / "home")

    said = running.read_until("lucia.herrera@sur.example")
    assert f"http://127.0.0.1:{running.port}/" in said
    assert running.ask("/healthz") == 200
    listed = json.loads(vatio(folder / "home", "demo", "people", "--json").stdout)
    assert {person["role"] for person in listed} == {
        "commercial",
        "superadmin",
        "administrator",
        "viewer",
    }
    assert set(listed[0]) >= {"role", "organisation", "email", "password"}
    for _ in range(3):
        os.write(running.terminal, b"\x03")
        time.sleep(0.05)
    assert running.end() == 0
    assert left(folder) == []

    again = start(folder / "home", VATIO_DEMO="0")
    again.read_until("lucia.herrera@sur.example")
    os.kill(again.pid, signal.SIGTERM)
    assert again.end() == 0


def cut_the_pages_off(home: Path) -> None:
    with psycopg.connect(
        host=str(home / "run"), user="vatio", dbname="vatio", autocommit=True
    ) as connection:
        cut = connection.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE usename = 'vatio_web'"
        ).fetchone()
    assert cut is not None
    assert cut[0] >= 1


def test_kill_9_of_each_part_is_survived(folder: Path) -> None:
    running = start(folder / "home")
    running.read_until("sur.example")
    data = folder / "home" / "data"
    postmaster = int((data / "postmaster.pid").read_text().splitlines()[0])

    os.kill(postmaster, signal.SIGKILL)
    running.read_until("PostgreSQL ended")
    eventually(lambda: running.ask("/healthz") == 200)
    cut_the_pages_off(folder / "home")
    assert [running.ask("/healthz") for _ in range(8)] == [200] * 8
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
    for child in children:
        command = Path(f"/proc/{child}/cmdline").read_bytes()
        if b"serve" in command:
            os.kill(int(child), signal.SIGKILL)
    running.read_until("The web process ended")
    eventually(lambda: running.ask("/healthz") == 200)
    os.kill(running.pid, signal.SIGKILL)
    running.end()
    assert left(folder) == []

    again = start(folder / "home")
    again.read_until("sur.example")
    os.kill(again.pid, signal.SIGINT)
    again.end()


def test_a_closed_terminal_takes_everything_with_it(folder: Path) -> None:
    running = start(folder / "home")
    running.read_until("sur.example")

    os.close(running.terminal)
    running.end()

    assert left(folder) == []


def test_without_the_demo_each_start_prints_a_fresh_link(folder: Path) -> None:
    links = []
    for _ in range(2):
        running = start(folder / "home", VATIO_DEMO="0")
        said = running.read_until("/first-use/")
        running.read_until("/\r\n", 5)
        links += re.findall(r"/first-use/(\S+)/", running.printed)[:1]
        assert "vatio-demo" not in said
        os.kill(running.pid, signal.SIGINT)
        running.end()

    assert len(set(links)) == 2
    refused = vatio(folder / "home", "demo", "people")
    assert refused.returncode == 1


def test_it_starts_behind_a_name_and_an_address_of_its_own(folder: Path) -> None:
    running = start(
        folder / "home", VATIO_HOSTS="vatio.example", VATIO_BIND="127.0.0.2", VATIO_DEMO="0"
    )

    said = running.read_until("/first-use/")
    os.kill(running.pid, signal.SIGTERM)

    assert running.end() == 0
    assert "ERROR" not in said


def test_a_command_starts_the_database_for_as_long_as_it_takes(folder: Path) -> None:
    made = vatio(folder / "home", "migrate")
    refused = vatio(folder / "home", "people", "reset", "nobody@vatio.example")

    assert made.returncode == 0
    assert (refused.returncode, refused.stderr) == (
        1,
        "No hay nadie con la dirección nobody@vatio.example.\n",
    )
    assert left(folder) == []


def test_the_pages_run_as_the_web_role_and_the_wall_stands(folder: Path) -> None:
    running = start(folder / "home")
    running.read_until("sur.example")
    running.ask("/healthz")

    with psycopg.connect(
        host=str(folder / "home" / "run"), user="vatio_owner", dbname="vatio"
    ) as connection:
        users = connection.execute(
            "SELECT DISTINCT usename::text FROM pg_stat_activity WHERE datname = 'vatio'"
            " AND pid <> pg_backend_pid()"
        ).fetchall()
    os.kill(running.pid, signal.SIGINT)
    running.end()

    assert users == [("vatio_web",)]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"PORT": "abc"}, "PORT: «abc» is not a number"),
        ({"DATABASE_URL": "mysql://nowhere/x"}, "DATABASE_URL must begin with postgresql://"),
        ({"DATABASE_URL": "postgresql://u@127.0.0.1:1/x"}, "The database cannot be used"),
        ({"VATIO_DEMO": "perhaps"}, "VATIO_DEMO: «perhaps» is neither 1 nor 0"),
        ({"VATIO_SECRET_KEY_FILE": "/nowhere/key"}, "VATIO_SECRET_KEY_FILE: /nowhere/key"),
    ],
)
def test_what_stops_a_start_is_one_line_that_names_it(
    folder: Path, more: dict[str, str], words: str
) -> None:
    done = vatio(folder / "home", "run", **more)

    assert done.returncode == 1
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_port_in_use_is_named_and_nothing_is_started(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = vatio(folder / "home", "run", PORT=str(taken.getsockname()[1]))

    assert done.returncode == 1
    assert "cannot be used" in done.stderr
    assert not (folder / "home" / "data").exists()


def test_a_home_that_is_a_file_is_said_in_a_line(folder: Path) -> None:
    (folder / "home").write_text("")

    done = vatio(folder / "home", "run")

    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_web_refuses_to_start_on_an_older_schema(folder: Path) -> None:
    assert vatio(folder / "home", "migrate").returncode == 0
    supervisor = start(folder / "home", VATIO_DEMO="0")
    supervisor.read_until("/first-use/")
    with psycopg.connect(
        host=str(folder / "home" / "run"), user="vatio_owner", dbname="vatio"
    ) as connection:
        connection.execute("DELETE FROM django_migrations WHERE app = 'people'")

    done = vatio(folder / "home", "serve")

    os.kill(supervisor.pid, signal.SIGINT)
    supervisor.end()
    assert done.returncode == 1
    assert "vatio migrate" in done.stderr


def test_a_database_of_another_version_is_met_with_one_line(folder: Path) -> None:
    assert vatio(folder / "home", "migrate").returncode == 0
    supervisor = start(folder / "home", VATIO_DEMO="0")
    supervisor.read_until("/first-use/")
    with psycopg.connect(
        host=str(folder / "home" / "run"), user="vatio_owner", dbname="vatio"
    ) as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('accounts', '0012_agreements_know_their_form', now())"
        )

    web = vatio(folder / "home", "serve")
    os.kill(supervisor.pid, signal.SIGINT)
    supervisor.end()
    done = vatio(folder / "home", "migrate")

    for each in (web, done):
        assert each.returncode == 1
        assert len(each.stderr.strip().splitlines()) == 1
        assert "another version of Vatio (accounts.0012_agreements_know_their_form)" in each.stderr
