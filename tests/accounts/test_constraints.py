from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests import make
from vatio.accounts.models import Account
from vatio.catalogue.models import LicenceVersion
from vatio.cli.joining import marked_tables
from vatio.orders import deciding
from vatio.units import Unit

pytestmark = pytest.mark.django_db


def sql(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def refused_by(name: str, statement: str, *values: object) -> None:
    with pytest.raises(IntegrityError, match=name):
        sql(statement, *values)


@pytest.fixture
def hotel() -> Account:
    return make.account("Hotel Lugo", starts_on=date(2026, 5, 3), sms_credits=10)


def add_term(account: Account, starts_on: str, ends_on: str, **columns: object) -> None:
    agreement = account.agreements.get()
    extra = "".join(f", {name}" for name in columns)
    places = ", %s" * len(columns)
    sql(
        "INSERT INTO accounts_term (account_id, organisation_id, agreement_id, starts_on, ends_on,"
        f" anchor_day{extra}) VALUES (%s, %s, %s, %s, %s, 1{places})",
        account.pk,
        columns.pop("organisation_id", account.organisation_id)
        if columns
        else account.organisation_id,
        agreement.pk,
        starts_on,
        ends_on,
        *columns.values(),
    )


def test_two_live_terms_never_overlap(hotel: Account) -> None:
    with pytest.raises(IntegrityError, match="live_terms_never_overlap"):
        add_term(hotel, "2027-05-02", "2028-05-02")

    add_term(hotel, "2027-05-03", "2028-05-03")
    assert hotel.terms.count() == 2


def test_a_cancelled_term_covers_nothing(hotel: Account) -> None:
    add_term(hotel, "2026-06-01", "2027-06-01", cancelled_at="2026-05-04T00:00Z")

    assert hotel.terms.count() == 2


def test_a_term_ends_after_it_starts(hotel: Account) -> None:
    with pytest.raises(IntegrityError, match="a_term_ends_after_it_starts"):
        add_term(hotel, "2028-01-01", "2028-01-01")


def test_a_term_does_not_close_before_it_starts(hotel: Account) -> None:
    agreement = hotel.agreements.get().pk

    with pytest.raises(DatabaseError):
        sql("UPDATE accounts_term SET closed_on = '2026-05-02', closed_by_id = %s", agreement)

    sql("UPDATE accounts_term SET closed_on = '2026-05-03', closed_by_id = %s", agreement)


def test_what_closes_a_term_is_written_once(hotel: Account) -> None:
    agreement = hotel.agreements.get().pk
    sql("UPDATE accounts_term SET closed_on = '2026-06-01', closed_by_id = %s", agreement)

    for again in ("closed_on = '2026-07-01'", "closed_on = NULL, closed_by_id = NULL"):
        with pytest.raises(IntegrityError, match="a term never changes"):
            sql(f"UPDATE accounts_term SET {again}")


@pytest.mark.parametrize(
    "change", ["starts_on = '2026-05-04'", "ends_on = '2030-01-01'", "anchor_day = 9"]
)
def test_a_term_never_changes(hotel: Account, change: str) -> None:
    refused_by("a term never changes", f"UPDATE accounts_term SET {change}")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_agreement SET note = 'x'",
        "DELETE FROM accounts_agreement",
        "UPDATE accounts_grant SET extra_meters = 99",
        "DELETE FROM accounts_grant",
        "UPDATE accounts_smstransaction SET credits = 99",
        "DELETE FROM accounts_smstransaction",
        "UPDATE history_act SET verb = 'x'",
        "DELETE FROM history_act",
        "DELETE FROM accounts_term",
    ],
)
def test_what_was_agreed_is_closed_to_change_for_the_owner_too(
    hotel: Account, statement: str
) -> None:
    refused_by("never changes", statement)


KEPT = sorted(
    table
    for table in {*marked_tables("append_only"), *marked_tables("never_deleted")}
    if not table.startswith("readings_")
)
"""Tables of readings have no triggers, so that they can be distributed: the pages' role alone is
kept from changing what was replaced."""


@pytest.mark.parametrize("table", KEPT)
def test_what_is_never_deleted_is_closed_to_truncate_for_the_owner_too(
    hotel: Account, table: str
) -> None:
    sql("SET CONSTRAINTS ALL IMMEDIATE")

    refused_by(f"{table} never changes: TRUNCATE refused", f"TRUNCATE {table} CASCADE")


def test_every_table_that_a_trigger_keeps_is_among_them() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger"
            " JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE proname = 'refuse_change' OR starts_with(proname, 'keep_')"
        )
        kept = {table for (table,) in cursor.fetchall()}

    assert kept == set(KEPT)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_agreement SET note = 'x'",
        "DELETE FROM accounts_grant",
        "UPDATE accounts_smstransaction SET credits = 99",
        "DELETE FROM history_act",
        "DELETE FROM accounts_term",
        "DELETE FROM accounts_account",
        "DELETE FROM orders_order",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'x', now())",
        "TRUNCATE accounts_agreement CASCADE",
        "ALTER TABLE accounts_agreement DISABLE TRIGGER ALL",
    ],
)
def test_the_web_role_may_not_even_try(hotel: Account, as_web: None, statement: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied|must be owner"):
        sql(statement)


def test_a_wallet_is_never_negative(hotel: Account) -> None:
    refused_by("a_wallet_is_never_negative", "UPDATE accounts_smswallet SET balance = balance - 11")


def test_a_movement_happens_once(hotel: Account) -> None:
    refused_by(
        "accounts_smstransaction_key",
        "INSERT INTO accounts_smstransaction (account_id, organisation_id, key, kind, credits, at)"
        " SELECT account_id, organisation_id, key, kind, credits, at FROM accounts_smstransaction",
    )


@pytest.mark.parametrize("name", ["HOTEL LUGO", "hotel lugo", "Hótel Lúgo"])
def test_names_are_unique_without_case_and_accents(hotel: Account, name: str) -> None:
    refused_by(
        "one_account_of_a_name",
        "INSERT INTO accounts_account (uid, organisation_id, name, client, nif, sector,"
        " contact_email, language, time_zone, created_at)"
        " SELECT gen_random_uuid(), organisation_id, %s, client, nif, sector, contact_email,"
        " language, time_zone, created_at FROM accounts_account",
        name,
    )


@pytest.mark.parametrize("name", [" Hotel", "Hotel ", "Hotel  Lugo", ""])
def test_names_are_trimmed_with_single_spaces(hotel: Account, name: str) -> None:
    refused_by("account_name_is_trimmed", "UPDATE accounts_account SET name = %s", name)


@pytest.mark.parametrize("parent", ["account_id", "order_id"])
def test_every_table_below_an_account_is_tied_to_its_organisation(parent: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name::text FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name IN (%s, 'organisation_id')"
            " GROUP BY table_name HAVING count(*) = 2",
            [parent],
        )
        below = {table for (table,) in cursor.fetchall()}
        cursor.execute(
            "SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
            " AND pg_get_constraintdef(oid) LIKE %s",
            [f"FOREIGN KEY ({parent}, organisation_id)%"],
        )
        tied = {table for (table,) in cursor.fetchall()}

    assert below
    assert tied == below


def test_nothing_points_across_organisations(hotel: Account) -> None:
    other = make.organisation()

    refused_by(
        "accounts_agreement_account_id_of_its_own",
        "INSERT INTO accounts_agreement (account_id, organisation_id, number, kind, decided_at, rule, note)"
        " VALUES (%s, %s, 'A-1', 'import', now(), 'x', '')",
        hotel.pk,
        other.pk,
    )
    refused_by(
        "history_act_account_id_of_its_own",
        "INSERT INTO history_act (at, verb, rule, organisation_id, account_id, facts)"
        " VALUES (now(), 'x', 'x', %s, %s, '{}')",
        other.pk,
        hotel.pk,
    )
    refused_by("_of_its_own", "UPDATE accounts_smswallet SET organisation_id = %s", other.pk)
    refused_by("_of_its_own", "UPDATE accounts_account SET organisation_id = %s", other.pk)


def test_a_grant_goes_to_a_term_of_its_own_account(hotel: Account) -> None:
    other = make.account("Hotel Soria", organisation=hotel.organisation)

    refused_by(
        "accounts_grant_term_id_of_its_own",
        "INSERT INTO accounts_grant (account_id, organisation_id, term_id, agreement_id,"
        " effective_on, recorded_at, extra_meters, extra_supply_points, extra_data_points,"
        " extra_rtc_lines) VALUES (%s, %s, %s, %s, '2026-06-01', now(), 1, 0, 0, 0)",
        hotel.pk,
        hotel.organisation_id,
        other.terms.get().pk,
        hotel.agreements.get().pk,
    )


def test_one_open_order_of_a_kind(hotel: Account) -> None:
    make.renewal_order(hotel)

    refused_by(
        "one_open_order_of_a_kind",
        "INSERT INTO orders_order (uid, organisation_id, account_id, number, kind, state,"
        " submitted_by_id, submitted_at, sms_credits, account_name, client, nif, sector,"
        " contact_email, time_zone, reference, comments, rule, reason)"
        " SELECT gen_random_uuid(), organisation_id, account_id, 'S-x', kind, 'offered',"
        " submitted_by_id, submitted_at, 0, '', '', '', '', '', '', '', '', '', ''"
        " FROM orders_order",
    )


@pytest.mark.parametrize(
    "change",
    ["reason = 'x'", "state = 'pending'", "comments = 'x'", "taken_by_id = submitted_by_id"],
)
def test_a_decided_order_never_changes(hotel: Account, change: str) -> None:
    order = make.renewal_order(hotel)
    deciding.reject(order, reason="No", by=make.commercial(), at=make.NOON)

    refused_by("a decided order never changes", f"UPDATE orders_order SET {change}")
    refused_by("never changes", "DELETE FROM orders_order")


def test_accepted_means_agreed_and_rejected_means_a_reason(hotel: Account) -> None:
    order = make.renewal_order(hotel)
    decided = "decided_at = now(), decided_by_id = %s"
    reviewer = make.commercial().pk

    refused_by(
        "accepted_means_agreed", f"UPDATE orders_order SET state = 'accepted', {decided}", reviewer
    )
    refused_by(
        "a_rejection_has_a_reason",
        f"UPDATE orders_order SET state = 'rejected', {decided}",
        reviewer,
    )
    refused_by("a_decided_order_says_when", "UPDATE orders_order SET state = 'withdrawn'")
    refused_by(
        "nobody_decides_their_own_order",
        f"UPDATE orders_order SET state = 'rejected', reason = 'x', {decided}",
        order.submitted_by_id,
    )


Quantities = tuple[int | None, int | None, int | None]


@pytest.mark.parametrize(
    ("billing", "quantities"),
    [
        ("MTR", (10, 5, 250)),
        ("MTR", (None, 5, None)),
        ("MTR", (10, None, None)),
        ("DP", (10, 0, 250)),
        ("DP", (None, 0, None)),
        ("DP", (None, None, 250)),
        ("MTR", (-1, 5, None)),
    ],
)
def test_quantities_follow_the_billing(billing: str, quantities: Quantities) -> None:
    version = (
        make.licence("Básica Mtr") if billing == "MTR" else make.licence("Starter", data_points=1)
    )

    refused_by(
        "quantities_follow_the_billing",
        "INSERT INTO catalogue_licenceversion (uid, licence_id, billing, number, state, description,"
        " meters, supply_points, data_points, rtc_lines)"
        " VALUES (gen_random_uuid(), %s, %s, 2, 'draft', '', %s, %s, %s, 0)",
        version.licence_id,
        billing,
        *quantities,
    )


def test_a_version_is_billed_as_its_licence() -> None:
    version = make.licence("Básica Mtr")

    refused_by(
        "a_version_is_billed_as_its_licence",
        "INSERT INTO catalogue_licenceversion (uid, licence_id, billing, number, state, description,"
        " supply_points, data_points, rtc_lines)"
        " VALUES (gen_random_uuid(), %s, 'DP', 2, 'draft', '', 0, 250, 0)",
        version.licence_id,
    )


@pytest.mark.parametrize("change", ["meters = 11", "description = 'x'", "state = 'draft'"])
def test_a_published_version_never_changes(change: str) -> None:
    make.licence()

    refused_by("a published version never changes", f"UPDATE catalogue_licenceversion SET {change}")


def test_a_published_version_stays() -> None:
    make.licence()

    refused_by("never changes", "DELETE FROM catalogue_licenceversion")
    assert LicenceVersion.objects.count() == 1


def test_one_version_of_a_licence_is_published() -> None:
    make.licence()

    refused_by(
        "one_published_version_of_a_licence",
        "INSERT INTO catalogue_licenceversion (uid, licence_id, billing, number, state, description,"
        " meters, supply_points, rtc_lines, published_at)"
        " SELECT gen_random_uuid(), licence_id, billing, 2, 'published', '', 1, 1, 0, now()"
        " FROM catalogue_licenceversion",
    )


@pytest.mark.parametrize("unit", Unit)
def test_a_version_is_retired_as_it_was_published(hotel: Account, unit: Unit) -> None:
    refused_by(
        "a published version never changes",
        "UPDATE catalogue_licenceversion SET state = 'retired', retired_at = now(),"
        f" {unit} = coalesce({unit}, 0) + 1",
    )
