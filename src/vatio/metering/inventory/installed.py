"""The installation of an account in memory, as it is and as the rows of a workbook change it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from vatio.accounts.models import Account
from vatio.metering.models import (
    DataPoint,
    DataSource,
    Measurement,
    Meter,
    OfAccount,
    RtcLine,
    Series,
    Site,
    SourceDevice,
    SupplyContract,
    SupplyPoint,
)
from vatio.spreadsheets.values import fold

FIELDS: Mapping[type[OfAccount], tuple[str, ...]] = {
    Site: (
        *("name", "address", "activity", "floor_area", "working_hours", "local_holidays"),
        "time_zone",
    ),
    DataSource: ("name", "kind"),
    SupplyPoint: (
        *("name", "site", "energy", "cups", "cups_suffix", "supplier", "policy", "territory"),
        *("manages_bills", "service"),
    ),
    Meter: ("name", "serial", "make", "site", "measured_from", "measured_until", "service"),
    SupplyContract: ("since", "until", "retailer", "tariff", "powers", "policy"),
    Measurement: ("role", "since", "until"),
    DataPoint: ("name", "source", "service"),
    Series: ("time_zone",),
    RtcLine: ("service",),
    SourceDevice: ("meter",),
}
"""What a row can change of each kind of thing."""

MODELS: Mapping[str, type[OfAccount]] = {
    "sites": Site,
    "sources": DataSource,
    "supply_points": SupplyPoint,
    "meters": Meter,
    "contracts": SupplyContract,
    "measurements": Measurement,
    "data_points": DataPoint,
    "series": Series,
    "rtc_lines": RtcLine,
    "devices": SourceDevice,
}

Named = TypeVar("Named", SupplyPoint, Meter)


class SeveralAreCalledSo(Exception):
    """Several things have the name: it does not tell which one is meant."""


def code_of(thing: SupplyPoint | Meter) -> str:
    """Return what identifies a thing: the CUPS of a supply point, the serial of a meter."""
    return thing.cups if isinstance(thing, SupplyPoint) else thing.serial


class Directory(Generic[Named]):
    """Supply points or meters by their code, their name and their identifier."""

    def __init__(self, things: Iterable[Named]) -> None:
        self.things: list[Named] = list(things)
        self._by_code: dict[str, list[Named]] = defaultdict(list)
        self._by_name: dict[str, list[Named]] = defaultdict(list)
        self.by_uid: dict[UUID, Named] = {}
        for thing in self.things:
            self.enter(thing)

    def add(self, thing: Named) -> None:
        """Add a new thing, and what it is found by."""
        self.things.append(thing)
        self.enter(thing)

    def enter(self, thing: Named) -> None:
        """Let a thing be found by its code and name; by those that it had before, too."""
        self.by_uid[thing.uid] = thing
        for index, key in ((self._by_code, code_of(thing)), (self._by_name, fold(thing.name))):
            if key and not any(each is thing for each in index[key]):
                index[key].append(thing)

    def of_code(self, code: str) -> Named | None:
        """Return the thing of a CUPS or serial, one in service before those that are not."""
        found = [each for each in self._by_code.get(code, ()) if code_of(each) == code]
        return max(found, key=lambda each: (each.is_in_service, each.pk or 0), default=None)

    def without_code(self, name: str) -> Named | None:
        """Return the thing of a name among those without a CUPS or serial.

        :raises SeveralAreCalledSo: if there are several.
        """
        found = self._by_name.get(fold(name), ())
        return _only([each for each in found if not code_of(each)])

    def named(self, text: str) -> Named | None:
        """Return the thing that a cell of another sheet names, by CUPS or serial, or by name.

        :raises SeveralAreCalledSo: if there are several.
        """
        code = "".join(filter(str.isalnum, text)).upper()[:20]
        for found in (self._by_code.get(text), self._by_code.get(code)):
            if found:
                return _only(found)
        if named := self._by_name.get(fold(text)):
            return _only(named)
        try:
            return self.by_uid.get(UUID(text))
        except ValueError:
            return None

    def reference(self, thing: Named) -> str:
        """Return what a cell of another sheet names a thing by, and no other thing."""
        for text in filter(None, (code_of(thing), thing.name)):
            try:
                if self.named(text) is thing:
                    return text
            except SeveralAreCalledSo:
                continue
        return str(thing.uid)


def _only(found: list[Named]) -> Named | None:
    """Return the only one of some things, or the only one in service.

    :raises SeveralAreCalledSo: if there are several.
    """
    if len(found) > 1:
        found = [each for each in found if each.is_in_service] or found
    if len(found) > 1:
        raise SeveralAreCalledSo
    return found[0] if found else None


@dataclass
class Installed:
    """What is installed in an account, each thing with those that it belongs to.

    `before` has the values of `FIELDS` as they are stored, by the identity of the object; what
    is not there is new.
    """

    account: Account
    things: dict[str, list[Any]]
    supply_points: Directory[SupplyPoint]
    meters: Directory[Meter]
    sites: dict[tuple[str, ...], Site] = field(default_factory=dict)
    sources: dict[str, DataSource] = field(default_factory=dict)
    before: dict[int, dict[str, Any]] = field(default_factory=dict)

    def add(self, kind: str, thing: Any) -> None:
        """Add a new thing of a kind."""
        if kind in ("supply_points", "meters"):
            getattr(self, kind).add(thing)
        else:
            self.things[kind].append(thing)

    def is_new(self, thing: OfAccount) -> bool:
        """Return whether a thing is not stored yet."""
        return id(thing) not in self.before

    def was(self, thing: OfAccount, name: str) -> Any:
        """Return a stored value of a thing; None of a new one."""
        return self.before.get(id(thing), {}).get(name)

    def changes(self, thing: OfAccount) -> list[str]:
        """Return the names of the fields of a stored thing that differ from what is stored."""
        stored = self.before[id(thing)]
        return [name for name in stored if getattr(thing, name) != stored[name]]


def load(account: Account, *, locking: bool = False) -> Installed:
    """Read the installation of an account: one statement for each kind of thing.

    :param locking: whether what is read stays as it is until the transaction ends.
    """
    things = dict[str, list[Any]]()
    for kind, model in MODELS.items():
        rows = model.objects.filter(account=account).order_by("pk")  # type: ignore[attr-defined]
        things[kind] = list(rows.select_for_update(no_key=True) if locking else rows)
    by_key = {MODELS[kind]: {each.pk: each for each in found} for kind, found in things.items()}
    for found in things.values():
        for thing in found:
            _tie(thing, by_key)
    meters, points = things["meters"], things["supply_points"]
    installed = Installed(account, things, Directory(points), Directory(meters))
    things["meters"], things["supply_points"] = (
        installed.meters.things,
        installed.supply_points.things,
    )
    installed.sites = {tuple(map(fold, names_of(site))): site for site in things["sites"]}
    installed.sources = {fold(source.name): source for source in things["sources"]}
    for found in things.values():
        for thing in found:
            values = {name: getattr(thing, name) for name in FIELDS[type(thing)]}
            installed.before[id(thing)] = values
    return installed


def names_of(site: Site) -> list[str]:
    """Return the names of a site and of those that it is in, the outermost first."""
    names, place = list[str](), site
    while place is not None and len(names) < Site.DEEPEST + 1:
        names.insert(0, place.name)
        place = place.parent  # type: ignore[assignment]
    return names


def _tie(thing: OfAccount, by_key: Mapping[type, Mapping[int, Any]]) -> None:
    """Let a thing point to the objects that were read, so that none is read again."""
    for own in thing._meta.concrete_fields:
        rows = by_key.get(own.related_model)  # type: ignore[arg-type]
        key = getattr(thing, own.attname)
        if rows is not None and key is not None:
            setattr(thing, own.name, rows[key])
