import asyncio
import json
import os
import random
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.counts import full_or_tenth
from tests.notifications.postbox import Postbox, open_postbox
from tests.setup.running import RUN, environment, free_port, vatio
from vatio.postgres import server as postgres

pytestmark = pytest.mark.processes

MESSAGES = full_or_tenth(4000)
KILLS = full_or_tenth(200)
WORKERS = 3
TAKEN_UP = 240
"""Seconds in which all that the last kill left behind has to have left: see LEASE and STALLED."""

QUEUED = """
INSERT INTO notifications_message
    (key, address, language, template, context, secret, queued_at, send_before, state,
     only_leaders, attempts, next_attempt_at, repeated, last_error)
SELECT 'try:' || number, 'persona' || number || '@norte.example', 'es', 'order_rejected',
       %s::jsonb, false, now(), now() + interval '7 days', 'queued', false, 0, now(), false, ''
FROM generate_series(1, %s) AS number
"""
CONTEXT = {
    "number": "S-2026-0001",
    "kind": "opening",
    "account": "Hotel Lugo",
    "reason": "Falta el NIF",
    "rule": "",
    "path": "/orders/x/",
}
SENSELESS = """
INSERT INTO procrastinate_jobs (queue_name, task_name, args)
VALUES ('default', 'a_task_of_an_older_version', '{}'), ('default', 'purge', '{"unknown": 1}')
"""


class Slow(Postbox):
    """Takes its time, so that kills find messages on their way."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await asyncio.sleep(0.03)
        return await super().handle_DATA(server, session, envelope)


def test_workers_killed_two_hundred_times_let_every_message_leave(folder: Path) -> None:
    given = postgres.ensure(folder / "given")
    url = f"postgresql://vatio_owner@/vatio?host={given.socket}"
    home = folder / "home"
    assert vatio(home, "migrate", DATABASE_URL=url).returncode == 0
    dice = random.Random(27)

    with open_postbox(Slow()) as box, psycopg.connect(url, autocommit=True) as database:

        def worker() -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                [*RUN, "worker"],
                env=environment(
                    home, free_port(), DATABASE_URL=url, EMAIL_URL=f"smtp://127.0.0.1:{box.port}"
                ),
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

        def sent() -> int:
            row = database.execute(
                "SELECT count(*) FROM notifications_message WHERE state = 'sent'"
            ).fetchone()
            assert row is not None
            return int(row[0])

        database.execute(SENSELESS)
        workers = [worker() for _ in range(WORKERS)]
        try:
            for number in range(KILLS):
                if number % 10 == 0:
                    database.execute(
                        QUEUED.replace("'try:'", f"'try:{number}:'"),
                        [json.dumps(CONTEXT), MESSAGES // (KILLS // 10)],
                    )
                time.sleep(dice.uniform(0.2, 1.6))
                place = dice.randrange(WORKERS)
                assert workers[place].poll() is None, "a worker fell by itself"
                os.killpg(workers[place].pid, 9)
                workers[place].wait()
                workers[place] = worker()
            deadline = time.monotonic() + TAKEN_UP
            while sent() < MESSAGES and time.monotonic() < deadline:
                time.sleep(0.2)
        finally:
            for each in workers:
                each.kill()
                each.wait()
        states = dict(
            database.execute(
                "SELECT state::text, count(*) FROM notifications_message GROUP BY state"
            ).fetchall()
        )
        repeated = database.execute(
            "SELECT id FROM notifications_message WHERE repeated"
        ).fetchall()
        senseless = database.execute(
            "SELECT DISTINCT status::text FROM procrastinate_jobs"
            " WHERE task_name IN ('a_task_of_an_older_version', 'purge')"
        ).fetchall()
    given.stop()

    assert states == {"sent": MESSAGES}
    arrived = Counter(box.ids)
    assert len(arrived) == MESSAGES
    again = {number for number, times in arrived.items() if times > 1}
    assert max(arrived.values()) <= 2
    assert {name.split(".")[0].lstrip("<") for name in again} <= {str(row[0]) for row in repeated}
    assert senseless == [("failed",)]
