"""Finds rows whose series, data source or account is gone, and mends that.

The tables of readings have no foreign keys, so that they can be distributed: this is what would
otherwise be a constraint.
"""

from dataclasses import dataclass

from django.db import connection, transaction

SERIES = "SELECT FROM metering_series WHERE account_id = own.account_id AND id = own.series_id"
SOURCE = "SELECT FROM metering_datasource WHERE account_id = own.account_id AND id = own.source_id"
ACCOUNT = "SELECT FROM accounts_account WHERE id = own.account_id"

FIND = """
SELECT own.account_id, {of}::bigint, count(*) FROM {table} own WHERE {gone}
GROUP BY 1, 2 ORDER BY 1, 2
"""

DELETE = "DELETE FROM {table} own WHERE {gone}"

LET_GO = "UPDATE {table} own SET {of} = NULL WHERE {gone}"
"""What was delivered stays the account's, and in the history of its readings."""


@dataclass(frozen=True)
class _Owner:
    """What the rows of a table are of, `gone` if that does not exist, and how that is mended."""

    table: str
    of: str
    gone: str
    mend: str = DELETE


OWNERS = (
    *(
        _Owner(f"readings_{table}", "series_id", f"NOT EXISTS ({SERIES})")
        for table in (
            *("day", "monthtotals", "state", "revision", "registerreading", "registerfinding"),
            "touched",
        )
    ),
    *(
        _Owner(f"readings_{table}", "source_id", f"NOT EXISTS ({SOURCE})")
        for table in ("pendingquantity", "pendingreading")
    ),
    *(
        _Owner(f"readings_{table}", "NULL", f"NOT EXISTS ({ACCOUNT})")
        for table in ("delivery", "keptfile", "readingsdraft", "rememberedoptions")
    ),
    _Owner(
        "readings_delivery",
        "source_id",
        f"own.source_id IS NOT NULL AND NOT EXISTS ({SOURCE})",
        LET_GO,
    ),
)
"""Every table of readings. What is of an account that is gone goes before what is of a source."""


@dataclass(frozen=True)
class Orphan:
    """Rows of a table whose series or data source `of`, or where that is None account, is gone."""

    table: str
    account_id: int
    of: int | None
    rows: int


def find() -> list[Orphan]:
    """Return the rows whose series, data source or account is gone, of all accounts."""
    found: list[Orphan] = []
    with connection.cursor() as cursor:
        for each in OWNERS:
            cursor.execute(_filled(FIND, each))
            found += [Orphan(each.table, *row) for row in cursor.fetchall()]
    return found


@transaction.atomic
def mend() -> None:
    """Delete the rows whose series, source or account is gone; deliveries let go of their source.

    A row is an orphan only if it is one at this very moment: what somebody adds meanwhile stays.
    """
    with connection.cursor() as cursor:
        for each in OWNERS:
            cursor.execute(_filled(each.mend, each))


def _filled(statement: str, owner: _Owner) -> str:
    return statement.format(table=owner.table, of=owner.of, gone=owner.gone)
