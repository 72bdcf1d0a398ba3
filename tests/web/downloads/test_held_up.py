import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection
from django.test import Client

from tests import make
from tests.counts import full_or_tenth
from tests.database import HOME
from tests.serving import Served, database_url, serving, status
from tests.setup.running import RUN, environment, free_port
from tests.sheets import opened
from vatio import clock
from vatio.accounts.models import Account
from vatio.downloads import running
from vatio.downloads.models import Download
from vatio.tenants.models import Organisation, Person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

ACCOUNTS = full_or_tenth(200_000)
PATIENCE = 1200


NUMBERED = {
    **{key: f"{key} + n * 1000000" for key in ("id", "account_id", "term_id", "agreement_id")},
    "uid": "gen_random_uuid()",
    "name": "name || ' ' || n",
    "number": "number || '-' || n",
}


def multiply(account: Account, times: int) -> None:
    """Copy an account with what it has, past the triggers: nobody but the superuser may."""
    with psycopg.connect(
        host=os.environ["VATIO_DATABASE_SOCKET"],
        user="vatio",
        dbname=connection.settings_dict["NAME"],
    ) as copying:
        copying.execute("SET session_replication_role = replica")
        for table in ("account", "smswallet", "agreement", "term", "grant"):
            columns = [
                name
                for (name,) in copying.execute(
                    "SELECT column_name FROM information_schema.columns"
                    " WHERE table_name = %s AND is_generated = 'NEVER'",
                    [f"accounts_{table}"],
                )
            ]
            read = ", ".join(NUMBERED.get(name, f'"{name}"') for name in columns)
            names = ", ".join(f'"{name}"' for name in columns)
            whose = "id" if table == "account" else "account_id"
            copying.execute(
                f"INSERT INTO accounts_{table} ({names})"
                f" SELECT {read} FROM accounts_{table}, generate_series(1::bigint, %s) AS n"
                f" WHERE {whose} = %s",
                [times, account.pk],
            )
        copying.execute("ANALYZE")


@contextmanager
def working() -> Iterator[None]:
    process = subprocess.Popen(
        [*RUN, "worker"], env=environment(HOME, free_port(), DATABASE_URL=database_url())
    )
    try:
        yield
    finally:
        process.kill()
        process.wait()


def ask(served: Served, person: Person, norte: Organisation) -> int:
    client = Client()
    client.force_login(person)
    cookie = f"Cookie: sessionid={client.cookies['sessionid'].value}"
    return status(served.get(f"/o/{norte.slug}/accounts/?as=xlsx", cookie))


def test_four_long_exports_and_200_idle_connections_hold_nobody_up() -> None:
    norte = make.organisation()
    hotel = make.account(organisation=norte, starts_on=clock.today("Europe/Madrid"))
    multiply(hotel, ACCOUNTS - 1)
    people = [make.superadmin(norte, f"Persona {number}") for number in range(4)]
    took = []
    with serving() as served, working():
        held = [served.connect() for _ in range(200)]
        for each in held:
            each.sendall(
                b"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\na"
            )
        asked = [ask(served, person, norte) for person in people]
        deadline = time.monotonic() + PATIENCE
        while Download.objects.filter(state="waiting").exists() and time.monotonic() < deadline:
            began = time.monotonic()
            assert status(served.get("/healthz")) == 200
            took.append(time.monotonic() - began)
            time.sleep(0.1)
        for each in held:
            each.close()

    assert asked == [302] * 4
    assert max(took) < 1, (len(took), sorted(took)[-5:])
    assert [each.state for each in Download.objects.all()] == ["done"] * 4
    book = opened(b"".join(running.content(Download.objects.all()[0])))
    assert len(book.get_sheet_by_index(0).to_python()) == ACCOUNTS + 1
