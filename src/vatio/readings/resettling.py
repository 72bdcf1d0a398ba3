"""Settles registers anew after what a person said of a meter: another device, or none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vatio.accounts import locking as accounts
from vatio.accounts.models import Account
from vatio.dates import day_at
from vatio.history.recording import record
from vatio.metering import changing
from vatio.metering.changing import NewDevice
from vatio.metering.models import DataPoint, Meter, MeterChange, Series
from vatio.readings import series as all_series
from vatio.readings.deriving import derive
from vatio.readings.locking import SeriesState, lock
from vatio.readings.merging import stand
from vatio.readings.models import Day, RegisterFinding
from vatio.readings.ranks import Origin, origin_of
from vatio.readings.receiving import partners
from vatio.readings.register_runs import Span
from vatio.readings.series import SeriesKey
from vatio.readings.slots import day_of, local_day
from vatio.refusal import Refused
from vatio.tenants.models import Person


class NoChangeFound(Refused):
    """No other device was found to begin at that register, or that was undone before."""


@transaction.atomic
def change_device(meter: Meter, new: NewDevice, *, by: Person, at: datetime) -> MeterChange:
    """Record that another device stands in a meter's place, and count its registers anew.

    Readings may have come before it was recorded: what was counted on that day is settled again.

    :raises AccountGone: if the account was deleted meanwhile.
    :raises NothingCanBeAdded, SerialTaken, WrongChange: as `metering.changing.change_device`.
    """
    # Whoever stores a reading holds the account: none is settled without the change from now on.
    accounts.lock(meter.account)
    change = changing.change_device(meter, new, by=by, at=at)
    own = Series.objects.filter(data_point__meter=meter, kind=Series.Kind.REGISTER)
    series = all_series.find(meter.account_id, list(own.values_list("id", flat=True)))
    days = {key: local_day(new.day, each.time_zone) for key, each in series.items()}
    spans = {key: (float(day.begins), float(day.ends)) for key, day in days.items()}
    _settle(meter.account_id, series, spans, at=at)
    return change


@transaction.atomic
def undo_change(
    account: Account, series_id: int, *, found_at: datetime, by: Person, at: datetime
) -> None:
    """Undo a change of meter that was found: the registers from there on begin no other meter.

    They are held until one is no lower than the last good one before.

    :param found_at: the instant of the first register that was taken for another meter's.
    :raises AccountGone: if the account was deleted meanwhile.
    :raises NoChangeFound: if none was found there, or it was undone already.
    """
    accounts.hold(account.pk)
    series = all_series.find(account.pk, [series_id])
    if not series or not series[series_id].is_register:
        raise NoChangeFound(_("No change of meter was found there."))
    into = partners(account.pk, series, at=at.timestamp())
    standing = lock(account.pk, [*series, *(each.id for each in into.values())])
    found = RegisterFinding.objects.filter(
        account_id=account.pk,
        series_id=series_id,
        at=found_at,
        kind=RegisterFinding.Kind.CHANGE,
        undone_at=None,
    )
    if not found.update(undone_at=at, undone_by_id=by.pk):
        raise NoChangeFound(_("No change of meter was found there."))
    span = (found_at.timestamp(), found_at.timestamp())
    _settle_locked(series, into, {series_id: span}, standing, at=at)
    point = DataPoint.objects.select_related("meter").get(pk=series[series_id].data_point_id)
    record(
        "readings.change_undone",
        at=at,
        by=by,
        organisation=account.organisation,
        account_id=account.pk,
        facts={
            "meter": point.meter.name,
            "day": day_at(found_at, series[series_id].time_zone).isoformat(),
        },
    )


def _settle(
    account_id: int, series: Mapping[int, SeriesKey], spans: Mapping[int, Span], *, at: datetime
) -> None:
    """Lock series, and settle the registers of those that have any."""
    into = partners(account_id, series, at=at.timestamp())
    standing = lock(account_id, [*series, *(each.id for each in into.values())])
    begun = {
        key: each
        for key, each in series.items()
        if standing[key].first_on or standing[into[key].id].first_on
    }
    if begun:
        own = {key: spans[key] for key in begun}
        _settle_locked(begun, into, own, standing, at=at)


def _settle_locked(
    series: Mapping[int, SeriesKey],
    into: Mapping[int, SeriesKey],
    spans: Mapping[int, Span],
    standing: Mapping[int, SeriesState],
    *,
    at: datetime,
) -> None:
    by_origin: dict[Origin, dict[int, SeriesKey]] = {}
    for key, each in series.items():
        day = day_of(spans[key][0], each.time_zone).day
        by_origin.setdefault(_origin(each, day), {})[key] = each
    account_id = 0
    for origin, own in by_origin.items():
        account_id = next(iter(own.values())).account_id
        asked = {key: spans[key] for key in own}
        derive(
            own,
            into,
            asked,
            origin=origin,
            delivery=0,
            at=at.timestamp(),
            standing=standing,
        )
    stand(account_id, standing, at=at.timestamp())


def _origin(series: SeriesKey, day: date) -> Origin:
    """Return where the registers of a series around a day came from."""
    days = Day.objects.filter(account_id=series.account_id, series_id=series.id, present__gt=0)
    near = days.filter(day__lte=day).order_by("-day").first() or days.order_by("day").first()
    return origin_of(near.quality) if near is not None else Origin.INSERTION


@dataclass(frozen=True)
class FoundChange:
    """A change of meter that the registers of a series tell: at which instant, of what."""

    series_id: int
    at: datetime
    quantity: int
    is_undone: bool


def changes_found(meter: Meter) -> list[FoundChange]:
    """Return the changes that were found of a meter, the last one first: two statements."""
    own = Series.objects.filter(data_point__meter=meter, kind=Series.Kind.REGISTER)
    quantities = dict(own.values_list("id", "data_point__quantity"))
    found = RegisterFinding.objects.filter(
        account_id=meter.account_id,
        series_id__in=list(quantities),
        kind=RegisterFinding.Kind.CHANGE,
    )
    return [
        FoundChange(each.series_id, each.at, quantities[each.series_id], each.undone_at is not None)
        for each in found.order_by("-at", "series_id")
    ]


def meters_changed(account: Account, *, since: datetime) -> list[Meter]:
    """Return the meters of which a change was found since an instant, and not undone.

    By name; one statement.
    """
    found = RegisterFinding.objects.filter(
        account_id=account.pk, kind=RegisterFinding.Kind.CHANGE, undone_at=None, at__gte=since
    )
    own = Series.objects.filter(account_id=account.pk, id__in=found.values("series_id"))
    meters = Meter.objects.filter(
        account_id=account.pk, data_points__in=own.values("data_point_id")
    )
    return list(meters.distinct().order_by("name_sorted", "id"))
