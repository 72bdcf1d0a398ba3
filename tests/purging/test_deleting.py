from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.purging.lived import OVER, asked, lived
from tests.races import together
from vatio.accounts import adjusting
from vatio.accounts.locking import AccountGone
from vatio.accounts.models import Account, EndingCount
from vatio.history.models import Act
from vatio.orders import commenting, deciding
from vatio.purging import contents, deleting
from vatio.purging.models import Export, Purge

pytestmark = pytest.mark.django_db


def columns(name: str) -> list[str]:
    """List our tables that have a column."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name::text FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name = %s ORDER BY 1",
            [name],
        )
        return [table for (table,) in cursor.fetchall()]


def count(table: str, condition: str = "true", *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {condition}", values)
        return int(cursor.fetchone()[0])


def everything() -> dict[str, int]:
    """Count the rows of every table that a purge could touch."""
    tables = {
        *columns("account_id"),
        *columns("order_id"),
        *(each.table for each in contents.BELONGINGS),
    }
    return {table: count(table) for table in sorted(tables)}


def test_a_purge_leaves_no_row_of_the_account_in_any_table() -> None:
    hotel = lived()
    orders = list(hotel.orders.values_list("pk", flat=True))
    purge = asked(hotel)
    assert [table for table, rows in everything().items() if rows == 0] == []

    assert deleting.end(purge.pk, at=OVER)

    for table in columns("account_id"):
        assert (table, count(table, "account_id = %s", hotel.pk)) == (table, 0)
    for table in columns("order_id"):
        assert (table, count(table, "order_id = ANY(%s)", orders)) == (table, 0)
    assert not Account.objects.filter(pk=hotel.pk).exists()
    assert count("orders_order", "id = ANY(%s)", orders) == 0
    assert count("notifications_message", "context::text LIKE %s", f"%{hotel.uid}%") == 0
    assert count("notifications_message", "context::text LIKE %s", f"%{hotel.name}%") == 0
    assert count("notifications_message", "template = 'invitation'") == 0


POINTING = """
SELECT DISTINCT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conrelid <> confrelid
"""


def pointing() -> set[tuple[str, str]]:
    """Read which table points to which, from PostgreSQL's own catalogue."""
    with connection.cursor() as cursor:
        cursor.execute(POINTING)
        return set(cursor.fetchall())


UNCHECKED = r"""
SELECT DISTINCT attrelid::regclass::text FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
  AND relname NOT LIKE 'procrastinate%' AND attname LIKE '%\_id' AND NOT attisdropped
  AND NOT EXISTS (SELECT 1 FROM pg_constraint
                  WHERE conrelid = attrelid AND contype = 'f' AND attnum = ANY (conkey))
"""
"""Tables with a column that holds a key of something and has no foreign key."""


def below_an_account() -> set[str]:
    """Walk the foreign keys to an account however far, also from what may name one without."""
    known = pointing()
    with connection.cursor() as cursor:
        cursor.execute(UNCHECKED)
        below = {"accounts_account", *(table for (table,) in cursor.fetchall())}
    while further := {table for table, target in known if target in below} - below:
        below |= further
    return below


def undeclared() -> set[str]:
    return below_an_account() - {each.table for each in contents.BELONGINGS}


def test_every_table_below_an_account_is_declared_by_its_package() -> None:
    assert undeclared() == {"purging_purge"}


@pytest.mark.parametrize(
    "column",
    [
        "account_id bigint REFERENCES accounts_account (id)",
        "comment_id bigint REFERENCES orders_comment (id)",
        "account_id bigint",
        "site_id bigint",
    ],
)
def test_a_table_that_nobody_declared_is_found_however_it_hangs(column: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE parking_space (id bigint PRIMARY KEY, {column})")
        cursor.execute("CREATE TABLE parking_ticket (space bigint REFERENCES parking_space)")

    assert undeclared() == {"parking_space", "parking_ticket", "purging_purge"}


def test_each_table_goes_before_those_that_it_points_to() -> None:
    order = [each.table for each in contents.BELONGINGS]
    both = [(table, target) for table, target in pointing() if {table, target} <= set(order)]

    assert len(both) > 10
    assert [pair for pair in both if order.index(pair[0]) > order.index(pair[1])] == []


def test_the_history_says_who_deleted_which_account_when_and_why() -> None:
    hotel = lived("Hotel Lugo 012")
    elena = make.commercial("Elena Cid")
    purge = asked(hotel, by=elena)

    deleting.end(purge.pk, at=OVER)

    act = Act.objects.get(verb="account.purged")
    assert (act.person, act.at, act.organisation_id) == (elena, OVER, hotel.organisation_id)
    assert act.account_id is None
    assert act.facts == {
        "account": "Hotel Lugo 012",
        "agreements": 3,
        "reason": "Cerraron el hotel.",
    }
    purge.refresh_from_db()
    assert (purge.done_at, purge.account_id, purge.account_uid) == (OVER, None, hotel.uid)


def test_another_account_of_the_organisation_is_left_as_it_was() -> None:
    hotel = lived("Hotel Lugo 012")
    deleting.end(asked(lived("Hotel Soria", organisation=hotel.organisation)).pk, at=OVER)
    before = everything()
    other = lived("Hotel Teruel", organisation=hotel.organisation)

    deleting.end(asked(other).pk, at=OVER)

    after = everything()
    grown = {table for table in before if before[table] != after[table]}
    assert grown == {"history_act", "purging_purge"}
    assert after["history_act"] == before["history_act"] + 1
    assert hotel.agreements.count() == 3
    assert hotel.orders.count() == 2


def test_the_counts_of_the_zones_stay_right() -> None:
    hotel = lived("Hotel Lugo 012")
    other = lived("Hotel Soria", organisation=hotel.organisation)

    deleting.end(asked(other).pk, at=OVER)

    counted = EndingCount.objects.filter(organisation=hotel.organisation, accounts__gt=0)
    assert list(counted.values_list("ends_at", "accounts")) == [(hotel.ends_at, 1)]


def test_a_name_that_was_deleted_can_be_given_again() -> None:
    hotel = lived("Hotel Lugo 012")
    deleting.end(asked(hotel).pk, at=OVER)

    again = make.account("Hotel Lugo 012", organisation=hotel.organisation)

    assert again.agreements.count() == 1


def test_doing_it_twice_is_harmless() -> None:
    purge = asked(lived())

    assert deleting.end(purge.pk, at=OVER)
    assert not deleting.end(purge.pk, at=OVER + timedelta(hours=1))
    assert deleting.end_all(at=OVER + timedelta(hours=2)) == 0

    purge.refresh_from_db()
    assert purge.done_at == OVER
    assert Act.objects.filter(verb="account.purged").count() == 1


def test_what_nobody_was_woken_for_is_found() -> None:
    for name in ("Hotel Lugo 012", "Hotel Soria"):
        asked(lived(name))

    assert deleting.end_all(at=OVER) == 2

    assert Account.objects.count() == 0


def refused_with(words: str, purge: Purge) -> None:
    before = everything()

    assert not deleting.end(purge.pk, at=OVER + timedelta(hours=1))

    assert everything() == before
    purge.refresh_from_db()
    assert (purge.done_at, purge.refused_at) == (None, OVER + timedelta(hours=1))
    assert words in purge.refusal


def test_an_account_that_was_given_courtesy_days_meanwhile_stays() -> None:
    purge = asked(hotel := lived())
    adjusting.give_courtesy(hotel, 10, reason="Vuelven", by=make.commercial(), at=OVER)

    refused_with("no ha caducado", purge)


def test_an_account_that_was_renewed_meanwhile_stays() -> None:
    purge = asked(hotel := lived())
    deciding.accept(make.renewal_order(hotel), by=make.commercial(), at=OVER)

    refused_with("no ha caducado", purge)


def test_an_account_whose_renewal_was_asked_meanwhile_stays() -> None:
    purge = asked(hotel := lived())
    order = make.renewal_order(hotel)

    refused_with(order.number, purge)


def test_an_account_that_changed_in_any_way_meanwhile_stays() -> None:
    purge = asked(hotel := lived())
    order = hotel.orders.order_by("id").first()
    assert order is not None
    commenting.note(order, "No la borréis.", by=make.commercial(), at=OVER)

    refused_with("ha cambiado", purge)


def test_the_refusal_is_in_the_language_of_whoever_asked() -> None:
    ada = make.person("Ada Byron", commercial=True, language="en")
    purge = asked(hotel := lived(), by=ada)
    adjusting.give_courtesy(hotel, 10, reason="Vuelven", by=make.commercial(), at=OVER)

    refused_with("has not expired", purge)


def test_a_refused_purge_lets_go_of_its_account_when_another_is_done() -> None:
    first = asked(hotel := lived())
    order = make.renewal_order(hotel)
    deleting.end(first.pk, at=OVER)
    deciding.reject(order, reason="No", by=make.commercial(), at=OVER)

    assert deleting.end(asked(hotel).pk, at=OVER + timedelta(hours=1))

    assert list(Purge.objects.filter(account_uid=hotel.uid).values_list("account")) == [(None,)] * 2


def test_what_fails_at_the_end_leaves_everything_but_the_readings_and_goes_on_later() -> None:
    hotel = lived()
    purge = asked(hotel)
    before = everything()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$;"
            "CREATE TRIGGER fails BEFORE DELETE ON accounts_account"
            " FOR EACH ROW EXECUTE FUNCTION fail()"
        )

    with pytest.raises(DatabaseError, match="the disk is full"):
        deleting.end(purge.pk, at=OVER)

    gone = {each.table for each in contents.BELONGINGS if each.by}
    assert everything() == {table: 0 if table in gone else before[table] for table in before}
    purge.refresh_from_db()
    hotel.refresh_from_db()
    assert (purge.is_waiting, hotel.closed_at) == (True, OVER)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER fails ON accounts_account")
    assert deleting.end_all(at=OVER) == 1


def statements(purge: Purge) -> int:
    with CaptureQueriesContext(connection) as said:
        assert deleting.end(purge.pk, at=OVER)
    return len(said)


def test_a_purge_takes_as_many_statements_for_much_as_for_little() -> None:
    little, much = lived("Hotel Lugo 012"), lived("Hotel Soria")
    for day in range(1, 20):
        adjusting.adjust_credits(
            much, day, reason="Más", by=make.commercial(), at=make.noon(date(2026, 3, day))
        )
        order = make.renewal_order(much, at=make.noon(date(2026, 4, day)))
        deciding.reject(order, reason="No", by=make.commercial(), at=make.noon(date(2026, 4, day)))

    assert statements(asked(little)) == statements(asked(much))


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_deletes() -> None:
    purge = asked(lived())

    done, refused = together([lambda: deleting.end(purge.pk, at=OVER)] * 2)

    assert sorted(done) == [False, True]
    assert refused == []
    assert Act.objects.filter(verb="account.purged").count() == 1
    assert Account.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_what_is_asked_at_the_same_moment_is_refused_or_stops_the_purge() -> None:
    hotel = lived()
    purge = asked(hotel)
    nuria = make.superadmin(hotel.organisation)

    def renew() -> bool:
        try:
            make.renewal_order(Account.objects.get(pk=hotel.pk), by=nuria, at=OVER)
        except (Account.DoesNotExist, AccountGone):
            return False
        return True

    done, refused = together([lambda: deleting.end(purge.pk, at=OVER), renew])

    assert refused == []
    assert sorted(done) == [False, True]
    stays = Account.objects.filter(pk=hotel.pk).exists()
    assert stays == done[1]


def the_owner(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    "state",
    ["done_at = now()", "account_id = NULL", "refused_at = now()", "refusal = 'x'", "reason = ''"],
)
def test_a_purge_waits_is_done_or_is_refused_and_says_why(state: str) -> None:
    asked(lived())

    with pytest.raises(DatabaseError, match="a_purge_"):
        the_owner(f"UPDATE purging_purge SET {state}")


CLOSED = [
    "accounts_agreement",
    "accounts_grant",
    "accounts_term",
    "accounts_smstransaction",
    "history_act",
    "metering_meterchange",
    "orders_comment",
    "orders_order",
    "reminders_reminder",
]


@pytest.mark.parametrize("table", CLOSED)
def test_the_owner_deletes_only_of_the_account_that_is_being_purged(table: str) -> None:
    hotel, other = lived("Hotel Lugo 012"), lived("Hotel Soria")
    the_owner("SELECT set_config('vatio.purged_account', %s, true)", str(other.pk))
    own = "order_id IN (SELECT id FROM orders_order WHERE account_id = %s)"

    with pytest.raises(DatabaseError, match="never changes: DELETE refused"):
        the_owner(
            f"DELETE FROM {table} WHERE {own if table == 'orders_comment' else 'account_id = %s'}",
            hotel.pk,
        )


@pytest.mark.parametrize("table", CLOSED)
def test_nobody_changes_anything_even_of_the_account_that_is_being_purged(table: str) -> None:
    hotel = lived()
    the_owner("SELECT set_config('vatio.purged_account', %s, true)", str(hotel.pk))

    with pytest.raises(DatabaseError, match="never changes"):
        the_owner(f"UPDATE {table} SET organisation_id = organisation_id, id = id + 1000000")


@pytest.mark.parametrize(
    "table", [*CLOSED, "accounts_account", "accounts_smswallet", "purging_purge"]
)
def test_the_pages_role_deletes_nothing_though_it_names_an_account(
    table: str, request: pytest.FixtureRequest
) -> None:
    hotel = lived()
    asked(hotel)
    request.getfixturevalue("as_web")
    the_owner("SELECT set_config('vatio.purged_account', %s, true)", str(hotel.pk))

    with pytest.raises(DatabaseError, match="permission denied"):
        the_owner(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", CLOSED)
def test_the_triggers_alone_stop_the_pages_role_where_its_rights_would_not(
    table: str, request: pytest.FixtureRequest
) -> None:
    hotel = lived()
    the_owner(f"GRANT DELETE ON {table} TO vatio_web")
    request.getfixturevalue("as_web")
    the_owner("SELECT set_config('vatio.purged_account', %s, true)", str(hotel.pk))

    with pytest.raises(DatabaseError, match="never changes: DELETE refused"):
        the_owner(f"DELETE FROM {table}")


def test_the_pages_role_settles_no_purge(request: pytest.FixtureRequest) -> None:
    asked(lived())
    request.getfixturevalue("as_web")

    with pytest.raises(DatabaseError, match="permission denied"):
        the_owner("UPDATE purging_purge SET refusal = 'x', refused_at = now()")
    with pytest.raises(DatabaseError, match="permission denied"):
        the_owner("UPDATE purging_export SET digest = 'x'")
    assert (Purge.objects.count(), Export.objects.count()) == (1, 1)
