"""Ties how lines are reached, and their calls, to their account and to their line."""

from django.db import migrations

TIE = """
ALTER TABLE collection_linesettings ADD CONSTRAINT collection_linesettings_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE collection_linesettings ADD CONSTRAINT collection_linesettings_line_id_of_its_own
    FOREIGN KEY (line_id, account_id) REFERENCES metering_rtcline (id, account_id);
ALTER TABLE collection_callattempt ADD CONSTRAINT collection_callattempt_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE collection_callattempt ADD CONSTRAINT collection_callattempt_line_id_of_its_own
    FOREIGN KEY (line_id, account_id) REFERENCES metering_rtcline (id, account_id);
"""

NIGHTS = """
ALTER TABLE collection_linesettings ADD CONSTRAINT nights_leave_a_line_alone_by_day CHECK (
    CASE WHEN night_until > night_from THEN night_until - night_from
         ELSE night_until - night_from + interval '24 hours' END <= interval '10 hours');
"""


class Migration(migrations.Migration):
    dependencies = [("collection", "0001_schema")]

    operations = [migrations.RunSQL(TIE), migrations.RunSQL(NIGHTS)]
