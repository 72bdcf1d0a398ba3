"""Ties an inventory that waits for its import to its account and organisation."""

from django.db import migrations

TIE = """
ALTER TABLE metering_inventorydraft ADD CONSTRAINT metering_inventorydraft_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
"""


class Migration(migrations.Migration):
    dependencies = [("metering", "0003_inventories_wait_for_their_import")]

    operations = [migrations.RunSQL(TIE)]
