"""What is exported of an account's own tables, and the order in which their rows are deleted."""

from django.utils.translation import gettext_lazy as _

from vatio.tenants.belongings import ORGANISATION, Belonging, Subject, person, plain
from vatio.units import Unit

LICENCE = """(
    SELECT licence.name FROM catalogue_licenceversion version
    JOIN catalogue_licence licence ON licence.id = version.licence_id
    WHERE version.id = own.licence_id)
"""
ITSELF = "own.id = %(account)s"


def agreement(column: str) -> str:
    """Return the SQL for the number of the agreement that a column references."""
    return f"(SELECT number FROM accounts_agreement WHERE id = own.{column})"  # noqa: S608


def term(column: str) -> str:
    """Return the SQL for a column of the term that `own.term_id` references."""
    return f"(SELECT {column} FROM accounts_term WHERE id = own.term_id)"  # noqa: S608


SUBJECTS = (
    Subject(
        "account",
        _("Account"),
        {
            "organisation": ORGANISATION,
            **plain("name", "client", "nif", "sector", "contact_email", "language", "time_zone"),
            "created_at": "own.created_at",
            "opened_on": "own.opened_on",
            "ends_on": "own.covered_until",
            "ends_at": "own.ends_at",
            "leaving_at": "own.not_renewing_since",
            "sms_credits": "(SELECT balance FROM accounts_smswallet WHERE account_id = own.id)",
        },
        "accounts_account",
        condition=ITSELF,
        headings={
            "opened_on": _("First day"),
            "ends_at": _("Instant of expiry"),
            "leaving_at": _("Will not be renewed, since"),
        },
    ),
    Subject(
        "agreements",
        _("Agreements"),
        {
            **plain("number", "kind", "decided_at"),
            "decided_by": person("decided_by_id"),
            **plain("rule", "note"),
        },
        "accounts_agreement",
        headings={"note": _("Reason")},
    ),
    Subject(
        "terms",
        _("Terms"),
        {
            "agreement": agreement("agreement_id"),
            **plain("starts_on", "ends_on", "anchor_day", "closed_on"),
            "closed_by": agreement("closed_by_id"),
            "cancelled_at": "own.cancelled_at",
        },
        "accounts_term",
        headings={
            "anchor_day": _("Day of the month"),
            "closed_on": _("Ended early"),
            "closed_by": _("Ended early by"),
            "cancelled_at": _("Taken back"),
        },
    ),
    Subject(
        "grants",
        _("Grants"),
        {
            "agreement": agreement("agreement_id"),
            "starts_on": term("starts_on"),
            **plain("effective_on", "recorded_at"),
            "licence": LICENCE,
            **plain(*(f"extra_{unit}" for unit in Unit)),
        },
        "accounts_grant",
        headings={
            "effective_on": _("From"),
            "recorded_at": _("Recorded"),
            **{f"extra_{unit}": unit.on_top for unit in Unit},
        },
    ),
    Subject(
        "sms_transactions",
        _("SMS credits"),
        {
            **plain("at", "kind", "credits"),
            "agreement": agreement("agreement_id"),
            "key": "own.key",
        },
        "accounts_smstransaction",
        headings={"credits": _("Credits")},
    ),
)

ROLES = Subject(
    "people",
    _("People"),
    {
        "name": person("person_id"),
        "email": "(SELECT email FROM tenants_person WHERE id = own.person_id)",
        **plain("role", "created_at"),
    },
    "accounts_accountrole",
)

BELONGINGS = (
    Belonging("accounts_smstransaction"),
    Belonging("accounts_smswallet"),
    Belonging("accounts_currentholding"),
    Belonging("accounts_grant"),
    Belonging("accounts_term"),
    Belonging("accounts_agreement"),
    Belonging("accounts_accountrole"),
    Belonging("accounts_account", ITSELF),
)
