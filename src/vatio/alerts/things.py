"""What an alert can look at in an account, each with a key for forms and addresses."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vatio.accounts.models import Account
from vatio.alerts.details import COLUMNS, AlertThing
from vatio.alerts.models import AlertRule
from vatio.consumption import subjects
from vatio.consumption.subjects import EnergySubject, SubjectKind
from vatio.keys import parse_uuid
from vatio.metering.models import (
    CalculatedSeries,
    DataPoint,
    DataSource,
    RtcLine,
    Service,
    Site,
    SupplyPoint,
)


class FedKind(StrEnum):
    """What brings readings, and can fall silent."""

    SOURCE = "source"
    LINE = "line"


ThingKind = SubjectKind | FedKind

MODELS: dict[str, type[models.Model]] = {
    SubjectKind.SITE: Site,
    SubjectKind.SUPPLY_POINT: SupplyPoint,
    SubjectKind.DATA_POINT: DataPoint,
    SubjectKind.CALCULATED: CalculatedSeries,
    FedKind.SOURCE: DataSource,
    FedKind.LINE: RtcLine,
}

HEADINGS: dict[str, Promise] = {
    SubjectKind.SITE: _("Sites"),
    SubjectKind.SUPPLY_POINT: _("Supply points"),
    SubjectKind.DATA_POINT: _("Data points"),
    SubjectKind.CALCULATED: _("Calculated series"),
    FedKind.SOURCE: _("Data sources"),
    FedKind.LINE: _("RTC lines"),
}

FED_BY_ITSELF = (DataSource.Kind.INSERTION, DataSource.Kind.COLLECTOR)
"""The kinds of sources that are expected to speak; files come when somebody has them."""

MOST = 2_000
"""How many things of a kind can be chosen by name."""


@dataclass(frozen=True)
class WatchableThing:
    """Something that an alert can look at; `subject` is None of what brings readings."""

    kind: ThingKind
    uid: UUID
    name: str
    where: str = ""
    subject: EnergySubject | None = None

    @property
    def key(self) -> str:
        """What it is called in an address."""
        return f"{self.kind}:{self.uid}"

    @property
    def label(self) -> str:
        """Its name, and where it stands."""
        return f"{self.name} · {self.where}" if self.where else self.name

    @property
    def is_fed(self) -> bool:
        """Whether it brings readings, and no data is all that can be told of it."""
        return self.subject is None


def watchable(account: Account) -> list[WatchableThing]:
    """Return what alerts can look at in an account, by kind and name: what is in service.

    A dozen statements, however much is installed.
    """
    served = {"service": Service.ACCEPTED}
    keys = {
        SubjectKind.SITE: _keys(account.sites.order_by("name_sorted", "id")),
        SubjectKind.SUPPLY_POINT: _keys(
            account.supplypoints.filter(**served).order_by("name_sorted", "id")
        ),
        SubjectKind.DATA_POINT: _keys(
            account.datapoints.filter(**served).order_by("meter__name_sorted", "name_sorted", "id")
        ),
        SubjectKind.CALCULATED: _keys(
            CalculatedSeries.objects.filter(account=account).order_by("name_sorted", "id")
        ),
    }
    found = subjects.of_rows(account, keys)
    measured = [
        WatchableThing(kind, each.uid, each.name, each.where, each)
        for kind, own in keys.items()
        for each in (found[kind, key] for key in own if (kind, key) in found)
    ]
    return [*measured, *_sources(account), *_lines(account)]


def _keys(rows: "models.QuerySet[Any]") -> list[int]:
    return list(rows.values_list("pk", flat=True)[:MOST])


def _sources(account: Account) -> Iterable[WatchableThing]:
    rows = DataSource.objects.filter(account=account, kind__in=FED_BY_ITSELF)
    named = rows.order_by("name_folded", "id").values_list("uid", "name")[:MOST]
    return [WatchableThing(FedKind.SOURCE, uid, name) for uid, name in named]


def _lines(account: Account) -> Iterable[WatchableThing]:
    rows = RtcLine.objects.filter(account=account, service=Service.ACCEPTED)
    named = rows.order_by("supply_point__name_sorted", "id").values_list(
        "uid", "supply_point__name", "meter__name"
    )
    return [WatchableThing(FedKind.LINE, uid, name, meter) for uid, name, meter in named[:MOST]]


def grouped(things: Iterable[WatchableThing]) -> list[tuple[Promise, list[WatchableThing]]]:
    """Return things under the heading of their kind."""
    groups: dict[str, list[WatchableThing]] = defaultdict(list)
    for each in things:
        groups[each.kind].append(each)
    return [(HEADINGS[kind], own) for kind, own in groups.items()]


def row_of(account: Account, key: str) -> AlertThing | None:
    """Return the row of a thing of an account by its key; None if there is none."""
    kind, _colon, text = key.partition(":")
    uid = parse_uuid(text)
    if kind not in MODELS or uid is None:
        return None
    manager: Any = MODELS[kind]._default_manager
    found: AlertThing | None = manager.filter(account=account, uid=uid).first()
    return found


def looked_at(rule: AlertRule) -> AlertThing | None:
    """Return what a rule looks at; None once that was removed."""
    for column in COLUMNS.values():
        if getattr(rule, f"{column}_id") is not None:
            found: AlertThing = getattr(rule, column)
            return found
    return None


def key_of(thing: AlertThing) -> str:
    """Return the key of a thing."""
    kind = next(each for each, model in MODELS.items() if isinstance(thing, model))
    return f"{kind}:{thing.uid}"


def site_of(thing: AlertThing) -> Site | None:
    """Return the site in which a thing stands, itself if it is one; None of one in several."""
    if isinstance(thing, Site):
        return thing
    if isinstance(thing, SupplyPoint):
        return thing.site
    if isinstance(thing, DataPoint):
        return thing.meter.site
    return thing.supply_point.site if isinstance(thing, RtcLine) else None


def working_hours_of(thing: AlertThing) -> Sequence[str]:
    """Return the path up from a thing's site to the one that says its hours: its name, the hours.

    Empty where none does.
    """
    site = site_of(thing)
    for _each in range(Site.DEEPEST):
        if site is None:
            break
        if site.working_hours:
            return site.name, site.working_hours
        site = site.parent
    return ()


def known_keys(things: Collection[WatchableThing]) -> dict[str, WatchableThing]:
    """Return things by their keys."""
    return {each.key: each for each in things}
