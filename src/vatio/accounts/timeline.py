"""What an account's terms held over time, for its table and its chart."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from vatio.accounts.models import Agreement, Grant, Term
from vatio.catalogue.models import LicenceVersion
from vatio.units import Quantities


@dataclass(frozen=True)
class Moment:
    """A day from which a term holds other quantities, and the agreement that granted them.

    `quantities` are the totals from that day on, inclusive; `licence` is the version that
    the agreement granted, if it granted one.
    """

    term: Term
    day: date
    quantities: Quantities
    agreement: Agreement
    licence: LicenceVersion | None

    @property
    def number(self) -> str:
        """The number under which people know the agreement."""
        return known_number(self.agreement)


def known_number(agreement: Agreement) -> str:
    """Return the number under which people know an agreement: its order's, or its own."""
    order = getattr(agreement, "order", None)
    return order.number if order else agreement.number


def timeline(terms: Iterable[Term]) -> list[Moment]:
    """Return what each of an account's terms held and from when, in the order of the terms.

    Within a term, grants are ordered by `effective_on`, then by id, as in `holdings.held`.

    :param terms: with their grants, the grants' licences and agreements fetched; cancelled
        terms are included, as they held something until then.
    """
    return [moment for term in terms for moment in _of_term(term)]


def _of_term(term: Term) -> Iterable[Moment]:
    defaults, extras = Quantities(), Quantities(0, 0, 0, 0)
    for grant in _in_order(term):
        if grant.licence is not None:
            defaults = grant.licence.defaults
        extras = extras.plus(grant.extras)
        yield Moment(
            term, grant.effective_on, defaults.plus(extras), grant.agreement, grant.licence
        )


def _in_order(term: Term) -> list[Grant]:
    return sorted(term.grants.all(), key=lambda grant: (grant.effective_on, grant.pk))
