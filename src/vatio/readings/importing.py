"""Imports a file of load curves: first what would happen, then all that is right of it."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count

from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vatio.accounts.locking import AccountGone
from vatio.accounts.models import Account
from vatio.metering.models import DataPoint, Series, SupplyPoint
from vatio.metering.tokens import ensure_collects
from vatio.readings import deliveries, merging, targets
from vatio.readings.arrivals import CONTRADICTS, SAME, Arrivals
from vatio.readings.curve_figures import CurveFigures, figures
from vatio.readings.days import ReadingCounts
from vatio.readings.deliveries import RefusedReading
from vatio.readings.files import reading
from vatio.readings.files.asking import MustBeAsked
from vatio.readings.files.curves import Curve, CurveFile, CurveOptions, RefusedRow
from vatio.readings.insertion import AHEAD, OLDEST
from vatio.readings.keeping import keep
from vatio.readings.locking import ZoneMoved
from vatio.readings.models import State
from vatio.readings.receiving import Received, receive
from vatio.readings.series import SeriesKey
from vatio.readings.slots import day_of
from vatio.readings.sums import ACTIVE_ENERGY
from vatio.readings.targets import Lacking, Targets
from vatio.tenants.models import Person

Tell = Callable[[int, int], None]

WORDS: dict[str, Promise] = {
    targets.NO_SUPPLY_POINT: _("The account has no supply point of this CUPS."),
    targets.NO_METER: _("The principal meter of this supply point is missing."),
    targets.NO_DATA_POINT: _("The meter of this supply point has no data point of the quantity."),
    targets.NOT_MEASURED: _("No principal meter measured this supply point on that day."),
    "too_old": _("The day is more than ten years ago."),
    "ahead": _("The day is more than a day ahead."),
    "off_grid": _("The time is none at which an interval of the series begins."),
    CONTRADICTS: _("The file has another value for the same time, which was kept."),
}


@dataclass(frozen=True)
class Choice:
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

    curve: Curve
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
    account: Account, content: bytes, *, name: str, told: CurveOptions, choice: Choice, at: datetime
) -> FileReport:
    """Return what importing a file would do; nothing is stored.

    :raises Unreadable, MustBeAsked: as `files.reading.read`.
    :raises NotCollecting: if the account's readings are not collected at `at`.
    """
    ensure_collects(account, at=at)
    work = _work(account, content, name, told, choice, at)
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
    return work.report(foreseen.by_series)


def carry_out(
    account: Account,
    content: bytes,
    *,
    name: str,
    told: CurveOptions,
    choice: Choice,
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
    choice: Choice,
    by: Person | None,
    at: datetime,
    tell: Tell | None,
) -> FileReport:
    _hold(account)
    work = _work(account, content, name, told, choice, at)
    if choice.create and work.lacking:
        targets.make(work.targets, work.lacking, work.chosen, by=by, at=at)
        work.targets = targets.find(account, {each.cups for each in work.chosen})
    targets.add_series(work.targets, work.wanted(), at=at, make=True)
    work.sort()
    digest = hashlib.sha256(content).hexdigest()
    keep(account.pk, content, sha256=digest, name=name, at=at)
    return work.store(name, digest, by=by, tell=tell)


def _hold(account: Account) -> None:
    """Hold the account's row until the transaction ends, so that no purge deletes it meanwhile.

    :raises AccountGone: if it was deleted.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM accounts_account WHERE id = %s FOR KEY SHARE", [account.pk])
        if cursor.fetchone() is None:
            raise AccountGone(_("This account was deleted meanwhile."))


def _work(
    account: Account, content: bytes, name: str, told: CurveOptions, choice: Choice, at: datetime
) -> "_Work":
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
    return _Work(account, file, choice, at, own, chosen, targets.lacking(own, chosen))


def _is_chosen(curve: Curve, file: CurveFile, choice: Choice, own: Targets) -> bool:
    if choice.point is not None:
        same = [each for each in file.curves if each.quantity == choice.point.quantity]
        return curve in (same or file.curves[:1])
    if choice.quantities is not None:
        return curve.quantity in choice.quantities
    supplied = own.supplied.get(curve.cups)
    known = supplied is not None and any(
        curve.quantity in each.points for each in supplied.stretches.values()
    )
    return curve.quantity == ACTIVE_ENERGY or known or (choice.every and curve.anything)


@dataclass
class _Work:
    """A file on its way into the series of an account."""

    account: Account
    file: CurveFile
    choice: Choice
    at: datetime
    targets: Targets
    chosen: list[Curve]
    lacking: Lacking
    arrivals: Arrivals = field(default_factory=Arrivals)
    refused: list[RefusedRow] = field(default_factory=list)
    series: dict[int, SeriesKey] = field(default_factory=dict)
    same: dict[int, int] = field(default_factory=dict)
    into: dict[int, set[int]] = field(default_factory=dict)

    def wanted(self) -> Iterator[tuple[int, int, str]]:
        """Yield the series that the curves may go into: data point, resolution, kind."""
        for curve in self.chosen:
            for point in self.targets.points_of(curve):
                yield point, curve.minutes, _kind(curve)

    def sort(self) -> None:
        """Sort the values of every chosen curve into the days of its series."""
        self.arrivals.version = self.file.version
        self.series = {each.id: each for each in self.targets.series.values()}
        new = count(-1, -1)
        for curve in self.chosen:
            missing = self._to_be_made(curve, next(new)) if self.choice.create else None
            self._sort(curve, missing)

    def _to_be_made(self, curve: Curve, key: int) -> SeriesKey:
        """Return what stands for the series of a data point that will be made."""
        made = SeriesKey(
            key,
            self.account.pk,
            curve.minutes,
            self.targets.zone_of(curve.cups),
            _kind(curve),
            key,
            curve.quantity,
        )
        self.series[key] = made
        return made

    def _sort(self, curve: Curve, missing: SeriesKey | None) -> None:
        seconds = self.at.timestamp()
        oldest, latest = seconds - OLDEST, seconds + AHEAD
        into: set[int] = self.into.setdefault(id(curve), set())
        self.same[id(curve)] = curve.same
        resolve = self._resolving(curve, missing)
        zone = self.targets.zone_of(curve.cups)
        ends, series, why = float("-inf"), None, ""
        begins = float("inf")
        for start, value, quality, line in zip(
            curve.starts, curve.values, curve.qualities, curve.lines, strict=True
        ):
            if value is None:
                continue
            if not begins <= start < ends:
                local = day_of(start, series.time_zone if series else zone)
                series, why = resolve(local.day)
                begins, ends = local.begins, local.ends
                if series is not None:
                    into.add(series.id)
            wrong = why or ("too_old" if start < oldest else "ahead" if start > latest else "")
            if series is not None and not wrong:
                wrong = self.arrivals.add(series, start, value, quality) or ""
            if wrong == SAME:
                self.same[id(curve)] += 1
            elif wrong:
                self.refused.append(RefusedRow(line, wrong, str(WORDS[wrong]), curve.quantity))

    def _resolving(
        self, curve: Curve, missing: SeriesKey | None
    ) -> Callable[[date], tuple[SeriesKey | None, str]]:
        def resolve(day: date) -> tuple[SeriesKey | None, str]:
            point, why = self.targets.point_on(curve, day)
            if why in targets.TO_BE_MADE and missing is not None:
                return missing, ""
            if why:
                return None, why
            series = self.targets.series.get((point, curve.minutes, _kind(curve)))
            if series is not None:
                return series, ""
            return self._to_be_made(curve, -point - 1_000_000), ""

        return resolve

    def store(
        self, name: str, digest: str, *, by: Person | None, tell: Tell | None = None
    ) -> FileReport:
        """Store what was sorted, part by part, as one delivery."""
        at, account_id = self.at, self.account.pk
        if self.choice.digits is not None:
            registers = [key for key, each in self.series.items() if each.is_register]
            _remember_digits(account_id, registers, self.choice.digits)
        delivery = deliveries.open_file(
            account_id,
            origin=self.file.origin,
            name=name,
            sha256=digest,
            by_id=by.pk if by else None,
            at=at,
        )
        received = self._receive(delivery, tell)
        made = self.report(received.by_series)
        made.delivery = delivery
        total = received.counts
        total.same += sum(self.same.values())
        deliveries.count(
            account_id,
            delivery,
            total,
            refusals=[RefusedReading(each.line, each.code, each.why) for each in made.refused],
            touched=set(self.arrivals.days) | received.changed,
            at=at,
        )
        return made

    def _receive(self, delivery: int, tell: Tell | None) -> Received:
        """Store what was sorted, part by part, and tell how far it is."""
        received, done = Received(), 0
        whole = self.arrivals.count()
        for part in self.arrivals.parts(self.series):
            received.add(
                receive(
                    self.account.pk,
                    self.series,
                    part,
                    origin=self.file.origin,
                    delivery=delivery,
                    at=self.at.timestamp(),
                )
            )
            done += part.count()
            if tell:
                tell(done, whole)
        return received

    def report(self, by_series: dict[int, ReadingCounts]) -> FileReport:
        """Return what became of the curves; one series is of one curve."""
        reports = []
        for curve in self.file.curves:
            own = ReadingCounts(same=self.same.get(id(curve), 0))
            for key in self.into.get(id(curve), ()):
                own += by_series.get(key, ReadingCounts())
            is_taken = any(curve is each for each in self.chosen)
            zone = self.targets.zone_of(curve.cups)
            found = figures(curve, time_zone=zone, digits=self.choice.digits)
            reports.append(CurveReport(curve, is_taken, found, own))
        refused = sorted([*self.file.refused, *self.refused], key=lambda row: row.line)
        return FileReport(self.file, reports, refused, self.lacking, self.targets, self._takes())

    def _takes(self) -> dict[int, int]:
        by_quantity: dict[int, list[Curve]] = {}
        for curve in self.file.curves:
            by_quantity.setdefault(curve.quantity, []).append(curve)
        return {
            quantity: len(targets.lacking(self.targets, curves).data_points)
            for quantity, curves in by_quantity.items()
        }


def _kind(curve: Curve) -> str:
    return Series.Kind.REGISTER if curve.kind == "register" else Series.Kind.INTERVAL


def _remember_digits(account_id: int, registers: Iterable[int], digits: int) -> None:
    for key in sorted(registers):
        State.objects.get_or_create(account_id=account_id, series_id=key)
    own = State.objects.filter(account_id=account_id, series_id__in=list(registers))
    own.update(digits=digits)
