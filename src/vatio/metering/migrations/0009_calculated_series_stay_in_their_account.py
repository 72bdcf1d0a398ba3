"""Ties calculated series, their versions and terms to their account, and terms to its points."""

from django.db import migrations

TIE = """
ALTER TABLE metering_calculatedseries ADD CONSTRAINT metering_calculatedseries_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE metering_calculatedversion
    ADD CONSTRAINT metering_calculatedversion_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE metering_calculatedversion
    ADD CONSTRAINT metering_calculatedversion_series_id_of_its_own
    FOREIGN KEY (series_id, account_id) REFERENCES metering_calculatedseries (id, account_id);
ALTER TABLE metering_calculatedterm ADD CONSTRAINT metering_calculatedterm_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE metering_calculatedterm ADD CONSTRAINT metering_calculatedterm_version_id_of_its_own
    FOREIGN KEY (version_id, account_id) REFERENCES metering_calculatedversion (id, account_id);
ALTER TABLE metering_calculatedterm ADD CONSTRAINT metering_calculatedterm_data_point_id_of_its_own
    FOREIGN KEY (data_point_id, account_id) REFERENCES metering_datapoint (id, account_id);
"""


class Migration(migrations.Migration):
    dependencies = [("metering", "0008_calculated_series_add_up_data_points")]

    operations = [migrations.RunSQL(TIE)]
