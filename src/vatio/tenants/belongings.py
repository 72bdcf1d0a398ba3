"""How a package declares which rows of its tables an account's export holds and its purge deletes.

The declaration stands beside the tables, in a module `belongings` of the package that owns
them; `purging` imports every such module by name. A declaration is SQL on the row `own` and the
parameter `account`, because all that an account has is read in one statement. Rows that belong
to an account through one of its orders use the placeholder {its_orders}, which `purging` fills
in: packages below orders do not know the table of orders.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OWN = "own.account_id = %(account)s"
"""Condition on rows that reference their account."""

OWN_OR_ORDERED = f"({OWN} OR own.order_id = ANY ({{its_orders}}))"
"""Condition on rows that reference their account or one of its orders.

A row about an opening has no account: there was none yet.
"""

OF_ITS_ORDERS = "own.order_id = ANY ({its_orders})"
"""Condition on rows that reference an order and no account."""

ORGANISATION = "(SELECT name FROM tenants_organisation WHERE id = own.organisation_id)"
ORDER = "{order_number}"
"""Placeholder for the number of the order that `own.order_id` references."""

HEADINGS: Mapping[str, Promise | str] = {
    "agreement": _("Agreement"),
    "at": _("When"),
    "by": _("Who"),
    "client": _("Client"),
    "contact_email": _("Contact e-mail"),
    "created_at": _("Created"),
    "decided_at": _("Decided on"),
    "decided_by": _("Decided by"),
    "email": _("E-mail address"),
    "ends_on": _("Expires"),
    "key": _("Key"),
    "kind": _("Kind"),
    "language": _("Language"),
    "licence": _("Licence"),
    "made_at": _("Made"),
    "made_by": _("Made by"),
    "name": _("Name"),
    "nif": "NIF",
    "number": _("Number"),
    "order": _("Order"),
    "organisation": _("Organisation"),
    "role": _("Role"),
    "rule": _("Rule"),
    "sector": _("Sector"),
    "sms_credits": _("SMS credits"),
    "starts_on": _("Start of the term"),
    "state": _("State"),
    "time_zone": _("Time zone"),
    "words": _("Words"),
}
"""The headings of columns that several subjects share."""


@dataclass(frozen=True)
class Belonging:
    """A table whose rows belong to accounts, and the condition on those of one account.

    A package lists its tables in the order of deletion: each before those that it references. A
    table of very many rows says `by` which columns, after `account_id`, they are keyed: its rows
    go first, some at a time, each time in a transaction of its own.
    """

    table: str
    condition: str = OWN
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Subject:
    """One kind of thing that an export of an account holds: a list in the JSON, a sheet.

    Columns that end in `_on` are dates; those that end in `_at`, or are named `at`, are instants.
    `passing` columns may change although nothing happened to the account: the digest of an export
    leaves them out. A subject with a `watermark` is never held whole in memory: its rows are
    streamed in the order of their keys, and the digest covers the watermark in their place. That
    is sound for append-only tables alone: the watermark is an aggregate of the rows that each new
    row changes, such as MAX_ID.
    """

    name: str
    label: Promise | str
    columns: Mapping[str, str]
    table: str
    condition: str = OWN
    key: str = "own.id"
    passing: tuple[str, ...] = ()
    headings: Mapping[str, Promise | str] = field(default_factory=dict)
    watermark: str = ""

    def heading(self, column: str) -> Promise | str:
        """Return the heading of a column."""
        return self.headings.get(column) or HEADINGS[column]


MAX_ID = "json_build_object('rows', count(*), 'last', coalesce(max(own.id), 0))"
"""The watermark of an append-only table: the number of rows, and the greatest key."""


def plain(*columns: str) -> dict[str, str]:
    """Return columns that are exported as they are stored."""
    return {column: f"own.{column}" for column in columns}


def masked(column: str) -> str:
    """Return the SQL of a telephone number as those see it who may not see it whole."""
    return f"CASE WHEN own.{column} = '' THEN '' ELSE '··· ' || right(own.{column}, 3) END"


def person(column: str) -> str:
    """Return the SQL of the name of the person that a column references."""
    return f"(SELECT name FROM tenants_person WHERE id = own.{column})"  # noqa: S608
