"""Ties the file of an account to the account's organisation."""

from django.db import migrations

TIE = """
ALTER TABLE downloads_download ADD CONSTRAINT downloads_download_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
"""


class Migration(migrations.Migration):
    dependencies = [("downloads", "0001_schema")]
    operations = [migrations.RunSQL(TIE)]
