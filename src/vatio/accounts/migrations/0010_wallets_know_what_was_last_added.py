"""Fills in how many credits each wallet was last given.

Without it the share that is left of them would be unknown until the next purchase, and nobody
warned of it.
"""

from django.db import migrations

FILL = """
UPDATE accounts_smswallet own SET last_added = latest.credits
FROM (
    SELECT DISTINCT ON (account_id) account_id, credits FROM accounts_smstransaction
    WHERE credits > 0 ORDER BY account_id, id DESC
) AS latest
WHERE latest.account_id = own.account_id
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_credits_are_spent_and_returned")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
