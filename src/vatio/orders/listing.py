"""Reads the search, the filters, the sort order and the page that a list of orders shows."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.lookups import Contains

from vatio import pagination
from vatio.accounts import searching
from vatio.orders.models import Order, OrderSet
from vatio.tenants.folding import Fold, fold_in_database, tidy
from vatio.tenants.models import Organisation, Person

OPEN, DECIDED, ALL = "open", "decided", "all"
STATES = (
    Order.State.PENDING,
    Order.State.ACCEPTED,
    Order.State.REJECTED,
    Order.State.WITHDRAWN,
    Order.State.LAPSED,
)
"""The states to filter by. Nobody makes offers yet, so none stands offered or declined."""
OUTCOMES = tuple(state for state in STATES if state not in Order.OPEN)
MINE, NOBODY = "mine", "nobody"


@dataclass(frozen=True)
class OrderFilters:
    """The filters of a list, parsed from its parameters; invalid values are ignored.

    `among` is OPEN, DECIDED or ALL; `state` narrows that to one state. `hand` filters by
    assignee: MINE, NOBODY, or empty for anybody.
    """

    text: str
    among: str
    state: str
    kind: str
    organisation: Organisation | None = None
    hand: str = ""
    at_desk: bool = False

    @property
    def narrows(self) -> bool:
        """Whether any filter is set, or orders other than the open ones are included."""
        return bool(self.text or self.kind or self.organisation or self.hand or self.among != OPEN)

    @property
    def order(self) -> list[str]:
        """The columns to sort by: newest first, except for the desk's queue, oldest first."""
        is_queue = self.at_desk and self.among == OPEN
        return ["submitted_at", "id"] if is_queue else ["-submitted_at", "-id"]


def read(parameters: Mapping[str, str]) -> OrderFilters:
    """Parse the filters of an organisation's list; a state counts only among all orders."""
    among = ALL if parameters.get("show") == ALL else OPEN
    state = parameters.get("state", "")
    return OrderFilters(
        text=tidy(parameters.get("q", "")),
        among=among,
        state=state if among == ALL and state in STATES else "",
        kind=_kind(parameters),
    )


def read_at_desk(parameters: Mapping[str, str], person: Person) -> OrderFilters:
    """Parse the filters of the desk: open orders, decided orders, or one decided state."""
    state = parameters.get("state", OPEN)
    hand = parameters.get("hand", "")
    slug = parameters.get("organisation", "")
    organisations = Organisation.objects.visible_to(person)
    is_outcome = state in OUTCOMES
    return OrderFilters(
        text=tidy(parameters.get("q", "")),
        among=DECIDED if is_outcome or state == DECIDED else OPEN,
        state=state if is_outcome else "",
        kind=_kind(parameters),
        organisation=organisations.filter(slug=slug).first() if slug else None,
        hand=hand if hand in (MINE, NOBODY) else "",
        at_desk=True,
    )


def narrowed(orders: OrderSet, asked: OrderFilters, person: Person) -> OrderSet:
    """Return the orders that the list is asked for; MINE are those in this person's hand."""
    found = {OPEN: orders.open, DECIDED: orders.decided, ALL: orders.all}[asked.among]()
    if asked.state:
        found = found.filter(state=asked.state)
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.organisation is not None:
        found = found.filter(organisation=asked.organisation)
    if asked.hand:
        found = found.filter(taken_by=person if asked.hand == MINE else None)
    if not asked.text:
        return found
    sought = _holding(asked.text)
    if asked.at_desk:
        sought |= Q(organisation__name_folded__contains=fold_in_database(asked.text))
    return found.filter(sought)


def _holding(text: str) -> Q:
    """Return the condition that number, reference, account, client or NIF holds every word."""
    found = Q()
    for word in text.split():
        folded = fold_in_database(word)
        found &= (
            Q(number__icontains=folded)
            | Q(Contains(Fold("reference"), folded))
            | Q(Contains(Fold("client"), folded), account__isnull=True)
            | Q(account_name_folded__contains=folded)
            | Q(account__search_text__contains=folded)
            | _of_nif(word)
        )
    return found | _of_nif(text)


def _of_nif(text: str) -> Q:
    """Return the condition on the NIF of the account, or of the opening, if the text may be one."""
    number = searching.nif_in(text)
    return Q(account__nif__contains=number) | Q(nif__contains=number) if number else Q()


def page(
    orders: OrderSet, asked: OrderFilters, parameters: Mapping[str, str]
) -> pagination.Page[Order]:
    """Read the page that the parameters ask for, in the list's sort order."""
    return pagination.page(orders, order=asked.order, parameters=parameters)


def _kind(parameters: Mapping[str, str]) -> str:
    kind = parameters.get("kind", "")
    return kind if kind in Order.Kind.values else ""
