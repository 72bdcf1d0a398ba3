"""Ties a current holding to its account's organisation, and to a term of that account."""

from django.db import migrations

TIE = """
ALTER TABLE accounts_currentholding ADD CONSTRAINT accounts_currentholding_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE accounts_currentholding ADD CONSTRAINT accounts_currentholding_term_id_of_its_own
    FOREIGN KEY (term_id, account_id) REFERENCES accounts_term (id, account_id);
"""

UNTIE = """
ALTER TABLE accounts_currentholding DROP CONSTRAINT accounts_currentholding_account_id_of_its_own;
ALTER TABLE accounts_currentholding DROP CONSTRAINT accounts_currentholding_term_id_of_its_own;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_what_accounts_hold_now")]

    operations = [migrations.RunSQL(TIE, UNTIE)]
