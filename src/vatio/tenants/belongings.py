"""How a package declares what of its tables belongs to an account: for its export and its purge.

The declaration stands beside the tables, in a module `belongings` of the package that owns
them; `purging` gathers all of them by name. It is SQL on the row `own` and the parameter
`account`, because all that an account has is read in one statement. What belongs to it through
one of its orders is written with {its_orders}: packages below orders have never heard of their
table, and `purging` fills it in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OWN = "own.account_id = %(account)s"
"""Rows that name their account."""

OWN_OR_ORDERED = f"({OWN} OR own.order_id IN {{its_orders}})"
"""Rows that name their account, or an order of it: an opening had no account yet."""

OF_ITS_ORDERS = "own.order_id IN {its_orders}"
"""Rows that hang from an order and name no account."""

ORGANISATION = "(SELECT name FROM tenants_organisation WHERE id = own.organisation_id)"
ORDER = "{order_number}"
"""The number of the order that `own.order_id` names."""

HEADINGS: Mapping[str, Promise | str] = {
    "at": _("When"),
    "by": _("Who"),
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
    "number": _("Number"),
    "order": _("Order"),
    "organisation": _("Organisation"),
    "role": _("Role"),
    "rule": _("Rule"),
    "starts_on": _("Start of the term"),
    "state": _("State"),
    "words": _("Words"),
}
"""The headings of columns that several subjects have."""


@dataclass(frozen=True)
class Belonging:
    """A table whose rows belong to accounts: which of them are an account's.

    A package lists its own so that each is deleted before what it points to.
    """

    table: str
    condition: str = OWN


@dataclass(frozen=True)
class Subject:
    """One kind of thing that an export of an account holds: a list in the JSON, a sheet.

    Columns that end in `_on` are days, in `_at` or named `at` moments. Those that are `passing`
    may change without anything having happened to the account. A subject with a `watermark` is
    never held whole: its rows are streamed in the order of their keys, and the digest of an
    export takes the watermark in their place. That is sound where rows are only added: the
    watermark is an aggregate of them that each new row changes, such as MAX_ID.
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
        """Return the words over a column."""
        return self.headings.get(column) or HEADINGS[column]


MAX_ID = "json_build_object('rows', count(*), 'last', coalesce(max(own.id), 0))"
"""The watermark of a table to which rows are only added: how many there are, and the last."""


def plain(*columns: str) -> dict[str, str]:
    """Return columns that are exported as they are stored."""
    return {column: f"own.{column}" for column in columns}


def person(column: str) -> str:
    """Return the SQL of the name of the person whom a column names."""
    return f"(SELECT name FROM tenants_person WHERE id = own.{column})"  # noqa: S608
