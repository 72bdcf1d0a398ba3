"""A fresh database on the benchmarks' server."""

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from benchmarks.ground import SERVER
from vatio.commands import marked_tables
from vatio.postgres import walls
from vatio.web.messages import compile_catalogue

NAME = "vatio_bench"


def fresh() -> None:
    """Make an empty, migrated database, with the walls of the web's role, and use it."""
    connection.close()
    with psycopg.connect(
        host=str(SERVER.socket), user="vatio", dbname="postgres", autocommit=True
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
