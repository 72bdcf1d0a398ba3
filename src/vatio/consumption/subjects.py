"""What can be looked at: an account, a site, a supply point, a data point, a calculated series.

Each has a key for addresses: its kind and its uid.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vatio.accounts.models import Account
from vatio.keys import parse_uuid
from vatio.metering.models import (
    CalculatedSeries,
    CalculatedTerm,
    DataPoint,
    Series,
    Service,
    Site,
    SupplyPoint,
)
from vatio.metering.quantities import QUANTITIES, Adding, Quantity
from vatio.metering.tree import sites_of
from vatio.readings.series import unknown
from vatio.tariffs.calendars import TIME_ZONES

MOST = 8
"""How many things are looked at together."""

MOST_LISTED = 300
"""How many things of a kind are offered by name; others are reached from the installation."""

ACTIVE_ENERGY = QUANTITIES[402]
MAIN_QUANTITIES: dict[str, Sequence[int]] = {
    SupplyPoint.Energy.ELECTRICITY: (402,),
    SupplyPoint.Energy.GAS: (420, 419),
    SupplyPoint.Energy.WATER: (901,),
    SupplyPoint.Energy.HEAT: (802,),
}
"""What is asked of a supply point, by its energy; of several what its meters measure."""


class SubjectKind(StrEnum):
    """What kind of thing is looked at."""

    ACCOUNT = "account"
    SITE = "site"
    SUPPLY_POINT = "supply"
    DATA_POINT = "point"
    CALCULATED = "calculated"


KINDS: dict[SubjectKind, Promise] = {
    SubjectKind.SITE: gettext_lazy("Sites"),
    SubjectKind.SUPPLY_POINT: gettext_lazy("Supply points"),
    SubjectKind.DATA_POINT: gettext_lazy("Data points"),
    SubjectKind.CALCULATED: gettext_lazy("Calculated series"),
}


@dataclass(frozen=True)
class EnergySubject:
    """Something that is looked at: `pk` is the key of its row, and `name` what it is called.

    `where` says where it stands; `time_zone` is that of its days.
    """

    kind: SubjectKind
    pk: int
    uid: UUID
    name: str
    quantity: Quantity
    time_zone: str
    where: str = ""

    @property
    def key(self) -> str:
        """What the subject is called in an address."""
        return self.kind if self.kind == SubjectKind.ACCOUNT else f"{self.kind}:{self.uid}"

    @property
    def adds(self) -> bool:
        """Whether its values are amounts that add up, as energy does."""
        return self.quantity.adding == Adding.SUM

    @property
    def gap_is_gap(self) -> bool:
        """Whether an interval that a part of it lacks has no value at all."""
        return self.kind == SubjectKind.CALCULATED

    @property
    def unit(self) -> str:
        """The unit of its curve: kW for energy in kWh, else that of the quantity on the page."""
        return self.quantity.shown.removesuffix("h") if self._is_energy else self.rate

    @property
    def rate(self) -> str:
        """The unit of an amount in an hour, as m³/h; that of a state as it is."""
        return (
            f"{self.quantity.shown}/h" if self.adds and self.quantity.shown else self.quantity.shown
        )

    @property
    def _is_energy(self) -> bool:
        return self.adds and self.quantity.shown in ("kWh", "kvarh")


def whole_account(account: Account) -> EnergySubject:
    """Return the whole account: its supply points, or its meters where it has none."""
    name = _("The whole account")
    return EnergySubject(
        SubjectKind.ACCOUNT, account.pk, account.uid, name, ACTIVE_ENERGY, account.time_zone
    )


def find(account: Account, keys: Iterable[str]) -> list[EnergySubject]:
    """Return the things of an account that keys name, in their order; unknown ones are left out.

    At most `MOST`, each once; the whole account if none is named.
    """
    asked = list(dict.fromkeys(keys))[: MOST * 2]
    uids: dict[str, list[UUID]] = {kind: [] for kind in SubjectKind}
    for key in asked:
        kind, _colon, text = key.partition(":")
        uid = parse_uuid(text)
        if kind in uids and uid:
            uids[kind].append(uid)
    found = {each.key: each for each in _read(account, uids)}
    found[SubjectKind.ACCOUNT] = whole_account(account)
    return [found[key] for key in asked if key in found][:MOST] or [found[SubjectKind.ACCOUNT]]


def _read(account: Account, uids: dict[str, list[UUID]]) -> list[EnergySubject]:
    found: list[EnergySubject] = []
    if uids[SubjectKind.SITE]:
        found += _sites(account, uids[SubjectKind.SITE])
    if uids[SubjectKind.SUPPLY_POINT]:
        points = account.supplypoints.filter(uid__in=uids[SubjectKind.SUPPLY_POINT])
        found += _supply_points(account, list(points.select_related("site")))
    if uids[SubjectKind.DATA_POINT]:
        measured = account.datapoints.filter(uid__in=uids[SubjectKind.DATA_POINT])
        found += _data_points(account, measured)
    if uids[SubjectKind.CALCULATED]:
        own = CalculatedSeries.objects.filter(account=account)
        found += _calculated(account, own.filter(uid__in=uids[SubjectKind.CALCULATED]))
    return found


def of_rows(
    account: Account, keys: Mapping[SubjectKind, Collection[int]]
) -> dict[tuple[SubjectKind, int], EnergySubject]:
    """Return things of an account by kind and the key of their row; 7 statements at most."""
    found: list[EnergySubject] = []
    if keys.get(SubjectKind.SITE):
        found += [_site(each, {}) for each in account.sites.filter(pk__in=keys[SubjectKind.SITE])]
    if keys.get(SubjectKind.SUPPLY_POINT):
        supplied = account.supplypoints.filter(pk__in=keys[SubjectKind.SUPPLY_POINT])
        found += _supply_points(account, list(supplied.select_related("site")))
    if keys.get(SubjectKind.DATA_POINT):
        own = keys[SubjectKind.DATA_POINT]
        found += _data_points(account, account.datapoints.filter(pk__in=own), most=len(own))
    if keys.get(SubjectKind.CALCULATED):
        rows = CalculatedSeries.objects.filter(account=account)
        found += _calculated(account, rows.filter(pk__in=keys[SubjectKind.CALCULATED]))
    return {(each.kind, each.pk): each for each in found}


def choices(account: Account) -> list[tuple[SubjectKind, list[EnergySubject]]]:
    """Return what can be chosen in an account, by kind and name: the first of each kind.

    Retired things are there as well: their past can be read. Seven statements at most.
    """
    shown = [Service.ACCEPTED, Service.RETIRED]
    supplied = account.supplypoints.filter(service__in=shown).order_by("name_sorted", "id")
    points = account.datapoints.filter(service__in=shown).order_by(
        "meter__name_sorted", "name_sorted", "id"
    )
    return [
        (SubjectKind.SITE, _sites(account)[:MOST_LISTED]),
        (
            SubjectKind.SUPPLY_POINT,
            _supply_points(account, list(supplied.select_related("site")[:MOST_LISTED])),
        ),
        (SubjectKind.DATA_POINT, _data_points(account, points, most=MOST_LISTED)),
        (
            SubjectKind.CALCULATED,
            _calculated(account, CalculatedSeries.objects.filter(account=account)),
        ),
    ]


def _sites(account: Account, uids: Collection[UUID] | None = None) -> list[EnergySubject]:
    tree = sites_of(account)
    paths = tree.paths()
    return [_site(each.site, paths) for each in tree if uids is None or each.site.uid in uids]


def _site(site: Site, paths: dict[int, str]) -> EnergySubject:
    above = paths.get(site.parent_id or 0, "")
    return EnergySubject(
        SubjectKind.SITE, site.pk, site.uid, site.name, ACTIVE_ENERGY, site.time_zone, above
    )


def _supply_points(account: Account, points: list[SupplyPoint]) -> list[EnergySubject]:
    unclear = [each.pk for each in points if len(MAIN_QUANTITIES.get(each.energy, ())) != 1]
    measured: dict[int, set[int]] = {}
    if unclear:
        rows = DataPoint.objects.filter(
            account=account, meter__measurements__supply_point__in=unclear
        ).values_list("meter__measurements__supply_point", "quantity")
        for key, quantity in rows:
            measured.setdefault(key, set()).add(quantity)
    return [
        EnergySubject(
            SubjectKind.SUPPLY_POINT,
            each.pk,
            each.uid,
            each.name,
            _quantity_of(each, measured.get(each.pk, set())),
            TIME_ZONES.get(each.territory) or account.time_zone,
            " · ".join(word for word in (each.cups, each.site.name if each.site else "") if word),
        )
        for each in points
    ]


def _quantity_of(point: SupplyPoint, measured: Collection[int]) -> Quantity:
    wanted = MAIN_QUANTITIES.get(point.energy, sorted(measured))
    code = next((each for each in wanted if each in measured), wanted[0] if wanted else 503)
    return QUANTITIES.get(code) or unknown(code)


def _data_points(
    account: Account, points: QuerySet[DataPoint], *, most: int = MOST
) -> list[EnergySubject]:
    """Return data points, each in the zone of its first series; two statements."""
    rows = points.values_list("pk", "uid", "name", "quantity", "meter__name", "meter__site__name")[
        :most
    ]
    series = Series.objects.filter(account=account, data_point__in=[row[0] for row in rows])
    zones = dict(series.order_by("-id").values_list("data_point_id", "time_zone"))
    return [
        EnergySubject(
            SubjectKind.DATA_POINT,
            key,
            uid,
            name if meter in name else f"{meter} · {name}",
            QUANTITIES.get(quantity) or unknown(quantity),
            zones.get(key, account.time_zone),
            site or "",
        )
        for key, uid, name, quantity, meter, site in rows
    ]


def _calculated(account: Account, rows: QuerySet[CalculatedSeries]) -> list[EnergySubject]:
    """Return calculated series by name, each with the quantity and the zone of its terms."""
    own = list(rows.order_by("name_sorted", "id")[:MOST_LISTED])
    measured = {
        key: (quantity, time_zone)
        for key, quantity, time_zone in CalculatedTerm.objects.filter(
            account=account, version__series__in=own
        ).values_list("version__series_id", "data_point__quantity", "data_point__series__time_zone")
    }
    made = []
    for each in own:
        code, time_zone = measured.get(each.pk, (ACTIVE_ENERGY.code, None))
        made.append(
            EnergySubject(
                SubjectKind.CALCULATED,
                each.pk,
                each.uid,
                each.name,
                QUANTITIES.get(code) or unknown(code),
                time_zone or account.time_zone,
            )
        )
    return made
