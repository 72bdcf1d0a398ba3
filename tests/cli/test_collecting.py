import json
import subprocess
import time
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from tests.collection.called import spellings
from tests.collection.field import MADRID, account, demo, line, measured, meters, stored
from tests.database import HOME
from tests.serving import database_url
from tests.setup.running import RUN, environment, free_port
from vatio import clock
from vatio.collection import asking
from vatio.collection.models import CallAttempt, LineSettings
from vatio.metering.models import RtcLine
from vatio.postgres import binaries
from vatio.postgres.environment import for_children

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

YESTERDAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _demo() -> None:
    demo()


def called_by_day(port: int, **more) -> RtcLine:
    """Add a line whose night it is now, and of which yesterday is to be read."""
    today, here = clock.today(MADRID), clock.now().astimezone(ZoneInfo(MADRID))
    own = account(starts_on=today - timedelta(days=60))
    made = line(own, port, at=clock.real() - timedelta(days=50), **more)
    LineSettings.objects.filter(line=made).update(
        night_from=(here - timedelta(hours=2)).time(),
        night_until=(here + timedelta(hours=4)).time(),
        hours_until=today - YESTERDAY,
        quarters_until=today - YESTERDAY,
    )
    return made


def at_another_hour() -> None:
    """Move the nights of all lines to another hour than this one."""
    here = clock.now().astimezone(ZoneInfo(MADRID))
    LineSettings.objects.update(
        night_from=(here + timedelta(hours=5)).time(),
        night_until=(here + timedelta(hours=6)).time(),
    )


def collect(*words: str) -> subprocess.CompletedProcess[str]:
    around = environment(HOME, free_port(), DATABASE_URL=database_url())
    return subprocess.run(
        [*RUN, "collect", *words], env=around, capture_output=True, text=True, timeout=60
    )


def test_a_round_of_the_collector_prints_what_came_and_fails_if_a_line_did_not_answer() -> None:
    began = clock.real()
    with meters((), ["wrong-key"], at=began) as field:
        good, bad = called_by_day(field.ports[0]), called_by_day(field.ports[1])
        done = collect("--once", "--json")
        took = (clock.real() - began).total_seconds()
        again = collect("--once", "--json")

    calls = {each["line"]: each for each in json.loads(done.stdout)["calls"]}
    today = clock.today(MADRID)
    yesterday = (today - YESTERDAY).isoformat()
    values = len(measured(today - YESTERDAY, today))
    came = calls[str(good.uid)]
    assert (done.returncode, calls[str(bad.uid)]["outcome"]) == (1, "wrong_key")
    assert (came["outcome"], came["hours"], came["quarters"]) == ("done", values, values * 4)
    assert (came["first_on"], came["last_on"], came["missing"]) == (yesterday, yesterday, 0)
    assert -took - 1 <= came["drift"] <= 1
    assert stored(good, today - YESTERDAY, today) == measured(today - YESTERDAY, today)
    assert (again.returncode, json.loads(again.stdout)) == (0, {"calls": []})


def test_a_line_is_called_now_whatever_the_hour() -> None:
    with meters((), at=clock.real()) as field:
        own = called_by_day(field.ports[0])
        at_another_hour()

        done = collect("--line", str(own.uid), "--now", "--json")

    assert (done.returncode, json.loads(done.stdout)["calls"][0]["outcome"]) == (0, "done")
    assert CallAttempt.objects.get().asked_at is not None


@pytest.mark.parametrize(
    "words, said",
    [
        (["--line", "8f6c0f0e-1f5a-4b5e-9a51-000000000000", "--now"], "No hay ninguna línea RTC"),
        (["--line", "not-a-line", "--now"], "No hay ninguna línea RTC"),
        (["--now"], "Diga qué línea"),
    ],
)
def test_what_names_no_line_is_refused_in_a_line(words, said) -> None:
    done = collect(*words)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr


def test_a_collector_takes_up_within_seconds_what_is_asked_for_and_ends_when_told() -> None:
    around = environment(HOME, free_port(), DATABASE_URL=database_url())
    with meters((), at=clock.real()) as field:
        own = called_by_day(field.ports[0])
        at_another_hour()
        running = subprocess.Popen([*RUN, "collect"], env=around, stderr=subprocess.PIPE)
        time.sleep(3)
        asked = asking.ask(own, by=None, at=clock.real())
        begun = time.monotonic()
        while CallAttempt.objects.get(pk=asked.pk).outcome == "":
            assert time.monotonic() - begun < 30
            time.sleep(0.1)
        running.terminate()
        _out, errors = running.communicate(timeout=20)

    assert CallAttempt.objects.get(pk=asked.pk).outcome == "done"
    assert (running.returncode, errors) == (0, b"")


def test_the_key_of_a_meter_is_in_no_output_of_a_collector_and_in_no_dump() -> None:
    with meters((), ["wrong-key"], ["garbage"], at=clock.real()) as field:
        for port in field.ports:
            called_by_day(port)
        done = collect("--once", "--json")
    database = connection.settings_dict
    dump = subprocess.run(
        [binaries.find() / "pg_dump", "-h", database["HOST"], "-U", "vatio", database["NAME"]],
        env=for_children(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert len(json.loads(done.stdout)["calls"]) == 3
    assert "collection_linesettings" in dump
    for number in spellings():
        assert number not in done.stdout + done.stderr
        assert number not in dump
