"""Ties the token of a source to that source's account and organisation."""

from django.db import migrations

TIE = """
ALTER TABLE metering_sourcetoken ADD CONSTRAINT metering_sourcetoken_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE metering_sourcetoken ADD CONSTRAINT metering_sourcetoken_source_id_of_its_own
    FOREIGN KEY (source_id, account_id) REFERENCES metering_datasource (id, account_id);
"""


class Migration(migrations.Migration):
    dependencies = [("metering", "0005_sources_are_recognised_by_tokens")]

    operations = [migrations.RunSQL(TIE)]
