"""Plans the rows about what belongs to supply points and meters."""

from decimal import Decimal

from django.utils.translation import gettext as _

from vatio.metering.contracting import ContractDetails, WrongContract, check
from vatio.metering.installing import default_name
from vatio.metering.inventory.reading import InventoryRow
from vatio.metering.inventory.sheets import POWERS
from vatio.metering.inventory.working import Draft, take
from vatio.metering.models import (
    DataPoint,
    Measurement,
    RtcLine,
    Series,
    SourceDevice,
    SupplyContract,
)


def contract(draft: Draft, row: InventoryRow) -> None:
    """Plan a contract: its supply point and its first day say which."""
    point = draft.supply_point(row)
    if point is None:
        return
    since = row.values["since"]
    example = SupplyContract(**draft.base(), supply_point=point, since=since, created_at=draft.at)
    found = draft.find("contracts", example, row, "since")
    if found is None:
        return
    take(row, found, "until", "retailer", "policy")
    if "tariff" in row.values:
        found.tariff = row.values["tariff"] or ""
    if any(power in row.values for power in POWERS):
        found.powers = _powers(draft, row)
    try:
        check(ContractDetails(since, found.until, tariff=found.tariff, powers=found.powers))
    except WrongContract as refused:
        draft.refuse(row, "until" if refused.field == "until" else "p1", str(refused))


def _powers(draft: Draft, row: InventoryRow) -> list[Decimal]:
    """Return the powers of a row, up to the last that is written."""
    powers = [row.values.get(power) for power in POWERS]
    while powers and powers[-1] is None:
        powers.pop()
    if None in powers:
        draft.refuse(row, POWERS[powers.index(None)], _("it is empty, and one after it is not."))
        return []
    return [Decimal(power).quantize(Decimal("0.001")) for power in powers if power is not None]


def measurement(draft: Draft, row: InventoryRow) -> None:
    """Plan which meter measures which supply point; its first day tells apart those of a pair."""
    meter, point = draft.meter(row), draft.supply_point(row)
    if meter is None or point is None:
        return
    since = row.values.get("since")
    example = Measurement(**draft.base(), meter=meter, supply_point=point, since=since)
    found = draft.find("measurements", example, row, "meter")
    if found is None:
        return
    take(row, found, "role", "until")
    if found.since and found.until and found.until <= found.since:
        draft.refuse(row, "until", _("it must end after it begins."))


def data_point(draft: Draft, row: InventoryRow) -> None:
    """Plan a data point: its identifier says which, else its meter and its quantity."""
    meter = draft.meter(row)
    if meter is None:
        return
    quantity = row.values["quantity"]
    example = DataPoint(
        **draft.base(),
        meter=meter,
        quantity=quantity,
        service_since=draft.at,
        created_at=draft.at,
    )
    found = draft.find("data_points", example, row, "quantity")
    if found is None:
        return
    if row.values.get("name") or not found.name:
        found.name = row.values.get("name") or default_name(meter, quantity)
    if "source" in row.values:
        found.source = draft.source(row)
    draft.serve(row, found)
    _add_series(draft, row, found)


def _add_series(draft: Draft, row: InventoryRow, point: DataPoint) -> None:
    """Plan the resolutions of a row that its data point lacks; those it has stay."""
    known = {(each.minutes, each.kind) for each in draft.series_of(point)}
    wanted = row.values.get("series") or []
    if not known and not wanted:
        draft.refuse(row, "series", _("a data point has a resolution at least."))
    for minutes, kind in dict.fromkeys(wanted):
        if (minutes, kind) in known:
            continue
        series = Series(
            **draft.base(), data_point=point, minutes=minutes, kind=kind, created_at=draft.at
        )
        draft.add_series(series)


def rtc_line(draft: Draft, row: InventoryRow) -> None:
    """Plan an RTC line: its identifier says which, else its supply point and its meter."""
    point, meter = draft.supply_point(row), draft.meter(row)
    if point is None or meter is None:
        return
    example = RtcLine(
        **draft.base(),
        supply_point=point,
        meter=meter,
        service_since=draft.at,
        created_at=draft.at,
    )
    found = draft.find("rtc_lines", example, row, "meter")
    if found is not None:
        draft.serve(row, found)


def device(draft: Draft, row: InventoryRow) -> None:
    """Plan a device: its source and its id say which."""
    source, meter = draft.source(row), draft.meter(row)
    if source is None or meter is None:
        return
    example = SourceDevice(**draft.base(), source=source, did=row.values["did"], meter=meter)
    found = draft.find("devices", example, row, "did")
    if found is not None:
        found.meter = meter
