"""Imports a file of load curves: first what would happen, then all that is right of it."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from vatio.accounts.locking import hold
from vatio.accounts.models import Account
from vatio.metering.models import DataPoint, SupplyPoint
from vatio.metering.tokens import ensure_collects
from vatio.readings import deliveries, merging, targets
from vatio.readings.curve_figures import CurveFigures, figures
from vatio.readings.curve_sorting import FileSorting
from vatio.readings.days import ReadingCounts
from vatio.readings.deliveries import RefusedReading
from vatio.readings.files import reading
from vatio.readings.files.asking import MustBeAsked
from vatio.readings.files.curves import CurveFile, CurveOptions, FileCurve, RefusedRow
from vatio.readings.keeping import keep
from vatio.readings.locking import ZoneMoved, lock
from vatio.readings.models import State
from vatio.readings.receiving import Received, partners, receive
from vatio.readings.stretches import ACTIVE_ENERGY
from vatio.readings.targets import Lacking, Targets
from vatio.tenants.models import Person

Tell = Callable[[int, int], None]
"""Told how many readings are stored, of how many."""


@dataclass(frozen=True)
class CurveChoice:
    """What of a file is taken, and where it goes.

    `quantities`: those that are ticked; None for the active energy, and for what has a data
    point already; with `every` also for all else that holds anything. `point` takes the curve of
    its quantity, whatever supply point the file names. `create`: make the supply points, meters
    and data points that lack. `digits`: how many digits the register shows.
    """

    quantities: frozenset[int] | None = None
    point: DataPoint | None = None
    create: bool = False
    digits: int | None = None
    every: bool = False


@dataclass
class CurveReport:
    """What becomes of a curve of a file, and its figures."""

    curve: FileCurve
    is_taken: bool
    figures: CurveFigures
    counts: ReadingCounts = field(default_factory=ReadingCounts)


@dataclass
class FileReport:
    """What becomes of a file: of each of its curves, and of the rows that are refused.

    `lacking` is what the file names and the account does not have, `takes` how many data points
    would have to be made for each quantity, `targets` where the curves go; `delivery` is the key
    of the delivery, once the file was stored.
    """

    file: CurveFile
    curves: list[CurveReport]
    refused: list[RefusedRow]
    lacking: Lacking
    targets: Targets
    takes: dict[int, int]
    delivery: int | None = None

    @property
    def main(self) -> list[CurveReport]:
        """The curves of active energy or, in a file without, all that are taken."""
        taken = [each for each in self.curves if each.is_taken] or self.curves
        return [each for each in taken if each.curve.quantity == ACTIVE_ENERGY] or taken


def plan(
    account: Account,
    content: bytes,
    *,
    name: str,
    told: CurveOptions,
    choice: CurveChoice,
    at: datetime,
) -> FileReport:
    """Return what importing a file would do; nothing is stored.

    :raises Unreadable, MustBeAsked: as `files.reading.read`.
    :raises NotCollecting: if the account's readings are not collected at `at`.
    """
    ensure_collects(account, at=at)
    work = _read(account, content, name, told, choice, at)
    targets.add_series(work.targets, work.wanted(), at=at, make=False)
    work.sort()
    real = {key: day for key, day in work.arrivals.days.items() if key[0] > 0}
    foreseen = merging.foresee(work.series, real, at=at.timestamp())
    for (series_id, _day), day in work.arrivals.days.items():
        if series_id < 0:
            own = foreseen.by_series.setdefault(series_id, ReadingCounts())
            own.new += len(day.values) - day.values.count(None)
    for series_id, others in work.arrivals.others.items():
        foreseen.by_series.setdefault(series_id, ReadingCounts()).new += len(others)
    return _report(work, choice, foreseen.by_series)


def carry_out(
    account: Account,
    content: bytes,
    *,
    name: str,
    told: CurveOptions,
    choice: CurveChoice,
    by: Person | None,
    at: datetime,
    tell: Tell | None = None,
) -> FileReport:
    """Store what is right of a file, in one transaction; a bad row never stops it.

    :param tell: is called, part by part, with how many values are stored, and of how many.
    :raises Unreadable, MustBeAsked: as `files.reading.read`.
    :raises NotCollecting: if the account's readings are not collected at `at`.
    :raises LimitReached: if what is to be made does not fit; nothing is stored then.
    """
    ensure_collects(account, at=at)
    while True:
        try:
            return _carry_out(account, content, name, told, choice, by, at, tell)
        except ZoneMoved:
            continue


@transaction.atomic
def _carry_out(
    account: Account,
    content: bytes,
    name: str,
    told: CurveOptions,
    choice: CurveChoice,
    by: Person | None,
    at: datetime,
    tell: Tell | None,
) -> FileReport:
    hold(account.pk)
    work = _read(account, content, name, told, choice, at)
    if choice.create and work.lacking:
        targets.make(work.targets, work.lacking, work.chosen, by=by, at=at)
        work.targets = targets.find(account, {each.cups for each in work.chosen})
    targets.add_series(work.targets, work.wanted(), at=at, make=True)
    work.makes = False  # All that the file has a place for is there now.
    work.sort()
    digest = hashlib.sha256(content).hexdigest()
    keep(account.pk, content, sha256=digest, name=name, at=at)
    return _store(work, choice, name, digest, by=by, tell=tell)


def _read(
    account: Account,
    content: bytes,
    name: str,
    told: CurveOptions,
    choice: CurveChoice,
    at: datetime,
) -> FileSorting:
    """Read a file, and find where its curves go."""
    zone = choice.point.series.values_list("time_zone", flat=True).first() if choice.point else None
    territories = dict(SupplyPoint.objects.filter(account=account).values_list("cups", "territory"))
    file = reading.read(
        content,
        name=name,
        told=told,
        zone_of=lambda cups: zone or targets.zone_of(account, territories.get(cups)),
    )
    if choice.point is None and any(not each.cups for each in file.curves):
        raise MustBeAsked("cups")
    own = targets.find(account, {each.cups for each in file.curves}, point=choice.point)
    chosen = [each for each in file.curves if _is_chosen(each, file, choice, own)]
    return FileSorting(account, file, own, chosen, targets.lacking(own, chosen), choice.create, at)


def _is_chosen(curve: FileCurve, file: CurveFile, choice: CurveChoice, own: Targets) -> bool:
    if choice.point is not None:
        same = [each for each in file.curves if each.quantity == choice.point.quantity]
        return any(curve is each for each in same or file.curves[:1])
    if choice.quantities is not None:
        return curve.quantity in choice.quantities
    supplied = own.supplied.get(curve.cups)
    known = supplied is not None and any(
        curve.quantity in each.points for each in supplied.stretches.values()
    )
    return curve.quantity == ACTIVE_ENERGY or known or (choice.every and curve.anything)


def _store(
    work: FileSorting,
    choice: CurveChoice,
    name: str,
    digest: str,
    *,
    by: Person | None,
    tell: Tell | None,
) -> FileReport:
    """Store what was sorted, part by part, as one delivery."""
    at, account_id = work.at, work.account.pk
    registers = {key: each for key, each in work.series.items() if each.is_register}
    into = partners(account_id, registers, at=at.timestamp())
    # All at once, in their order: part by part, two files could wait for each other.
    lock(account_id, [*work.series, *(each.id for each in into.values())])
    if choice.digits is not None:
        _remember_digits(account_id, registers, choice.digits)
    delivery = deliveries.open_file(
        account_id,
        origin=work.file.origin,
        name=name,
        sha256=digest,
        by_id=by.pk if by else None,
        at=at,
    )
    received = _receive(work, delivery, tell)
    made = _report(work, choice, received.by_series)
    made.delivery = delivery
    total = received.counts
    total.same += sum(work.same.values())
    deliveries.count(
        account_id,
        delivery,
        total,
        refusals=[RefusedReading(each.line, each.code, each.why) for each in made.refused],
        touched=set(work.arrivals.days) | received.changed,
        at=at,
    )
    return made


def _receive(work: FileSorting, delivery: int, tell: Tell | None) -> Received:
    """Store what was sorted, part by part, and tell how far it is."""
    received, done = Received(), 0
    whole = work.arrivals.count()
    for part in work.arrivals.parts(work.series):
        received.add(
            receive(
                work.account.pk,
                work.series,
                part,
                origin=work.file.origin,
                delivery=delivery,
                at=work.at.timestamp(),
            )
        )
        done += part.count()
        if tell:
            tell(done, whole)
    return received


def _report(
    work: FileSorting, choice: CurveChoice, by_series: Mapping[int, ReadingCounts]
) -> FileReport:
    """Return what became of the curves; one series is of one curve."""
    reports = []
    for curve in work.file.curves:
        own = ReadingCounts(same=work.same.get(id(curve), 0))
        for key in work.into.get(id(curve), ()):
            own += by_series.get(key, ReadingCounts())
        is_taken = any(curve is each for each in work.chosen)
        zone = work.targets.zone_of(curve.cups)
        found = figures(curve, time_zone=zone, digits=choice.digits)
        reports.append(CurveReport(curve, is_taken, found, own))
    refused = sorted([*work.file.refused, *work.refused], key=lambda row: row.line)
    return FileReport(work.file, reports, refused, work.lacking, work.targets, _takes(work))


def _takes(work: FileSorting) -> dict[int, int]:
    """Return how many data points each quantity of the file would take."""
    by_quantity: dict[int, list[FileCurve]] = {}
    for curve in work.file.curves:
        by_quantity.setdefault(curve.quantity, []).append(curve)
    return {
        quantity: len(targets.lacking(work.targets, curves).data_points)
        for quantity, curves in by_quantity.items()
    }


def _remember_digits(account_id: int, registers: Iterable[int], digits: int) -> None:
    """Write down how many digits registers show; their series are locked."""
    own = State.objects.filter(account_id=account_id, series_id__in=list(registers))
    own.update(digits=digits)
