"""A fresh database on a server of the benchmarks' own; importing this module sets Django up."""

import atexit
import os
from pathlib import Path

import psycopg
from psycopg import sql

HOME = Path(__file__).resolve().parents[2] / ".vatio-bench"
NAME = "vatio_bench"

for name in ("DATABASE_URL", "VATIO_DEMO", "VATIO_URL", "PORT"):
    os.environ.pop(name, None)
os.environ["DJANGO_SETTINGS_MODULE"] = "vatio.settings"
os.environ["VATIO_HOME"] = str(HOME)

from vatio.postgres import server  # noqa: E402

_server = server.ensure(HOME)
atexit.register(_server.stop)
os.environ["VATIO_DATABASE_SOCKET"] = str(_server.socket)
os.environ["VATIO_DATABASE_ROLE"] = "vatio_owner"

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from vatio.commands import marked_tables  # noqa: E402
from vatio.postgres import walls  # noqa: E402
from vatio.web.messages import compile_catalogue  # noqa: E402


def fresh() -> None:
    """Make an empty, migrated database, with the walls of the web's role, and use it."""
    connection.close()
    with psycopg.connect(
        host=str(_server.socket), user="vatio", dbname="postgres", autocommit=True
    ) as root:
        database = sql.Identifier(NAME)
        root.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
        root.execute(sql.SQL("CREATE DATABASE {} OWNER vatio_owner").format(database))
    settings.DATABASES["default"]["NAME"] = NAME
    connection.settings_dict["NAME"] = NAME
    compile_catalogue()
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        walls.apply(
            cursor,
            append_only=marked_tables("append_only"),
            never_deleted=marked_tables("never_deleted"),
        )


def socket() -> str:
    """Tell where the server listens."""
    return str(_server.socket)
