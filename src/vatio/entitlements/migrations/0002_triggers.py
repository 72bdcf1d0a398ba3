"""Ties a usage to its account's organisation, and lets nobody empty the table."""

from django.db import migrations

TIE = """
ALTER TABLE entitlements_usage ADD CONSTRAINT entitlements_usage_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
CREATE TRIGGER usages_are_never_emptied BEFORE TRUNCATE ON entitlements_usage
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

UNTIE = """
DROP TRIGGER usages_are_never_emptied ON entitlements_usage;
ALTER TABLE entitlements_usage DROP CONSTRAINT entitlements_usage_account_id_of_its_own;
"""


class Migration(migrations.Migration):
    dependencies = [("entitlements", "0001_schema"), ("accounts", "0002_triggers")]

    operations = [migrations.RunSQL(TIE, UNTIE)]
