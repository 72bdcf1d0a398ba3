"""Declares for an account's purge the files that hold it: its export, and lists of accounts.

A list that was written before the purge may name the account, so all lists of its organisation and
of every organisation go with it; nobody loses more than a file that can be asked for again.
"""

from vatio.tenants.belongings import OWN, Belonging

ITS_ORGANISATION = "(SELECT organisation_id FROM accounts_account WHERE id = %(account)s)"
OF_A_LIST = f"""own.account_id IS NULL
    AND (own.organisation_id IS NULL OR own.organisation_id = {ITS_ORGANISATION})"""
MAY_HOLD = f"({OWN} OR {OF_A_LIST})"

BELONGINGS = (
    Belonging(
        "downloads_downloadpart",
        f"own.download_id IN (SELECT own.id FROM downloads_download own WHERE {MAY_HOLD})",  # noqa: S608
    ),
    Belonging("downloads_download", MAY_HOLD),
)
