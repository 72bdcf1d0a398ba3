"""Fills a database with accounts like those of an energy service company, in a few statements."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db import connection, transaction

from vatio.accounts import current_holdings
from vatio.accounts.models import Account, Sector
from vatio.catalogue import publishing
from vatio.catalogue.models import LicenceVersion
from vatio.people import creating
from vatio.tenants.models import Membership, Organisation, Person
from vatio.units import Quantities

AT_A_TIME = 10_000
TODAY = datetime.now(UTC).date()
NOW = datetime.combine(TODAY, time(11), tzinfo=UTC)
"""The pages go by the real clock, and so do the accounts that they show."""

PASSWORD = "vatio-bench-2026"
LICENCES = [
    ("Básica Mtr", "MTR", Quantities(10, 5, None, 0)),
    ("Avanzada Mtr", "MTR", Quantities(50, 25, None, 2)),
    ("Starter DP", "DP", Quantities(None, 0, 250, 0)),
    ("Professional DP", "DP", Quantities(None, 0, 1000, 2)),
    ("Enterprise DP", "DP", Quantities(None, 0, 5000, 10)),
]

FILL = """
WITH numbered AS (
    SELECT n, nextval(pg_get_serial_sequence('accounts_account', 'id')) AS account,
           nextval(pg_get_serial_sequence('accounts_agreement', 'id')) AS agreement,
           nextval(pg_get_serial_sequence('accounts_term', 'id')) AS term,
           CASE WHEN n = 1 THEN 'Zugarramurdi' ELSE (%(words)s::text[])[1 + n %% 12] END AS word,
           (%(places)s::text[])[1 + (n / 12) %% 24] AS place,
           CASE WHEN %(due_on)s::date IS NULL
                THEN %(today)s::date - ((n * 37) %% 700)::int
                WHEN n %% %(every)s = 0 THEN %(due_on)s::date - 365
                ELSE %(due_on)s::date - 365 + 60 + (n %% 250)::int END AS starts_on,
           (%(sectors)s::text[])[1 + n %% 12] AS sector,
           (%(versions)s::bigint[])[1 + n %% 5] AS version, n %% 5 < 2 AS by_meters
    FROM generate_series(1, %(count)s) AS n
), accounts AS (
    INSERT INTO accounts_account (id, uid, organisation_id, name, client, nif, sector,
        contact_email, language, time_zone, created_at, opened_on, covered_until, ends_at)
    SELECT account, gen_random_uuid(), %(organisation)s, word || ' ' || place || ' ' || n,
        'Grupo ' || place || ', S.A.', 'B' || lpad(n::text, 8, '0'), sector, '', 'es',
        'Europe/Madrid', %(now)s, starts_on, starts_on + 365,
        (starts_on + 365)::timestamp AT TIME ZONE 'Europe/Madrid'
    FROM numbered
), wallets AS (
    INSERT INTO accounts_smswallet (account_id, organisation_id, balance)
    SELECT account, %(organisation)s, (n * 13) %% 500 FROM numbered
), agreements AS (
    INSERT INTO accounts_agreement (id, account_id, organisation_id, number, kind, decided_at,
        rule, note)
    SELECT agreement, account, %(organisation)s, 'B-' || %(organisation)s || '-' || n, 'import',
        %(recorded)s::timestamptz, 'import', ''
    FROM numbered
), terms AS (
    INSERT INTO accounts_term (id, account_id, organisation_id, agreement_id, starts_on, ends_on,
        anchor_day)
    SELECT term, account, %(organisation)s, agreement, starts_on, starts_on + 365,
        extract(day FROM starts_on)
    FROM numbered
)
INSERT INTO accounts_grant (account_id, organisation_id, term_id, agreement_id, effective_on,
    recorded_at, licence_id, extra_meters, extra_supply_points, extra_data_points, extra_rtc_lines)
SELECT account, %(organisation)s, term, agreement, starts_on, %(now)s, version,
    CASE WHEN by_meters THEN (n * 7) %% 60 ELSE 0 END, CASE WHEN by_meters THEN n %% 20 ELSE 0 END,
    CASE WHEN by_meters THEN 0 ELSE (n * 11) %% 900 END, n %% 4
FROM numbered
UNION ALL
SELECT account, %(organisation)s, term, agreement, starts_on + 30, %(now)s, NULL::bigint,
    CASE WHEN by_meters THEN 5 ELSE 0 END, 0, CASE WHEN by_meters THEN 0 ELSE 50 END, 0
FROM numbered WHERE n %% 2 = 0
"""

COUNT = """
INSERT INTO accounts_endingcount (organisation_id, ends_at, accounts)
SELECT organisation_id, ends_at, count(*) FROM accounts_account
WHERE organisation_id = %s GROUP BY organisation_id, ends_at
"""

WORDS = (
    "Hotel,Nave,Colegio,Clínica,Oficinas,Polideportivo,Residencia,Supermercado,Bodega,Taller,"
    "Almazara,Centro"
)
PLACES = (
    "Lugo,Soria,Teruel,Cádiz,Ávila,Huesca,Zamora,Burgos,León,Jaén,Cuenca,Oviedo,Vigo,Murcia,"
    "Lorca,Ronda,Elche,Gijón,Reus,Tudela,Baza,Olot,Irún,Xàtiva"
)


def licences(by: Person) -> list[LicenceVersion]:
    """Publish the licences that the accounts hold, and return their versions."""
    versions = []
    for name, billing, quantities in LICENCES:
        version = publishing.draft(
            name, billing=billing, quantities=quantities, description="", by=by, at=NOW
        )
        publishing.publish(version, by=by, at=NOW)
        versions.append(version)
    return versions


def person(email: str, name: str, *, commercial: bool = False) -> Person:
    """Create a person who can sign in."""
    somebody = Person(email=email, name=name, is_commercial=commercial, created_at=NOW)
    somebody.set_password(PASSWORD)
    somebody.save(force_insert=True)
    return somebody


def organisation(name: str, by: Person) -> Organisation:
    """Create an organisation without people."""
    return creating.create_organisation(
        name, time_zone="Europe/Madrid", notice_address="", by=by, at=NOW
    )


def lead(of: Organisation, who: Person) -> None:
    """Make a person a SuperAdministrator of an organisation."""
    Membership.objects.create(organisation=of, person=who, created_at=NOW)


def accounts(of: Organisation, count: int, versions: list[LicenceVersion]) -> None:
    """Give an organisation some accounts: about half active, each with one or two grants."""
    accounts_ending(of, count, versions, due_on=None, every=1)


@transaction.atomic
def accounts_ending(
    of: Organisation,
    count: int,
    versions: list[LicenceVersion],
    *,
    due_on: date | None,
    every: int,
) -> None:
    """Give an organisation accounts of which one in `every` ends on `due_on`, the others later.

    session_replication_role turns the triggers off meanwhile, which halves the time: every
    foreign key here is valid, and the counts of endings are inserted at once at the end.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            FILL,
            {
                "organisation": of.pk,
                "count": count,
                "today": TODAY,
                "due_on": due_on,
                "every": every,
                "now": NOW,
                "recorded": NOW - timedelta(days=400),
                "words": WORDS.split(","),
                "places": PLACES.split(","),
                "sectors": list(Sector.values),
                "versions": [version.pk for version in versions],
            },
        )
        cursor.execute(COUNT, [of.pk])
    made = Account.objects.filter(organisation=of).order_by("pk")
    columns = made.only("opened_on", "covered_until", "time_zone")
    for start in range(0, count, AT_A_TIME):
        current_holdings.write(columns[start : start + AT_A_TIME], at=NOW)


def orders(of: Organisation, by: Person, *, every: int) -> None:
    """Insert a pending renewal for one in `every` of an organisation's accounts."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO orders_order (uid, organisation_id, account_id, number, kind, state,
                submitted_by_id, submitted_at, sms_credits, account_name, client, nif, sector,
                contact_email, time_zone, reference, comments, rule, reason)
            SELECT gen_random_uuid(), organisation_id, id, 'W-' || id, 'renewal', 'pending', %s, %s,
                0, '', '', '', '', '', '', '', '', '', ''
            FROM accounts_account WHERE organisation_id = %s AND id %% %s = 0
            """,
            [by.pk, NOW, of.pk, every],
        )


def forget_readings() -> None:
    """Empty every table of readings."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(relname, ', ') FROM pg_class"
            " WHERE relkind = 'r' AND relname LIKE 'readings%%'"
        )
        cursor.execute(f"TRUNCATE {cursor.fetchone()[0]}")


def settle() -> None:
    """Vacuum and analyse what was filled: a plan made for empty tables would stay in use.

    Empty tables are left alone, as autovacuum leaves a table to which nothing was written.
    """
    with connection.cursor() as cursor:
        # Otherwise the counts of what was written last may not be there yet.
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT relname FROM pg_stat_user_tables WHERE n_live_tup > 0")
        filled = [connection.ops.quote_name(name) for (name,) in cursor.fetchall()]
        cursor.execute(f"VACUUM ANALYZE {', '.join(filled)}")


def token(number: int) -> UUID:
    """Return a form's token, an idempotency key."""
    return UUID(int=number)
