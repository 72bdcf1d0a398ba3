"""Ties decisions to their account's organisation and term, and closes them to change."""

from django.db import migrations

CLOSE = """
ALTER TABLE reminders_reminder ADD CONSTRAINT reminders_reminder_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE reminders_reminder ADD CONSTRAINT reminders_reminder_term_id_of_its_own
    FOREIGN KEY (term_id, account_id) REFERENCES accounts_term (id, account_id);
CREATE TRIGGER reminders_never_change BEFORE UPDATE OR DELETE ON reminders_reminder
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER reminders_are_never_emptied BEFORE TRUNCATE ON reminders_reminder
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reminders", "0001_schema"),
        ("accounts", "0002_triggers"),
    ]
    operations = [migrations.RunSQL(CLOSE)]
