"""Ties exports to their account's organisation."""

from django.db import migrations

TIE = """
ALTER TABLE purging_export ADD CONSTRAINT purging_export_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
"""
UNTIE = "ALTER TABLE purging_export DROP CONSTRAINT purging_export_account_id_of_its_own;"


class Migration(migrations.Migration):
    dependencies = [("purging", "0001_exports")]
    operations = [migrations.RunSQL(TIE, UNTIE)]
