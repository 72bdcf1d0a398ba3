"""Ties invitations to an account to that account's organisation."""

from django.db import migrations

TIE = """
ALTER TABLE people_entrance ADD CONSTRAINT people_entrance_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
"""
UNTIE = "ALTER TABLE people_entrance DROP CONSTRAINT people_entrance_account_id_of_its_own;"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_endings_count_themselves"),
        ("people", "0004_invitations_lead_to_their_role"),
    ]
    operations = [migrations.RunSQL(TIE, UNTIE)]
