"""Plans what importing an inventory would do: each thing added, changed, retired, put back."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vatio.accounts.models import Account
from vatio.entitlements.limits import LimitReached, NothingCanBeAdded, ensure_open
from vatio.entitlements.question import entitlement
from vatio.formats import number
from vatio.metering.inventory import belonging, consequences, places
from vatio.metering.inventory.installed import Installed, load
from vatio.metering.inventory.reading import CellFault, Inventory, InventoryRow
from vatio.metering.inventory.sheets import AFTER, SHEETS, sheets_by_name
from vatio.metering.inventory.working import Draft
from vatio.metering.models import OfAccount, Service
from vatio.spreadsheets.values import fold
from vatio.units import Unit

APPLY: Mapping[str, Callable[[Draft, InventoryRow], None]] = {
    "sites": places.site,
    "sources": places.source,
    "supply_points": places.supply_point,
    "meters": places.meter,
    "contracts": belonging.contract,
    "measurements": belonging.measurement,
    "data_points": belonging.data_point,
    "rtc_lines": belonging.rtc_line,
    "devices": belonging.device,
}


@dataclass(frozen=True)
class ThingChange:
    """What becomes of a thing: added, changed, retired, returned; `line` is 0 if no row says so."""

    kind: str
    line: int
    name: str
    what: str


@dataclass
class InventoryPlan:
    """What an import would do, and every fault that prevents it."""

    account: Account
    installed: Installed
    changes: list[ThingChange] = field(default_factory=list)
    unchanged: int = 0
    faults: list[CellFault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    taken: dict[Unit, int] = field(default_factory=dict)

    def count(self, what: str) -> int:
        """Count the things that would be added, changed, retired or returned."""
        return sum(change.what == what for change in self.changes)

    def by_kind(self) -> list[tuple[str, Counter[str]]]:
        """Return for each kind of thing how many would be added, changed, retired, returned."""
        counted = {kind: Counter[str]() for kind in SHEETS}
        for change in self.changes:
            counted[change.kind][change.what] += 1
        return [(kind, counts) for kind, counts in counted.items() if counts]


def plan(
    account: Account, inventory: Inventory, *, at: datetime, locking: bool = False
) -> InventoryPlan:
    """Compute what importing an inventory would do; nothing is written.

    :param locking: whether what is installed stays as it is until the transaction ends.
    """
    installed = load(account, locking=locking)
    draft = Draft(installed, at, faults=list(inventory.faults))
    before = consequences.units(installed, stored=True)
    for kind in AFTER:
        for row in inventory.rows.get(kind, []):
            if draft.is_whole(row):
                APPLY[kind](draft, row)
        if kind == "meters":
            consequences.refresh(installed)
    consequences.settle(draft)
    after = consequences.units(installed, stored=False)
    found = InventoryPlan(account, installed, notes=list(inventory.notes), faults=draft.faults)
    found.changes = _changes(draft)
    found.unchanged = len(draft.rows) - sum(change.line > 0 for change in found.changes)
    found.notes += _left_alone(draft, inventory)
    found.taken = {unit: after[unit] - before[unit] for unit in Unit}
    found.faults += _limits(found, at=at)
    found.faults.sort(key=_place)
    return found


def _place(fault: CellFault) -> tuple[int, int]:
    """Return the place of a fault: by the order of the sheets, what is of no sheet at the end."""
    kind = sheets_by_name().get(fold(fault.sheet))
    return (list(SHEETS).index(kind.key) if kind else len(SHEETS), fault.line)


def _changes(draft: Draft) -> list[ThingChange]:
    found, installed = list[ThingChange](), draft.installed
    for kind in AFTER:
        for thing in installed.things[kind]:
            what = _what(draft, kind, thing)
            if what:
                line = draft.line_of(thing)
                found.append(ThingChange(kind, line, draft.name_of(kind, thing), what))
    return found


def _what(draft: Draft, kind: str, thing: OfAccount) -> str:
    installed = draft.installed
    if installed.is_new(thing):
        return "added"
    changed = installed.changes(thing)
    if "service" in changed:
        returned = thing.service == Service.ACCEPTED  # type: ignore[attr-defined]
        return "returned" if returned else "retired"
    series = kind == "data_points" and draft.has_new_series(thing)
    return "changed" if changed or series else ""


def _left_alone(draft: Draft, inventory: Inventory) -> list[str]:
    """Return a sentence for each sheet that lacks things that are installed."""
    found = []
    for kind in AFTER:
        if kind not in inventory.rows:
            continue
        count = sum(
            not draft.installed.is_new(thing) and not draft.line_of(thing)
            for thing in draft.installed.things[kind]
        )
        if count:
            words = ngettext(
                "%(sheet)s: %(num)s is not in the file, and stays as it is.",
                "%(sheet)s: %(num)s are not in the file, and stay as they are.",
                count,
            )
            found.append(words % {"sheet": SHEETS[kind].label, "num": number(count)})
    return found


def _limits(found: InventoryPlan, *, at: datetime) -> list[CellFault]:
    """Return why the account cannot take what the file adds: its end, or a limit."""
    try:
        ensure_open(found.account, at=at)
    except NothingCanBeAdded as refused:
        return [CellFault("", 0, "", str(refused))]
    faults = []
    rooms = entitlement(found.account, at=at).rooms
    for unit, wanted in found.taken.items():
        room = rooms[unit]
        if wanted > 0 and room.held is not None and room.used + wanted > room.held:
            limit = LimitReached(unit, used=room.used, held=room.held, wanted=wanted)
            faults.append(CellFault("", 0, "", in_full(limit)))
    return faults


def in_full(limit: LimitReached) -> str:
    """Return the words of a limit, with how many the file adds and how many fit."""
    return _("%(limit)s. The file adds %(wanted)s: %(fits)s fit.") % {
        "limit": limit,
        "wanted": number(limit.wanted),
        "fits": number(limit.fits),
    }
