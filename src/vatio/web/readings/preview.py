"""What the page of an uploaded file shows of each of its curves, before anything is stored."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.utils.translation import gettext as _

from vatio.accounts.models import Account
from vatio.entitlements.question import Room, entitlement
from vatio.formats import number
from vatio.metering.models import Meter, SupplyPoint
from vatio.metering.quantities import QUANTITIES, Quantity
from vatio.readings.curve_figures import intervals
from vatio.readings.days import ReadingCounts
from vatio.readings.drafts import DraftPlan
from vatio.readings.files.curves import RefusedRow
from vatio.readings.importing import CurveReport, FileReport
from vatio.readings.slots import day_of, local_day
from vatio.readings.targets import TO_BE_MADE
from vatio.units import Unit
from vatio.web.analysis.curve_drawing import CurveDrawing, Slot, draw

MOST_DRAWN = 8
MOST_GAPS = 50
MOST_DAYS = 40


@dataclass(frozen=True)
class DayFound:
    """A day of a curve: how many of its intervals have a value, and how many it has."""

    day: date
    found: int
    expected: int


@dataclass(frozen=True)
class CurveView:
    """A curve that is taken: where it goes, what becomes of it, its picture and its figures.

    `days` are those that have not what they should, the clock-change days among all. `gaps` run
    from an instant up to, and not including, another.
    """

    report: CurveReport
    quantity: Quantity
    supply_point: SupplyPoint | None
    meters: list[Meter]
    drawn: CurveDrawing | None
    since: datetime | None
    until: datetime | None
    days: list[DayFound]
    day_count: int
    lacking_days: int
    months: list[tuple[date, float]]
    gaps: list[tuple[datetime, datetime]]

    @property
    def total(self) -> float:
        """What was counted in all, in the unit of the page."""
        return self.report.figures.total / self.quantity.factor


@dataclass(frozen=True)
class ColumnView:
    """A quantity that the files hold: whether it is taken, and how many data points it takes."""

    quantity: Quantity
    total: float
    is_taken: bool
    takes: int


@dataclass(frozen=True)
class RefusedLine:
    """A row that is refused, and the file that it is of."""

    name: str
    row: RefusedRow


@dataclass(frozen=True)
class Taking:
    """How many of a unit would be taken, and what there is of it."""

    unit: Unit
    count: int
    room: Room

    @property
    def fits(self) -> bool:
        """Whether there is room."""
        return self.room.left is None or self.count <= self.room.left


def curves(account: Account, plan: DraftPlan) -> list[CurveView]:
    """Return the curves that are taken; the first of them are drawn."""
    reports = [(file, each) for file in plan.reports for each in file.curves if each.is_taken]
    supplied = {each.id for file, _one in reports for each in file.targets.supplied.values()}
    meters = {
        key
        for file, _one in reports
        for each in file.targets.supplied.values()
        for key in each.stretches
    }
    points = account.supplypoints.in_bulk(supplied)
    devices = account.meters.in_bulk(meters)
    return [
        _view(file, each, points, devices, is_drawn=place < MOST_DRAWN)
        for place, (file, each) in enumerate(reports)
    ]


def _view(
    file: FileReport,
    report: CurveReport,
    points: dict[int, SupplyPoint],
    devices: dict[int, Meter],
    *,
    is_drawn: bool,
) -> CurveView:
    curve, zone = report.curve, file.targets.zone_of(report.curve.cups)
    quantity, minutes = QUANTITIES[curve.quantity], curve.minutes or 60
    qualities = dict(zip(curve.starts, curve.qualities, strict=True))
    found = intervals(curve, time_zone=zone)
    slots = [Slot(at, value, qualities.get(at, 0)) for at, value in found]
    supplied = file.targets.supplied.get(curve.cups)
    point = file.targets.point
    named = [devices[key] for key in supplied.stretches if key in devices] if supplied else []
    days = _days(slots, zone, minutes)
    odd = [each for each in days if each.found != each.expected or len(days) <= MOST_DAYS]
    drawn = _drawn(report, slots, zone) if is_drawn else None
    return CurveView(
        report=report,
        quantity=quantity,
        supply_point=points.get(supplied.id) if supplied and not point else None,
        meters=[point.meter] if point else named,
        drawn=drawn,
        since=_moment(slots[0].start) if slots else None,
        until=_moment(slots[-1].start + minutes * 60) if slots else None,
        days=odd[:MOST_DAYS],
        day_count=len(days),
        lacking_days=sum(each.found < each.expected for each in days),
        months=[
            (date.fromisoformat(f"{month}-01"), value / quantity.factor)
            for month, value in sorted(report.figures.by_month.items())
        ],
        gaps=[(_moment(a), _moment(b)) for a, b in report.figures.gaps[:MOST_GAPS]],
    )


def _drawn(report: CurveReport, slots: Sequence[Slot], time_zone: str) -> CurveDrawing | None:
    curve, quantity = report.curve, QUANTITIES[report.curve.quantity]
    return draw(
        slots,
        minutes=curve.minutes or 60,
        time_zone=time_zone,
        factor=quantity.factor,
        unit=quantity.shown,
        what=" · ".join(filter(None, (curve.cups, str(quantity.label)))),
    )


def _days(slots: Sequence[Slot], time_zone: str, minutes: int) -> list[DayFound]:
    """Return each day from the first to the last; a day has 23, 24 or 25 hours of intervals."""
    if not slots:
        return []
    found: dict[date, int] = {}
    for each in slots:
        if each.value is not None:
            day = day_of(each.start, time_zone).day
            found[day] = found.get(day, 0) + 1
    first, last = (day_of(slots[end].start, time_zone).day.toordinal() for end in (0, -1))
    every = (date.fromordinal(each) for each in range(first, last + 1))
    return [
        DayFound(day, found.get(day, 0), local_day(day, time_zone).count(minutes)) for day in every
    ]


def columns(plan: DraftPlan) -> list[ColumnView]:
    """Return the quantities that hold anything, those that are taken first."""
    totals: dict[int, float] = {}
    taken: set[int] = set()
    takes: dict[int, int] = {}
    for file in plan.reports:
        for each in file.curves:
            if each.curve.anything or each.is_taken:
                totals.setdefault(each.curve.quantity, 0)
                totals[each.curve.quantity] += each.figures.total
                taken |= {each.curve.quantity} if each.is_taken else set()
        for quantity, count in file.takes.items():
            takes[quantity] = takes.get(quantity, 0) + count
    return [
        ColumnView(
            QUANTITIES[code],
            totals[code] / QUANTITIES[code].factor,
            code in taken,
            takes.get(code, 0),
        )
        for code in sorted(totals, key=lambda code: (code not in taken, code))
    ]


def takings(account: Account, plan: DraftPlan, *, at: datetime) -> list[Taking]:
    """Return what would be taken of each unit if what lacks is made."""
    asked = {
        Unit.SUPPLY_POINTS: _every(file.lacking.supply_points for file in plan.reports),
        Unit.METERS: _every(file.lacking.meters for file in plan.reports),
        Unit.DATA_POINTS: _every(file.lacking.data_points for file in plan.reports),
    }
    if not any(asked.values()):
        return []
    rooms = entitlement(account, at=at).rooms
    return [Taking(unit, count, rooms[unit]) for unit, count in asked.items() if count]


def _every(lists: Iterable[Collection[object]]) -> int:
    """Return how many there are of what several files may lack at once."""
    return len({each for one in lists for each in one})


def without_place(rows: Iterable[RefusedLine]) -> tuple[list[RefusedLine], list[str]]:
    """Return the rows that only lack a place in the account, and why, each reason once."""
    found = [each for each in rows if each.row.code in TO_BE_MADE]
    return found, list(dict.fromkeys(each.row.why for each in found))


def refused_rows(plan: DraftPlan) -> list[RefusedLine]:
    """Return the rows that are refused of all files, in their order."""
    return [
        RefusedLine(member.name, row)
        for member in plan.members
        if member.report is not None
        for row in member.report.refused
    ]


def counted(plan: DraftPlan) -> ReadingCounts:
    """Return what would become of the values that are taken."""
    total = ReadingCounts()
    for file in plan.reports:
        for each in file.curves:
            if each.is_taken:
                total += each.counts
    return total


def in_words(takings: Iterable[Taking]) -> str:
    """Return what would be taken: «Takes 1 CUPS, 1 Mtr»."""
    parts = [f"{number(each.count)} {each.unit.short}" for each in takings]
    return _("Takes %(units)s") % {"units": ", ".join(parts)} if parts else ""


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
