"""Writes every stored e-mail address in the one spelling that is compared: lower-case ASCII.

A mailbox could be stored twice, with the letters of its domain and as DNS knows it (xn--…), and
the person behind it could be two people, neither of whom got in with the other's spelling. Two
people of one mailbox become one: the active one keeps the address and gets the other's places;
the other stays for the history, inactive, under an address that reaches nobody. Decided orders
never change: they keep what was written.
"""

import unicodedata

import idna
from django.db import migrations

OTHER = "'[^!-@\\[-~]'"
COLUMNS = {
    "tenants_organisation": "notice_address",
    "people_onetimelink": "email",
    "accounts_account": "contact_email",
    "notifications_message": "address",
    "orders_order": "contact_email",
}
CHANGEABLE = {"orders_order": "AND state IN ('pending', 'offered')"}


def spell(address):
    user, at, domain = unicodedata.normalize("NFKC", address.strip()).lower().rpartition("@")
    try:
        return user + at + idna.encode(domain, uts46=True).decode()
    except UnicodeError:
        labels = (
            label if label.isascii() else "xn--" + label.encode("punycode").decode()
            for label in domain.split(".")
        )
        return user + at + ".".join(labels)


def write(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"SELECT id, email, is_active FROM tenants_person WHERE email ~ {OTHER}")
        for key, email, is_active in cursor.fetchall():
            give_address(cursor, key, spell(email), is_active)
        for table, column in COLUMNS.items():
            cursor.execute(
                f"SELECT id, {column} FROM {table}"
                f" WHERE {column} ~ {OTHER} {CHANGEABLE.get(table, '')} ORDER BY id"
            )
            for key, address in cursor.fetchall():
                if table == "people_onetimelink":
                    withdraw_older(cursor, key, spell(address))
                cursor.execute(
                    f"UPDATE {table} SET {column} = %s WHERE id = %s", [spell(address), key]
                )


def give_address(cursor, key, address, is_active):
    cursor.execute("SELECT id, is_active FROM tenants_person WHERE email = %s", [address])
    other = cursor.fetchone()
    if other is not None:
        stays, goes = (key, other[0]) if is_active and not other[1] else (other[0], key)
        if is_active and other[1]:
            for table, place in (
                ("tenants_membership", "organisation_id"),
                ("accounts_accountrole", "account_id"),
            ):
                cursor.execute(
                    f"UPDATE {table} own SET person_id = %s WHERE person_id = %s AND NOT EXISTS"
                    f" (SELECT 1 FROM {table} has WHERE has.person_id = %s"
                    f"  AND has.{place} = own.{place})",
                    [stays, goes, stays],
                )
                cursor.execute(f"DELETE FROM {table} WHERE person_id = %s", [goes])
            cursor.execute(
                "UPDATE tenants_person SET is_commercial = is_commercial OR"
                " (SELECT is_commercial FROM tenants_person WHERE id = %s) WHERE id = %s",
                [goes, stays],
            )
        cursor.execute(
            "UPDATE tenants_person SET is_active = false, is_commercial = false,"
            " email = 'person-' || id || '@merged.invalid' WHERE id = %s",
            [goes],
        )
        key = stays
    cursor.execute("UPDATE tenants_person SET email = %s WHERE id = %s", [address, key])


def withdraw_older(cursor, key, address):
    cursor.execute(
        "UPDATE people_onetimelink older SET withdrawn_at = now() FROM people_onetimelink own"
        " WHERE own.id = %s AND older.email = %s AND older.kind = 'invitation'"
        " AND own.kind = 'invitation' AND own.used_at IS NULL AND own.withdrawn_at IS NULL"
        " AND older.used_at IS NULL AND older.withdrawn_at IS NULL"
        " AND older.organisation_id IS NOT DISTINCT FROM own.organisation_id"
        " AND older.account_id IS NOT DISTINCT FROM own.account_id",
        [key, address],
    )


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0001_schema"),
        ("people", "0003_invitations_are_found_by_their_account"),
        ("notifications", "0002_triggers"),
        ("accounts", "0002_triggers"),
        ("orders", "0002_triggers"),
    ]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
