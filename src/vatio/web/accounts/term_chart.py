"""The step chart of an account's terms: the quantity contracted over time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from django.utils.translation import gettext as _

from vatio.accounts.timeline import Moment
from vatio.catalogue.labels import counted
from vatio.dates import written
from vatio.formats import joined, number, signed
from vatio.metering.past import UsageStep
from vatio.units import Billing, Unit

LEFT, RIGHT, TOP, BOTTOM = 48.0, 788.0, 61.0, 196.0
PAST, RUNNING, WAITING = "band-past", "band-running", "band-waiting"
"""CSS classes of the bands under the chart; the term of a possible renewal counts as waiting."""

ROOM_FOR_WORDS = 112.0
"""Width of the label of a change; a label without room is left out (the table has the figure)."""


@dataclass(frozen=True)
class Granted:
    """The facts of a grant that the chart needs."""

    on: date
    total: int
    number: str


@dataclass(frozen=True)
class TermSteps:
    """A term until its actual end, closed early or not, with the total from each change on."""

    starts_on: date
    ends_on: date
    granted: Sequence[Granted]


@dataclass(frozen=True)
class Knot:
    """A day on which what is contracted changed."""

    x: float
    y: float
    words: str
    number: str
    side: str = ""
    """Where the label has room: "start" at the knot's right, "end" at its left, "" nowhere."""


@dataclass(frozen=True)
class Band:
    """A term under the chart: past, running, to come, or what a renewal would add."""

    x: float
    width: float
    look: str
    words: str
    starts_on: date


@dataclass(frozen=True)
class Picture:
    """Everything that the template draws, in the coordinates of the SVG."""

    path: str
    used: str
    maybe: str
    today: float | None
    knots: list[Knot]
    bands: list[Band]
    grid: list[tuple[float, int]]
    until: date
    told: str


@dataclass(frozen=True)
class Scale:
    """The days and the quantities that the chart spans."""

    first: date
    until: date
    ceiling: int

    def across(self, day: date) -> float:
        """Return the x of a day."""
        whole = max((self.until - self.first).days, 1)
        return round(LEFT + (RIGHT - LEFT) * (day - self.first).days / whole, 1)

    def up(self, total: int) -> float:
        """Return the y of a quantity."""
        return round(BOTTOM - (BOTTOM - TOP) * total / self.ceiling, 1)


def steps(moments: Iterable[Moment], billing: str) -> list[TermSteps]:
    """Return the totals over an account's timeline, in the unit that the account is billed by.

    A term under the other billing counted another unit, and is drawn as 0.
    """
    unit = unit_of(billing)
    return [
        TermSteps(
            term.starts_on,
            term.over_on,
            [Granted(each.day, each.quantities[unit] or 0, each.number) for each in of_term],
        )
        for term, of_term in groupby(moments, key=lambda moment: moment.term)
        if not term.is_void
    ]


def unit_of(billing: str) -> Unit:
    """Return the unit that an account is billed by."""
    return Unit.METERS if billing == Billing.MTR else Unit.DATA_POINTS


def draw(
    terms: Sequence[TermSteps],
    *,
    unit: Unit,
    today: date,
    next_end: date | None,
    used: Sequence[UsageStep] = (),
) -> Picture | None:
    """Compute the chart of an account's terms, and of what it uses until today.

    :param next_end: the end that a renewal would give.
    :param used: the steps of what is used, those of other units too.
    """
    if not terms:
        return None
    first, end = terms[0].starts_on, terms[-1].ends_on
    until = max(end, next_end or end, today if today >= end else end)
    used = [each for each in used if each.unit == unit]
    granted = [each.total for term in terms for each in term.granted]
    scale = Scale(first, until, _ceiling(max([*granted, *(each.used for each in used), 0])))
    across, up = scale.across, scale.up
    path, knots, total, drawn_to = "", list[Knot](), None, None
    for term in terms:
        for index, each in enumerate(term.granted):
            starts = max(each.on, term.starts_on)
            ends = term.granted[index + 1].on if index + 1 < len(term.granted) else term.ends_on
            x, y = across(starts), up(each.total)
            path += f"M{x} {y}" if drawn_to != starts else f"V{y}"
            path += f"H{across(ends)}"
            if each.total != total:
                knots.append(Knot(x, y, _change(total, each.total), each.number))
            total, drawn_to = each.total, ends
    maybe = f"M{across(end)} {up(total or 0)}H{across(next_end)}" if next_end else ""
    now = across(today) if first <= today <= until else None
    return Picture(
        path=path,
        used=_used(used, scale, today=today),
        maybe=maybe,
        today=now,
        knots=_with_room(knots, now),
        bands=_bands(terms, across, today=today, next_end=next_end),
        grid=[(up(value), value) for value in (0, scale.ceiling // 2, scale.ceiling)],
        until=until,
        told=_told(terms, unit, used),
    )


def _used(used: Sequence[UsageStep], scale: Scale, *, today: date) -> str:
    """Return the path of what is used, from the first step until today."""
    if not used:
        return ""
    first, *later = used
    path = f"M{scale.across(first.day)} {scale.up(first.used)}"
    path += "".join(f"H{scale.across(each.day)}V{scale.up(each.used)}" for each in later)
    return f"{path}H{scale.across(max(used[-1].day, min(today, scale.until)))}"


def _with_room(knots: Sequence[Knot], today: float | None) -> list[Knot]:
    """Set on each knot the side on which its label meets neither another knot nor today's line."""
    taken = sorted([LEFT, RIGHT, *([] if today is None else [today]), *(each.x for each in knots)])
    placed = []
    for each in knots:
        after = min((x for x in taken if x > each.x), default=each.x)
        before = max((x for x in taken if x < each.x), default=each.x)
        side = (
            "start"
            if after - each.x >= ROOM_FOR_WORDS
            else "end"
            if each.x - before >= ROOM_FOR_WORDS
            else ""
        )
        placed.append(replace(each, side=side))
    return placed


def _bands(
    terms: Sequence[TermSteps],
    across: Callable[[date], float],
    *,
    today: date,
    next_end: date | None,
) -> list[Band]:
    bands = []
    for place, term in enumerate(terms, start=1):
        x = across(term.starts_on)
        width = max(across(term.ends_on) - x - 2, 1)
        look = PAST if term.ends_on <= today else RUNNING if term.starts_on <= today else WAITING
        bands.append(Band(x, width, look, _("Term %(n)s") % {"n": place}, term.starts_on))
    if next_end is not None:
        x = across(terms[-1].ends_on)
        words = _("if renewed")
        bands.append(Band(x, max(across(next_end) - x - 2, 1), WAITING, words, terms[-1].ends_on))
    return bands


def _ceiling(most: int) -> int:
    """Return a round, even number not below the highest total."""
    step = 2
    while step * 10 < most:
        step *= 10 if step * 100 <= most else 5 if step * 50 <= most else 2
    return max(-(-most // step) * step, 2)


def _change(before: int | None, after: int) -> str:
    if before is None:
        return number(after)
    return _("%(change)s, %(total)s in all") % {
        "change": signed(after - before),
        "total": number(after),
    }


def _told(terms: Sequence[TermSteps], unit: Unit, used: Sequence[UsageStep]) -> str:
    """Return in words what the chart shows."""
    parts, total = [], None
    for term in terms:
        for each in term.granted:
            if each.total != total:
                parts.append(
                    _("%(count)s from %(day)s")
                    % {
                        "count": counted(unit, each.total),
                        "day": written(max(each.on, term.starts_on)),
                    }
                )
            total = each.total
    told = _("Contracted: %(steps)s; until %(end)s.") % {
        "steps": joined(parts),
        "end": written(terms[-1].ends_on),
    }
    if used:
        told += " " + _("In use: %(count)s since %(day)s.") % {
            "count": counted(unit, used[-1].used),
            "day": written(used[-1].day),
        }
    return told
