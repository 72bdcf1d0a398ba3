"""A fresh database on the benchmarks' server."""

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from benchmarks.ground import SERVER
from vatio.cli.joining import marked_tables
from vatio.postgres import privileges
from vatio.postgres.authentication import DATABASE, OWNER, SUPERUSER
from vatio.translations import compile_catalogue


def fresh() -> None:
    """Create an empty, migrated database, with the web role's privileges, and connect to it.

    `vatio serve` and `vatio worker` of this home use the same database.
    """
    connection.close()
    with psycopg.connect(
        host=str(SERVER.socket), user=SUPERUSER, dbname="postgres", autocommit=True
    ) as root:
        database = sql.Identifier(DATABASE)
        root.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
        owner = sql.Identifier(OWNER)
        root.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))
        # To turn the triggers off while a database is filled.
        root.execute(sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {}").format(owner))
    compile_catalogue()
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        privileges.apply(
            cursor,
            append_only=marked_tables("append_only"),
            never_deleted=marked_tables("never_deleted"),
        )
