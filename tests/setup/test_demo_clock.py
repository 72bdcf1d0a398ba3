import json
import os
import signal
from pathlib import Path

import psycopg
import pytest

from tests.notifications.postbox import open_postbox
from tests.setup.running import start, vatio

pytestmark = pytest.mark.processes


def test_a_month_in_one_go_lets_every_message_leave_in_time(folder: Path) -> None:
    home = folder / "home"
    with open_postbox() as box:
        running = start(home, EMAIL_URL=f"smtp://127.0.0.1:{box.port}")
        running.read_until("viewer")

        by_the_worker = vatio(home, "demo", "advance", "30", "--json")
        by_itself = vatio(
            home, "demo", "advance", "30", "--json", EMAIL_URL=f"smtp://127.0.0.1:{box.port}"
        )

        with psycopg.connect(
            host=str(home / "run"), user="vatio_owner", dbname="vatio"
        ) as database:
            states = dict(
                database.execute(
                    "SELECT state::text, count(*) FROM notifications_message WHERE queued_at >"
                    " (SELECT settled_at FROM tenants_platform) GROUP BY state"
                ).fetchall()
            )
        os.kill(running.pid, signal.SIGTERM)
        assert running.end() == 0

    for done in (by_the_worker, by_itself):
        told = json.loads(done.stdout)
        assert (told["days"], told["reminders"] > 0, told["sent"] > 0) == (30, True, True)
    assert set(states) == {"sent"}
    assert len(box.ids) == len(set(box.ids)) >= states["sent"] > 50


@pytest.mark.parametrize("days", ["0", "367", "1.5", "١", "", "1e3"])
def test_a_command_for_no_number_of_days_is_refused_in_a_line_and_starts_nothing(
    folder: Path, days: str
) -> None:
    done = vatio(folder / "home", "demo", "advance", days)

    assert done.returncode == 1
    assert done.stderr.strip() == "Escriba un número entero de días, del 1 al 366."
    assert not (folder / "home").exists()
