"""What the rows of a workbook have done so far to an installation in memory."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from vatio.metering.inventory.cells import SERVICES, path_of
from vatio.metering.inventory.installed import Directory, Installed, SeveralAreCalledSo, names_of
from vatio.metering.inventory.reading import CellFault, InventoryRow
from vatio.metering.models import (
    DataSource,
    Meter,
    OfAccount,
    Series,
    Served,
    Service,
    Site,
    SupplyPoint,
)
from vatio.spreadsheets.values import fold

Named = TypeVar("Named", SupplyPoint, Meter)

KEYS: Mapping[str, Callable[[Any], Hashable]] = {
    "contracts": lambda own: (id(own.supply_point), own.since),
    "measurements": lambda own: (id(own.meter), id(own.supply_point), own.since),
    "data_points": lambda own: (id(own.meter), own.quantity),
    "rtc_lines": lambda own: (id(own.supply_point), id(own.meter)),
    "devices": lambda own: (id(own.source), own.did),
}
"""What identifies the things that no directory holds."""


@dataclass
class Draft:
    """An installation, the rows that changed it, and the faults found on the way."""

    installed: Installed
    at: datetime
    faults: list[CellFault] = field(default_factory=list)
    rows: dict[int, InventoryRow] = field(default_factory=dict)
    new_series: set[int] = field(default_factory=set)
    _found: dict[tuple[str, Hashable], Any] = field(default_factory=dict)
    _series: dict[int, list[Series]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for kind in KEYS:
            for thing in self.installed.things[kind]:
                self._enter(kind, thing)
        for series in self.installed.things["series"]:
            self._series[id(series.data_point)].append(series)

    def _enter(self, kind: str, thing: Any) -> None:
        """Let a thing be found by its key and identifier: one in service before any that is not."""
        place = (kind, KEYS[kind](thing))
        if hasattr(thing, "uid"):
            self._found[kind, thing.uid] = thing
            earlier = self._found.get(place)
            if earlier is not None and earlier.is_in_service and not thing.is_in_service:
                return
        self._found[place] = thing

    def find(self, kind: str, example: Any, row: InventoryRow, column: str) -> Any:
        """Return the thing that a row is about; the example itself, now added, if there is none.

        None is returned after a fault: an earlier row is about the same thing, or the identifier
        is that of something else.
        """
        place = (kind, KEYS[kind](example))
        by_uid = self._found.get((kind, row.values.get("uid")))
        found = by_uid or self._found.get(place)
        if found is None:
            found = example
            self.installed.add(kind, found)
            self._enter(kind, found)
        elif KEYS[kind](found) != place[1]:
            self.refuse(row, "uid", _("this is the identifier of another one."))
            return None
        return found if self.claim(row, found, column) else None

    def series_of(self, point: OfAccount) -> list[Series]:
        """Return the series of a data point."""
        return self._series[id(point)]

    def add_series(self, series: Series) -> None:
        """Add a series to a data point."""
        self._series[id(series.data_point)].append(series)
        self.installed.add("series", series)
        if not self.installed.is_new(series.data_point):
            self.new_series.add(id(series.data_point))

    def refuse(self, row: InventoryRow, column: str, words: str) -> None:
        """Write down a fault in a cell of a row."""
        self.faults.append(row.fault(column, words))

    def refuse_thing(self, thing: OfAccount, column: str, words: str) -> None:
        """Write down a fault in the row that changed a thing; without one, of the whole file."""
        row = self.rows.get(id(thing))
        self.faults.append(row.fault(column, words) if row else CellFault("", 0, "", words))

    def is_whole(self, row: InventoryRow) -> bool:
        """Return whether every cell of a row that is needed could be read."""
        return all(column.key in row.values for column in row.kind.columns if column.required)

    def line_of(self, thing: OfAccount) -> int:
        """Return the line of the row about a thing; 0 if there is none."""
        row = self.rows.get(id(thing))
        return row.line if row else 0

    def has_new_series(self, thing: OfAccount) -> bool:
        """Return whether a row adds a resolution to a data point."""
        return id(thing) in self.new_series

    def claim(self, row: InventoryRow, thing: OfAccount, column: str) -> bool:
        """Let a row be about a thing; return whether no row was before."""
        earlier = self.rows.get(id(thing))
        if earlier is not None:
            words = _("line %(line)s is about the same.") % {"line": earlier.line}
            self.refuse(row, column, words)
            return False
        self.rows[id(thing)] = row
        return True

    def base(self) -> dict[str, Any]:
        """Return what every new thing is made with."""
        account = self.installed.account
        return {"account": account, "organisation_id": account.organisation_id}

    def site(self, row: InventoryRow) -> Site | None:
        """Return the site that a row names by its path, if any."""
        path = row.values.get("path")
        if path is None:
            return None
        found = self.installed.sites.get(tuple(map(fold, path)))
        if found is None:
            self.refuse(row, "path", _("there is no site «%(path)s».") % {"path": path_of(path)})
        return found

    def source(self, row: InventoryRow) -> DataSource | None:
        """Return the data source that a row names, if any."""
        name = row.values.get("source")
        found = self.installed.sources.get(fold(name)) if name else None
        if name and found is None:
            words = _("there is no data source «%(name)s».") % {"name": name}
            self.refuse(row, "source", words)
        return found

    def meter(self, row: InventoryRow) -> Meter | None:
        """Return the meter that a row names by its serial or name."""
        return self._named(row, "meter", self.installed.meters)

    def supply_point(self, row: InventoryRow) -> SupplyPoint | None:
        """Return the supply point that a row names by its CUPS or name."""
        return self._named(row, "supply_point", self.installed.supply_points)

    def _named(self, row: InventoryRow, column: str, directory: Directory[Named]) -> Named | None:
        text = row.values[column]
        try:
            found = directory.named(text)
        except SeveralAreCalledSo:
            self.refuse(row, column, _("several are called «%(name)s».") % {"name": text})
            return None
        if found is None:
            self.refuse(row, column, _("there is no «%(name)s».") % {"name": text})
        return found

    def serve(self, row: InventoryRow, thing: Served) -> None:
        """Change the service of a thing to what its row says.

        What is retired comes back only if the row says so in words, and is a fault without them.
        """
        wanted, own = row.values.get("service"), thing.service
        if self.installed.is_new(thing):
            if wanted not in (None, Service.ACCEPTED):
                self.refuse(row, "service", _("it is not here: what is new is in service."))
        elif wanted is None and own == Service.RETIRED:
            words = _(
                "it is retired here: write «%(on)s» to put it back into service, or «%(off)s»."
            )
            labels = {"on": SERVICES[Service.ACCEPTED], "off": SERVICES[Service.RETIRED]}
            self.refuse(row, "service", words % labels)
        elif wanted not in (None, own):
            if {wanted, own} != {Service.ACCEPTED, Service.RETIRED}:
                self.refuse(row, "service", _("this is decided on the page of the installation."))
            else:
                thing.service = wanted

    def name_of(self, kind: str, thing: Any) -> str:
        """Return what a thing is called on the page that says what an import would do."""
        if isinstance(thing, Site):
            return path_of(names_of(thing))
        if kind in ("contracts", "rtc_lines"):
            return str(thing.supply_point.name)
        if kind == "measurements":
            return f"{thing.meter.name} → {thing.supply_point.name}"
        if kind == "devices":
            return f"{thing.source.name}: {thing.did}"
        return str(thing.name)


def take(row: InventoryRow, thing: OfAccount, *columns: str) -> None:
    """Write the values of some columns of a row into a thing; a column that is not there is not."""
    for column in columns:
        if column in row.values:
            setattr(thing, column, row.values[column])
