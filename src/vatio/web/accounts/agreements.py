"""What is contracted and who agreed to it: term by term, each row a change, each term its sum."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from vatio.accounts.models import Agreement, Grant, Term
from vatio.catalogue.quantities import UNITS, Quantities
from vatio.dates import day_at


@dataclass(frozen=True)
class Change:
    """What one agreement changed in a term; `licence` names the licence that it granted."""

    on: date
    decided_on: date
    agreement: Agreement
    licence: str
    own: Quantities | None
    units: Mapping[str, int | None]
    credits: int

    @property
    def number(self) -> str:
        """The number that people know it by: the order's, or the agreement's own."""
        order = getattr(self.agreement, "order", None)
        return order.number if order else self.agreement.number

    @property
    def order_uid(self) -> UUID | None:
        """The order that it came from, if one was sent."""
        order = getattr(self.agreement, "order", None)
        return order.uid if order else None


@dataclass
class TermChanges:
    """A term with the changes in it, and what there was at its end."""

    place: int
    term: Term
    look: str
    changes: list[Change] = field(default_factory=list)
    totals: Quantities = field(default_factory=Quantities)

    @property
    def is_renewal(self) -> bool:
        """Whether a renewal gave it; courtesy days may be taken back too."""
        return bool(self.term.agreement.kind == Agreement.Kind.RENEWAL)

    @property
    def ends_on(self) -> date:
        """The day on which it ended or will."""
        return self.term.over_on


@dataclass(frozen=True)
class Table:
    """The terms, the latest first, and the units that any of them counts."""

    terms: list[TermChanges]
    units: list[str]


def table(
    terms: Sequence[Term],
    others: Iterable[Agreement],
    *,
    credits: Mapping[int, int],
    time_zone: str,
    today: date,
) -> Table:
    """Put an account's terms into rows, from terms that come with their grants.

    :param terms: all of them, the first first, those that were taken back among them.
    :param others: the agreements that granted nothing: credits, an early end.
    :param credits: how many SMS credits came or went by each agreement's key.
    """
    places: list[TermChanges] = []
    counted, untold = 0, dict(credits)
    for term in terms:
        counted += term.cancelled_at is None
        places.append(TermChanges(counted, term, _look(term, today)))
        _fill(places[-1], untold, time_zone)
    for agreement in others:
        on = day_at(agreement.decided_at, time_zone)
        change = Change(on, on, agreement, "", None, {}, untold.pop(agreement.pk, 0))
        _of(places, agreement, on).changes.append(change)
    for each in places:
        each.changes.sort(key=lambda change: (change.on, change.agreement.pk), reverse=True)
    units = [
        unit
        for unit in UNITS
        if any(getattr(each.totals, unit) for each in places)
        or any(change.units.get(unit) for each in places for change in each.changes)
    ]
    return Table(places[::-1], units)


def _look(term: Term, today: date) -> str:
    if term.is_void:
        return "undone"
    if term.over_on <= today:
        return "past"
    return "running" if term.starts_on <= today else "waiting"


def _fill(lived: TermChanges, credits: dict[int, int], time_zone: str) -> None:
    """Turn the grants of a term into changes, and add them up; credits are told once."""
    grants: list[Grant] = sorted(
        lived.term.grants.all(), key=lambda each: (each.effective_on, each.pk)
    )
    before, defaults, extras = Quantities(), Quantities(), Quantities(0, 0, 0, 0)
    for grant in grants:
        version = grant.licence
        defaults = Quantities.of(version) if version else defaults
        extras = extras.plus(Quantities(*(getattr(grant, f"extra_{unit}") for unit in UNITS)))
        lived.totals = defaults.plus(extras)
        lived.changes.append(
            Change(
                on=grant.effective_on,
                decided_on=day_at(grant.agreement.decided_at, time_zone),
                agreement=grant.agreement,
                licence=version.licence.name if version else "",
                own=defaults if version else None,
                units=_difference(before, lived.totals),
                credits=credits.pop(grant.agreement_id, 0),
            )
        )
        before = lived.totals


def _difference(before: Quantities, after: Quantities) -> dict[str, int | None]:
    return {
        unit: None if own is None else own - (getattr(before, unit) or 0)
        for unit, own in after.items()
    }


def _of(places: Sequence[TermChanges], agreement: Agreement, on: date) -> TermChanges:
    """Find the term that an agreement without a grant is about, or was made in."""
    for each in places:
        if each.term.closed_by_id == agreement.pk:
            return each
    live = [each for each in places if each.look != "undone"] or list(places)
    for each in live:
        if each.term.starts_on <= on < each.ends_on:
            return each
    return live[-1]
