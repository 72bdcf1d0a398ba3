"""Ties purges to their account's organisation, for as long as they have one."""

from django.db import migrations

TIE = """
ALTER TABLE purging_purge ADD CONSTRAINT purging_purge_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
"""
UNTIE = "ALTER TABLE purging_purge DROP CONSTRAINT purging_purge_account_id_of_its_own;"


class Migration(migrations.Migration):
    dependencies = [("purging", "0003_purges")]
    operations = [migrations.RunSQL(TIE, UNTIE)]
