"""Takes and frees the units of things as their service changes, and keeps when each was taken."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from vatio.accounts.models import Account
from vatio.entitlements import limits
from vatio.metering.checking import CLOSE, OPEN, WANTED
from vatio.metering.models import (
    Allocation,
    DataPoint,
    DataSource,
    Meter,
    RtcLine,
    Served,
    Service,
    SupplyPoint,
)
from vatio.metering.refusals import WrongChoice
from vatio.units import Unit

KINDS: Mapping[type[Served], Allocation.Kind] = {
    SupplyPoint: Allocation.Kind.SUPPLY_POINT,
    Meter: Allocation.Kind.METER,
    DataPoint: Allocation.Kind.DATA_POINT,
    RtcLine: Allocation.Kind.RTC_LINE,
}

INSERTION = DataSource.Kind.INSERTION

DIFFERENCE = f"""
SELECT unit, sum(count)::int FROM (
    SELECT unit, 1 AS count FROM ({WANTED}) AS wanted WHERE account_id = %(account)s
    UNION ALL
    SELECT unit, -1 FROM metering_allocation
    WHERE account_id = %(account)s AND freed_at IS NULL
) AS each GROUP BY unit
"""  # noqa: S608
"""By unit, how many more are in service than were taken."""


def unit_of(thing: Served) -> Unit | None:
    """Return the unit that a thing takes as it stands; None if it takes none.

    A supply point takes a CUPS while its bills are managed. A meter with an RTC line in service,
    and no data point in service that an insertion source feeds, costs that line, not a meter.
    """
    if thing.service != Service.ACCEPTED:
        return None
    if isinstance(thing, SupplyPoint):
        return Unit.SUPPLY_POINTS if thing.manages_bills else None
    if isinstance(thing, Meter):
        return None if is_only_called(thing) else Unit.METERS
    return Unit.DATA_POINTS if isinstance(thing, DataPoint) else Unit.RTC_LINES


def settle(account: Account, thing: Served, *, at: datetime) -> None:
    """Take or free the unit of a thing after a change of it, in the same transaction.

    :raises LimitReached: if the account holds no more of the unit.
    :raises NothingCanBeAdded: if a unit is to be taken and nothing can be added to the account.
    """
    kind, unit = KINDS[type(thing)], unit_of(thing)
    taken = Allocation.objects.filter(
        account=account, kind=kind, thing=thing.pk, freed_at__isnull=True
    ).first()
    if taken is not None and taken.unit == unit:
        return
    if unit is not None:
        limits.take(account, {unit: 1}, at=at)
        Allocation.objects.create(
            account=account,
            organisation_id=account.organisation_id,
            unit=unit,
            kind=kind,
            thing=thing.pk,
            taken_at=at,
        )
    if taken is not None:
        limits.free(account, {Unit(taken.unit): 1})
        taken.freed_at = max(at, taken.taken_at)
        taken.save(update_fields=["freed_at"])


def hold(*things: Served) -> None:
    """Lock things until the transaction ends, and read their service anew.

    What a meter costs depends on its lines and data points: whoever adds, retires or puts back
    one of them holds the meter first. The order is supply points, meters, what hangs from them,
    usages.
    """
    for thing in things:
        rows = type(thing).objects.filter(pk=thing.pk)  # type: ignore[attr-defined]
        thing.service = rows.select_for_update(no_key=True).values_list("service", flat=True).get()


def hold_in_service(thing: Served, *, field: str) -> None:
    """Lock a thing to which another is added, until the transaction ends.

    :raises WrongChoice: if it is not in service.
    """
    hold(thing)
    if not thing.is_in_service:
        raise WrongChoice(_("This is no longer in service."), field=field)


def is_only_called(
    meter: Meter, *, without: Collection[Served] = (), adding: Collection[Served] = ()
) -> bool:
    """Return whether a meter has an RTC line in service, and no data point of an insertion.

    :param without: what is about to go out of service.
    :param adding: what is about to come into service.
    """
    points = {*meter.data_points.in_service().select_related("source"), *_of(DataPoint, adding)}
    lines = {*meter.rtc_lines.in_service(), *_of(RtcLine, adding)}
    inserted = any(
        isinstance(point, DataPoint) and point.source and point.source.kind == INSERTION
        for point in points - set(without)
    )
    return bool(lines - set(without)) and not inserted


def _of(kind: type[Served], things: Collection[Served]) -> set[Served]:
    return {each for each in things if isinstance(each, kind)}


@transaction.atomic
def settle_all(account: Account, *, at: datetime) -> None:
    """Take and free the units of all things of an account after changes of many of them.

    What is freed makes room for what is taken: only the difference has to fit.

    :raises LimitReached: if the account holds no more of a unit.
    :raises NothingCanBeAdded: if a unit is to be taken and nothing can be added to the account.
    """
    asked: dict[str, Any] = {"account": account.pk, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCE, asked)
        more = {Unit(unit): count for unit, count in cursor.fetchall()}
    limits.take(account, {unit: count for unit, count in more.items() if count > 0}, at=at)
    limits.free(account, {unit: -count for unit, count in more.items() if count < 0})
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, asked)
        cursor.execute(OPEN, asked)
