from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from tests import make
from vatio import clock
from vatio.notifications import stoppage
from vatio.notifications.models import Message

pytestmark = pytest.mark.django_db


def run(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def heard(ago: timedelta) -> None:
    run("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s)", ago)


def message() -> Message:
    norte = make.organisation()
    make.opening_order(norte, "Hotel Lugo", by=make.superadmin(norte))
    Message.objects.update(state=Message.State.SENT, settled_at=make.NOON)
    waiting = Message.objects.latest("id")
    waiting.state, waiting.settled_at = Message.State.QUEUED, None
    waiting.save(update_fields=["state", "settled_at"])
    return waiting


def test_a_platform_that_can_work_is_ready_and_tells_what_waits(client: Client) -> None:
    heard(timedelta(seconds=20))
    waiting = message()

    answer = client.get("/readyz")

    told = answer.json()
    assert answer.status_code == 200
    assert (told["ready"], told["database"], told["schema"]) == (True, "ok", "ok")
    assert told["worker_last_heard_of"] is not None
    assert told["messages_waiting"] == 1
    assert told["oldest_message_waiting"] == waiting.queued_at.isoformat(timespec="seconds")


def test_without_a_worker_it_is_ready_and_says_since_when_nothing_leaves(client: Client) -> None:
    heard(timedelta(hours=2))

    answer = client.get("/readyz")

    told = answer.json()
    assert (answer.status_code, told["ready"]) == (200, True)
    assert told["no_message_leaves_since"] == told["worker_last_heard_of"]


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        ("DELETE FROM django_migrations WHERE app = 'notifications'", "older"),
        (
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('orders', '0099_a_later_version', now())",
            "of another version",
        ),
        ("ALTER TABLE reminders_reminder RENAME TO elsewhere", "incomplete"),
        ("ALTER TABLE orders_order RENAME COLUMN number TO numero", "incomplete"),
        ("DROP TABLE procrastinate_workers CASCADE", "incomplete"),
    ],
)
def test_a_schema_that_is_not_ours_is_not_ready(client: Client, harm: str, fault: str) -> None:
    run(harm)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["schema"]) == (503, fault)


def test_a_database_that_does_not_answer_is_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.close()
    with monkeypatch.context() as patched:
        patched.setitem(connection.settings_dict, "HOST", "/nowhere")
        answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["database"] == "unreachable"


@pytest.mark.parametrize("address", ["/desk/", "/desk/messages/", "/desk/licences/"])
def test_the_commercial_department_reads_since_when_nothing_leaves_and_what_to_do(
    client: Client, address: str
) -> None:
    heard(stoppage.SILENCE + timedelta(minutes=1))
    message()
    client.force_login(make.commercial())

    page = client.get(address).content.decode()

    assert "No sale ningún mensaje desde" in page
    assert "vatio worker" in page
    assert "Espera 1 mensaje; después saldrá solo." in page


def test_the_servers_words_are_shown_when_it_takes_nothing(
    client: Client, settings: object
) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:1"  # type: ignore[attr-defined]
    heard(timedelta())
    waiting = message()
    waiting.last_error = "Connection <refused>"
    waiting.save(update_fields=["last_error"])
    client.force_login(make.commercial())

    page = client.get("/desk/").content.decode()

    assert "No sale ningún mensaje desde" in page
    assert "Connection &lt;refused&gt;" in page
    assert "vatio mail test" in page


def test_nobody_else_is_bothered_and_nothing_is_said_while_mail_flows(client: Client) -> None:
    heard(stoppage.SILENCE + timedelta(minutes=1))
    norte = make.organisation()
    client.force_login(make.superadmin(norte))
    assert "No sale" not in client.get(f"/o/{norte.slug}/accounts/").content.decode()

    heard(timedelta())
    client.force_login(make.commercial())
    page = client.get("/desk/messages/").content.decode()

    assert "No sale" not in page
    assert "El último proceso de trabajo dio señales el" in page
    assert "Ningún mensaje espera." in page
    assert clock.even_since().year == 1
