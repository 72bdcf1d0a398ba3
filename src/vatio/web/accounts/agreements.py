"""The table of what is contracted and who agreed to it: for each term, its changes and totals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from uuid import UUID

from vatio.accounts.models import Agreement, Term
from vatio.accounts.timeline import Moment, known_number, timeline
from vatio.dates import day_at
from vatio.units import Quantities, Unit


@dataclass(frozen=True)
class Change:
    """What one agreement changed in a term; `licence` names the licence that it granted."""

    on: date
    decided_on: date
    agreement: Agreement
    number: str
    licence: str
    own: Quantities | None
    units: Mapping[Unit, int | None]
    credits: int

    @property
    def order_uid(self) -> UUID | None:
        """The uid of the order that the agreement came from, if there was one."""
        order = getattr(self.agreement, "order", None)
        return order.uid if order else None


@dataclass
class TermChanges:
    """A term with its changes, and its totals at the end."""

    place: int
    term: Term
    look: str
    changes: list[Change] = field(default_factory=list)
    totals: Quantities = field(default_factory=Quantities)

    @property
    def is_renewal(self) -> bool:
        """Whether the term comes from a renewal: terms of courtesy days may be taken back too."""
        return bool(self.term.agreement.kind == Agreement.Kind.RENEWAL)

    @property
    def ends_on(self) -> date:
        """The day on which the term ended or will end."""
        return self.term.over_on


@dataclass(frozen=True)
class Table:
    """The terms, the latest first, and the units that any of them counts."""

    terms: list[TermChanges]
    units: list[Unit]


def table(
    terms: Sequence[Term],
    others: Iterable[Agreement],
    *,
    credits: Mapping[int, int],
    time_zone: str,
    today: date,
) -> Table:
    """Build the table of an account's terms; their grants must be prefetched.

    :param terms: all terms in order of start, including those that were taken back.
    :param others: the agreements that granted nothing: credits, an early end.
    :param credits: the SMS credits added or removed (negative), by the agreement's primary key.
    """
    places: list[TermChanges] = []
    counted, untold = 0, dict(credits)
    for term, moments in groupby(timeline(terms), key=lambda moment: moment.term):
        counted += term.cancelled_at is None
        places.append(TermChanges(counted, term, _look(term, today)))
        _fill(places[-1], moments, untold, time_zone)
    for agreement in others:
        on = day_at(agreement.decided_at, time_zone)
        number, own = known_number(agreement), untold.pop(agreement.pk, 0)
        change = Change(on, on, agreement, number, "", None, {}, own)
        _of(places, agreement, on).changes.append(change)
    for each in places:
        each.changes.sort(key=lambda change: (change.on, change.agreement.pk), reverse=True)
    units = [
        unit
        for unit in Unit
        if any(each.totals[unit] for each in places)
        or any(change.units.get(unit) for each in places for change in each.changes)
    ]
    return Table(places[::-1], units)


def _look(term: Term, today: date) -> str:
    if term.is_void:
        return "undone"
    if term.over_on <= today:
        return "past"
    return "running" if term.starts_on <= today else "waiting"


def _fill(
    lived: TermChanges, moments: Iterable[Moment], credits: dict[int, int], time_zone: str
) -> None:
    """Add a change for each day on which a term's holding changed; credits are shown only once."""
    before = Quantities()
    for moment in moments:
        lived.totals = moment.quantities
        lived.changes.append(
            Change(
                on=moment.day,
                decided_on=day_at(moment.agreement.decided_at, time_zone),
                agreement=moment.agreement,
                number=moment.number,
                licence=moment.licence.licence.name if moment.licence else "",
                own=moment.licence.defaults if moment.licence else None,
                units=_difference(before, moment.quantities),
                credits=credits.pop(moment.agreement.pk, 0),
            )
        )
        before = moment.quantities


def _difference(before: Quantities, after: Quantities) -> dict[Unit, int | None]:
    return {unit: None if own is None else own - (before[unit] or 0) for unit, own in after.items()}


def _of(places: Sequence[TermChanges], agreement: Agreement, on: date) -> TermChanges:
    """Return the term that an agreement without a grant closed or, failing that, was made in."""
    for each in places:
        if each.term.closed_by_id == agreement.pk:
            return each
    live = [each for each in places if each.look != "undone"] or list(places)
    for each in live:
        if each.term.starts_on <= on < each.ends_on:
            return each
    return live[-1]
