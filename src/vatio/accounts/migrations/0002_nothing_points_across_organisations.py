"""Ties every row below an account to that account's organisation, and every grant to its account's term."""

from django.db import migrations

TIES = [
    (
        "accounts_accountrole",
        "account_id, organisation_id",
        "accounts_account (id, organisation_id)",
    ),
    ("accounts_agreement", "account_id, organisation_id", "accounts_account (id, organisation_id)"),
    ("accounts_term", "account_id, organisation_id", "accounts_account (id, organisation_id)"),
    ("accounts_term", "agreement_id, account_id", "accounts_agreement (id, account_id)"),
    ("accounts_term", "closed_by_id, account_id", "accounts_agreement (id, account_id)"),
    ("accounts_grant", "account_id, organisation_id", "accounts_account (id, organisation_id)"),
    ("accounts_grant", "term_id, account_id", "accounts_term (id, account_id)"),
    ("accounts_grant", "agreement_id, account_id", "accounts_agreement (id, account_id)"),
    ("accounts_purse", "account_id, organisation_id", "accounts_account (id, organisation_id)"),
    (
        "accounts_smsmovement",
        "account_id, organisation_id",
        "accounts_account (id, organisation_id)",
    ),
    ("accounts_smsmovement", "agreement_id, account_id", "accounts_agreement (id, account_id)"),
    ("history_act", "account_id, organisation_id", "accounts_account (id, organisation_id)"),
]


def _name(table: str, columns: str) -> str:
    return f"{table}_{columns.split(',')[0]}_of_its_own"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_accounts"),
        ("history", "0002_acts_never_change"),
    ]
    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {_name(table, columns)}"
            f" FOREIGN KEY ({columns}) REFERENCES {target}",
            f"ALTER TABLE {table} DROP CONSTRAINT {_name(table, columns)}",
        )
        for table, columns, target in TIES
    ]
