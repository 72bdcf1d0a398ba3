"""Finds the series that a source means by its device ids and the codes of its quantities."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from vatio.accounts.locking import AccountGone
from vatio.metering.installing import add_series
from vatio.metering.models import DataPoint, Series, Service
from vatio.metering.quantities import Adding
from vatio.readings import series as all_series
from vatio.readings.pending import WHOLE
from vatio.readings.series import SeriesKey

FIND = f"""
SELECT device.did, point.quantity, point.service, meter.service, source.registers_at_end,
    {all_series.COLUMNS}
FROM accounts_account account
LEFT JOIN metering_datasource source ON source.account_id = account.id
    AND source.id = %(source)s
LEFT JOIN metering_sourcedevice device ON device.account_id = account.id
    AND device.source_id = %(source)s AND device.did = ANY(%(dids)s)
LEFT JOIN metering_meter meter ON meter.id = device.meter_id
LEFT JOIN metering_datapoint point ON point.account_id = account.id
    AND point.meter_id = device.meter_id
LEFT JOIN metering_series series ON series.account_id = account.id
    AND series.data_point_id = point.id
WHERE account.id = %(account)s AND account.closed_at IS NULL
ORDER BY point.service, point.id DESC, series.minutes
FOR KEY SHARE OF account
"""  # noqa: S608
"""The account's row is held, so that no purge deletes it meanwhile."""


@dataclass(frozen=True)
class Target:
    """What a device's quantity is here: its series or, where nothing is taken, the code why.

    `later`: the seconds from the instant of a reading to that at which its register stood so.
    """

    series: SeriesKey | None
    refusal: str = ""
    later: int = 0


def find(
    account_id: int, source_id: int, dids: Collection[str], *, at: datetime
) -> dict[tuple[str, int], Target]:
    """Return, by device id and code, the series that its readings go to.

    A pair that is not there is unknown: it waits until somebody accepts it. Energy and volume
    arrive as registers; a data point that has no series of those yet gets one.

    :raises AccountGone: if the account was deleted meanwhile.
    """
    targets = known(account_id, source_id, dids)
    lacking = {
        each.series.data_point_id: each.series
        for each in targets.values()
        if each.series and needs_registers(each.series)
    }
    if not lacking:
        return targets
    points = DataPoint.objects.select_related("meter__site", "meter__account").in_bulk(lacking)
    for key, series in lacking.items():
        add_series(points[key], minutes=series.minutes, kind=Series.Kind.REGISTER, at=at)
    return known(account_id, source_id, dids)


def needs_registers(series: SeriesKey) -> bool:
    """Return whether what a gateway sends for a series are registers, and it is of intervals."""
    return series.measures.adding == Adding.SUM and not series.is_register


def known(account_id: int, source_id: int, dids: Collection[str]) -> dict[tuple[str, int], Target]:
    """Return what is known of device ids as it stands, by device id and code: nothing is made.

    Of a meter that is retired `WHOLE` stands for the codes that it has no data point of.

    :raises AccountGone: if the account was deleted meanwhile.
    """
    asked: dict[str, Any] = {"account": account_id, "source": source_id, "dids": list(dids)}
    found: dict[tuple[str, int], Target] = {}
    with connection.cursor() as cursor:
        cursor.execute(FIND, asked)
        rows = cursor.fetchall()
        if not rows:
            raise AccountGone(_("This account was deleted meanwhile."))
        for did, quantity, service, of_meter, at_end, *series in rows:
            if of_meter == Service.RETIRED:
                found.setdefault((did, WHOLE), Target(None, "retired"))
            if quantity is None:
                continue
            own = _target(service, of_meter, bool(at_end), series)
            there = found.get((did, quantity))
            if own and (there is None or _is_better(own, there)):
                found[did, quantity] = own
    return found


def _target(service: str, of_meter: str, at_end: bool, series: list[Any]) -> Target | None:
    """Return the target of a row; None if the data point has no series, or waits itself."""
    if Service.RETIRED in (service, of_meter):
        return Target(None, "retired")
    if Service.REJECTED in (service, of_meter):
        return Target(None, "rejected")
    if service != Service.ACCEPTED or series[0] is None:
        return None
    key = SeriesKey(*series)
    return Target(key, later=key.minutes * 60 if at_end and key.is_register else 0)


def _is_better(own: Target, there: Target) -> bool:
    """Return whether a target is to be preferred: one in service, then one of registers."""
    if own.series is None or there.series is None:
        return there.series is None and own.series is not None
    if own.series.data_point_id != there.series.data_point_id:
        return False
    return needs_registers(there.series) and own.series.is_register
