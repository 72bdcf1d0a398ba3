import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from tests import make
from tests.metering.installed import install
from tests.readings.filled import CAME, fill
from tests.readings.stored import put, seconds
from vatio import readings
from vatio.accounts.models import Account
from vatio.purging import gradually
from vatio.readings import checking, exporting, following, months, orphans
from vatio.readings.belongings import BELONGINGS
from vatio.readings.curves import curve
from vatio.readings.series import SeriesKey
from vatio.units import Quantities

pytestmark = pytest.mark.django_db

TABLES = sorted(model._meta.db_table for model in apps.get_app_config("readings").get_models())

ACROSS_ACCOUNTS = {
    "following.CLAIM": "takes what changed of whatever account, and says of which it is",
}
"""Statements of the package that are not of one account, and why: those that `orphans` makes are
the others, for rows whose account is gone are of none."""

INDEXES = """
SELECT relation.relname::text, place.relname::text,
    (SELECT attname::text FROM pg_attribute
     WHERE attrelid = relation.oid AND attnum = index.indkey[0])
FROM pg_index index
JOIN pg_class relation ON relation.oid = index.indrelid
JOIN pg_class place ON place.oid = index.indexrelid
WHERE relation.relname = ANY(%s)
"""


def asked(statement: str, *values: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def test_every_key_and_every_index_begins_with_the_account() -> None:
    indexes = asked(INDEXES, TABLES)

    assert {table for table, _index, _column in indexes} == set(TABLES)
    assert len(TABLES) == 13
    assert [each for each in indexes if each[2] != "account_id"] == []


def test_every_table_has_a_primary_key_and_an_account_that_is_never_null() -> None:
    keyed = asked(
        "SELECT conrelid::regclass::text FROM pg_constraint"
        " WHERE contype = 'p' AND conrelid::regclass::text = ANY(%s)",
        TABLES,
    )
    nullable = asked(
        "SELECT table_name FROM information_schema.columns WHERE table_name = ANY(%s)"
        " AND column_name = 'account_id' AND (is_nullable = 'YES' OR data_type <> 'bigint')",
        TABLES,
    )

    assert sorted(table for (table,) in keyed) == TABLES
    assert nullable == []


def test_no_table_has_a_foreign_key_or_a_trigger_and_none_points_to_it() -> None:
    pointing = asked(
        "SELECT conname FROM pg_constraint WHERE contype = 'f'"
        " AND (conrelid::regclass::text = ANY(%s) OR confrelid::regclass::text = ANY(%s))",
        TABLES,
        TABLES,
    )
    triggers = asked(
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text = ANY(%s)",
        TABLES,
    )

    assert (pointing, triggers) == ([], [])


def statements() -> Iterator[tuple[str, str]]:
    """Yield the statements that the package's modules keep, each with its name."""
    for found in pkgutil.iter_modules(readings.__path__):
        if found.name in {"migrations", "models"}:
            continue
        module = importlib.import_module(f"vatio.readings.{found.name}")
        for name, value in vars(module).items():
            if name.isupper() and isinstance(value, str) and USES.search(value):
                yield f"{found.name}.{name}", value


USES = re.compile(r"\b(?:FROM|JOIN|UPDATE|USING)\s+(readings_\w+)(?:\s+(?:AS\s+)?(\w+))?")
KEYWORDS = {"where", "set", "on", "order", "group"}


def unbound(statement: str) -> list[str]:
    """List the tables of readings in a statement that are not narrowed to the account."""
    found = []
    for table, alias in USES.findall(statement):
        own = "" if not alias or alias.lower() in KEYWORDS else rf"{alias}\."
        if not re.search(rf"(?<![\w.]){own}account_id = %\(account\)s", statement):
            found.append(table)
    return found


def test_every_statement_narrows_every_table_of_readings_to_one_account() -> None:
    found = dict(statements())

    wrong = {name: unbound(statement) for name, statement in found.items() if unbound(statement)}

    assert len(found) > 20
    assert set(wrong) == set(ACROSS_ACCOUNTS)


def test_every_row_that_is_inserted_is_of_the_account_that_is_named() -> None:
    inserting = {
        name: statement for name, statement in statements() if "INSERT INTO readings_" in statement
    }

    for name, statement in inserting.items():
        columns = statement.split("INSERT INTO readings_")[1].split("(", 1)[1]
        assert columns.lstrip().startswith("account_id,"), name
        assert "%(account)s" in statement, name


@contextmanager
def kept(said: list[tuple[str, Any]]) -> Iterator[None]:
    """Keep what is said to the database about tables of readings."""

    def listen(execute: Callable[..., Any], sql: str, values: Any, *rest: Any) -> Any:
        if "readings_" in sql:
            said.append((sql, values))
        return execute(sql, values, *rest)

    with connection.execute_wrapper(listen):
        yield


def lives(hotel: Account, interval: SeriesKey) -> None:
    """Do with an account's readings whatever is done with them."""
    put(interval, [(seconds("2025-06-11T10:00"), 1.0)], at=CAME + 7)
    curve(interval, date(2025, 6, 1), date(2025, 7, 1), known_at=CAME)
    following.follow()
    months.totals(
        {interval.id: interval},
        date(2025, 6, 1),
        date(2025, 7, 1),
        at=datetime(2025, 6, 30, tzinfo=UTC),
    )
    checking.repair(hotel.pk)
    for file in exporting.files(hotel.pk):
        assert list(file.parts)
    for each in BELONGINGS:
        if each.by:
            gradually.delete(each, hotel.pk)


def test_whatever_is_said_to_the_database_names_the_account() -> None:
    hotel = make.account(totals=Quantities(10, 5, None, 2))
    install(hotel, by=make.commercial(), at=make.NOON)
    said: list[tuple[str, Any]] = []

    with kept(said):
        interval, _register = fill(hotel)
        before = len(said)
        lives(hotel, interval)

    through_models = [sql for sql, _values in said if 'INSERT INTO "readings_' in sql]
    across = [sql for sql, _values in said if sql == following.CLAIM]
    rest = [
        (sql, values) for sql, values in said if sql not in across and sql not in through_models
    ]
    assert len(across) == 1
    assert len(through_models) == 6
    assert len(said) - before > 30
    for sql, values in rest:
        assert "%(account)s" in sql, sql
        assert values["account"] == hotel.pk, sql


def test_what_is_gone_is_looked_for_in_every_table() -> None:
    assert {owner.table for owner in orphans.OWNERS} == set(TABLES)
    assert {each.table for each in BELONGINGS} == set(TABLES)
