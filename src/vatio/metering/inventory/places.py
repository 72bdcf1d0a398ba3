"""Plans the rows about sites, data sources, supply points and meters."""

from typing import TypeVar

from django.utils.translation import gettext as _

from vatio.metering.inventory.installed import Directory, SeveralAreCalledSo
from vatio.metering.inventory.reading import InventoryRow
from vatio.metering.inventory.working import Draft, take
from vatio.metering.models import DataSource, Meter, Site, SupplyPoint
from vatio.spreadsheets.values import fold

Named = TypeVar("Named", SupplyPoint, Meter)


def site(draft: Draft, row: InventoryRow) -> None:
    """Plan a site: its path says which, and those above it must be there or above in the file."""
    installed, path = draft.installed, row.values["path"]
    folded = tuple(map(fold, path))
    found = installed.sites.get(folded)
    if found is None:
        above = installed.sites.get(folded[:-1]) if folded[:-1] else None
        if folded[:-1] and above is None:
            draft.refuse(row, "path", _("what it is in is neither here nor above in the file."))
            return
        account = installed.account
        zone = above.time_zone if above else account.time_zone
        found = Site(
            **draft.base(), parent=above, name=path[-1], time_zone=zone, created_at=draft.at
        )
        installed.sites[folded] = found
        installed.add("sites", found)
    if not draft.claim(row, found, "path"):
        return
    found.name = path[-1]
    take(row, found, "address", "activity", "floor_area", "working_hours")
    if found.floor_area is not None and not found.floor_area > 0:
        draft.refuse(row, "floor_area", _("it must be more than nothing."))
    if "local_holidays" in row.values:
        found.local_holidays = row.values["local_holidays"] or []
    if row.values.get("time_zone"):
        found.time_zone = row.values["time_zone"]


def source(draft: Draft, row: InventoryRow) -> None:
    """Plan a data source: its name says which, and its kind never changes."""
    installed, name, kind = draft.installed, row.values["name"], row.values["kind"]
    found = installed.sources.get(fold(name))
    if found is None:
        found = DataSource(**draft.base(), name=name, kind=kind, created_at=draft.at)
        installed.sources[fold(name)] = found
        installed.add("sources", found)
    if not draft.claim(row, found, "name"):
        return
    found.name = name
    if found.kind != kind:
        draft.refuse(row, "kind", _("a source does not change its kind: add another one."))


def supply_point(draft: Draft, row: InventoryRow) -> None:
    """Plan a supply point: its identifier says which, else its CUPS, else its name."""
    cups = row.values.get("cups")
    found = _found(draft, row, draft.installed.supply_points, cups.code if cups else "")
    if found is None:
        return
    take(row, found, "name", "energy", "supplier", "policy")
    if "cups" in row.values:
        found.cups, found.cups_suffix = (cups.code, cups.suffix) if cups else ("", "")
    if "path" in row.values:
        found.site = draft.site(row)
    if "territory" in row.values:
        found.territory = row.values["territory"] or ""
    if row.values.get("manages_bills") is not None:
        found.manages_bills = row.values["manages_bills"]
    if found.energy == SupplyPoint.Energy.ELECTRICITY and not found.territory:
        draft.refuse(row, "territory", _("electricity has a territory."))
    if cups and found.energy not in (SupplyPoint.Energy.ELECTRICITY, SupplyPoint.Energy.GAS):
        draft.refuse(row, "cups", _("only electricity and gas have a CUPS."))
    draft.serve(row, found)


def meter(draft: Draft, row: InventoryRow) -> None:
    """Plan a meter: its identifier says which, else its serial number, else its name."""
    found = _found(draft, row, draft.installed.meters, row.values.get("serial", ""))
    if found is None:
        return
    old = draft.installed.was(found, "serial")
    take(row, found, "name", "serial", "make", "measured_from", "measured_until")
    if old and found.serial != old:
        draft.refuse(row, "serial", _("another device is put in by «Change the meter»."))
    if "path" in row.values:
        found.site = draft.site(row)
    begins, ends = found.measured_from, found.measured_until
    if begins and ends and ends <= begins:
        draft.refuse(row, "measured_until", _("it must end after it begins."))
    draft.serve(row, found)


def _found(draft: Draft, row: InventoryRow, directory: Directory[Named], code: str) -> Named | None:
    """Return the thing that a row is about, a new one if it is not there; None after a fault."""
    column = "name"
    try:
        found = directory.by_uid.get(row.values.get("uid"))  # type: ignore[arg-type]
        if found is not None:
            column = "uid"
        elif code:
            column = "cups" if "cups" in row.values else "serial"
            found = directory.of_code(code)
        else:
            found = directory.without_code(row.values["name"])
    except SeveralAreCalledSo:
        words = _("several are called «%(name)s».") % {"name": row.values["name"]}
        draft.refuse(row, "name", words)
        return None
    if found is None:
        model = SupplyPoint if row.kind.key == "supply_points" else Meter
        made = model(**draft.base(), service_since=draft.at, created_at=draft.at)
        made.name = row.values["name"]
        setattr(made, "cups" if isinstance(made, SupplyPoint) else "serial", code)
        directory.add(made)  # type: ignore[arg-type]
        found = made  # type: ignore[assignment]
    return found if draft.claim(row, found, column) else None  # type: ignore[arg-type]
