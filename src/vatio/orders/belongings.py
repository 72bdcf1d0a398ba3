"""Declares which rows of orders an account's export holds and its purge deletes, in order."""

from django.utils.translation import gettext_lazy as _

from vatio.accounts.belongings import LICENCE, agreement
from vatio.tenants.belongings import OF_ITS_ORDERS, ORDER, Belonging, Subject, person, plain
from vatio.units import Unit

ITS_ORDERS = "ARRAY(SELECT id FROM orders_order WHERE account_id = %(account)s)"
"""SQL: the keys of the account's orders, as an array.

An array is computed once for a statement, so that the index on `order_id` serves, also where
a row may name the account instead. With IN, PostgreSQL read the whole table.
"""

ORDER_NUMBER = "(SELECT number FROM orders_order WHERE id = own.order_id)"

SAID = {"order": ORDER, "at": "own.at", "by": person("person_id"), "words": "own.words"}

SUBJECTS = (
    Subject(
        "orders",
        _("Orders"),
        {
            **plain("number", "kind", "state"),
            "submitted_by": person("submitted_by_id"),
            "submitted_at": "own.submitted_at",
            "licence": LICENCE,
            **plain(*Unit, "sms_credits"),
            **plain(
                "months", "account_name", "client", "nif", "sector", "contact_email", "time_zone"
            ),
            **plain("reference", "comments"),
            "taken_by": person("taken_by_id"),
            "decided_by": person("decided_by_id"),
            **plain("decided_at", "rule", "reason"),
            "agreement": agreement("agreement_id"),
        },
        "orders_order",
        headings={
            "submitted_by": _("Requested by"),
            "submitted_at": _("Requested"),
            **{unit: unit.label for unit in Unit},
            "months": _("Months"),
            "account_name": _("Account name"),
            "reference": _("Reference"),
            "comments": _("Comments"),
            "taken_by": _("In hand of"),
            "reason": _("Reason"),
        },
    ),
    Subject(
        "bulk_renewal_items",
        _("Renewals together"),
        {
            "asked_at": "(SELECT asked_at FROM orders_bulkrenewal WHERE id = own.bulk_renewal_id)",
            **plain("outcome"),
            "order": ORDER,
            "ends_on": "own.shown_end",
            "until_on": "own.until",
            "words": "own.words",
        },
        "orders_bulkrenewalitem",
        headings={
            "asked_at": _("Requested"),
            "outcome": _("What became of it"),
            "until_on": _("Renewed until"),
        },
    ),
    Subject(
        "said",
        _("Questions and answers"),
        SAID,
        "orders_comment",
        f"NOT own.is_note AND {OF_ITS_ORDERS}",
    ),
    Subject("notes", _("Notes"), SAID, "orders_comment", f"own.is_note AND {OF_ITS_ORDERS}"),
)

BELONGINGS = (
    Belonging("orders_comment", OF_ITS_ORDERS),
    Belonging("orders_bulkrenewalitem"),
    Belonging("orders_order"),
)
