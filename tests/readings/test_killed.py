import gzip
import os
import random
import socket
import subprocess
import time
from pathlib import Path

import pytest
from django.db import connection

from tests.counts import full_or_tenth
from tests.database import HOME
from tests.readings.gateways import Gateway, gateway
from tests.readings.recounting import disagreements
from tests.readings.stored import seconds
from tests.serving import database_url, everything, serving, status
from tests.setup.running import RUN, environment, eventually, free_port
from vatio.metering.models import Series
from vatio.readings.models import Day, Delivery, KeptFile, Revision

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

BEGIN = int(seconds("2026-09-30T22:00"))
DAYS, DEVICES = 25, 8
QUARTERS = DAYS * 96
SESSIONS = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


def sessions() -> set[int]:
    """Return the sessions of all others with the database."""
    with connection.cursor() as cursor:
        cursor.execute(SESSIONS)
        return {pid for (pid,) in cursor.fetchall()}


OURS: set[int] = set()
"""The sessions that were there before: of threads that other tests left behind."""


@pytest.fixture(autouse=True)
def _ours(transactional_db: None) -> None:
    OURS.clear()
    OURS.update(sessions())


def nobody_else() -> bool:
    """Return whether the server has noticed that a killed process is gone."""
    return sessions() <= OURS


def brought(own: Gateway, kind: str = "interval") -> int:
    """Return how many slots of a kind of series stand, after a look at all that is copied."""
    eventually(nobody_else)
    assert disagreements() == []
    series = Series.objects.filter(account_id=own.account.pk, kind=kind)
    days = Day.objects.filter(account_id=own.account.pk, series_id__in=series.values("id"))
    present = sum(days.values_list("present", flat=True))
    delivered = Delivery.objects.filter(account_id=own.account.pk)
    assert sum(delivered.values_list("new", flat=True)) == present
    return present


def importing(own: Gateway, file: Path) -> subprocess.Popen[bytes]:
    named = ["--account", own.account.name, "--organisation", own.account.organisation.name]
    point = ["--data-point", str(own.points[0].uid), "--zone", "Europe/Madrid", "--json"]
    return subprocess.Popen(
        [*RUN, "readings", "import", str(file), *named, *point],
        env=environment(HOME, free_port(), DATABASE_URL=database_url()),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_a_file_whose_import_is_killed_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "curva.csv"
    file.write_text(
        "\n".join(
            [
                "timestamp,kwh",
                *(
                    f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(BEGIN + n * 900))},{n % 97}"
                    for n in range(QUARTERS * 4)
                ),
            ]
        )
    )
    first = gateway(quantity=402, minutes=15)
    begun = time.monotonic()
    assert importing(first, file).wait() == 0
    lasts = time.monotonic() - begun
    whole = brought(first)
    assert whole > QUARTERS
    drawn = random.Random(5)
    found = set()

    for _each in range(full_or_tenth(50)):
        own = gateway(quantity=402, minutes=15)
        started = importing(own, file)
        time.sleep(drawn.uniform(0.2, 1) * lasts)
        started.kill()
        started.wait()
        found.add(brought(own))
        assert KeptFile.objects.filter(account_id=own.account.pk).exists() == bool(brought(own))
        assert importing(own, file).wait() == 0
        assert brought(own) == whole
        assert not Revision.objects.filter(account_id=own.account.pk).exists()

    assert found <= {0, whole}


def test_a_batch_whose_web_process_is_killed_is_there_whole_or_not_at_all() -> None:
    drawn = random.Random(6)
    found = set()
    lasts = 2.0
    for number in range(full_or_tenth(50) + 1):
        own = gateway(DEVICES, quantity=301 if number % 2 else 402, minutes=15)
        readings = [
            (device, BEGIN + quarter * 900, float(quarter + device))
            for quarter in range(QUARTERS)
            for device in range(DEVICES)
        ]
        body = gzip.compress(own.body(readings), 1)
        head = (
            "POST /readings HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            f"x-dexcell-source-token: {own.token}\r\nContent-Encoding: gzip\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode()
        with serving() as served, served.connect(120) as asking:
            begun = time.monotonic()
            asking.sendall(head + body)
            if number:
                asking.shutdown(socket.SHUT_WR)
                time.sleep(drawn.uniform(0.1, 1.1) * lasts)
                os.kill(served.process.pid, 9)
                served.process.wait()
            else:
                assert status(everything(asking)) == 200
                lasts = time.monotonic() - begun
        kind = "interval" if number % 2 else "register"
        there = brought(own, kind)
        if number:
            found.add(there)
        own.insert(readings)
        assert brought(own, kind) == QUARTERS * DEVICES

    assert found <= {0, QUARTERS * DEVICES}
