"""Fields in which one chooses a site, a supply point, a meter or a source of the account.

Up to `MOST` things are a list to choose from. Of more, one writes the name, the CUPS or the
serial number of one, and what is not clear is said.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from vatio.accounts.models import Account
from vatio.keys import parse_uuid
from vatio.metering.models import DataPoint, DataSource, Meter, Service, Site, SupplyPoint
from vatio.metering.site_paths import site_paths
from vatio.tenants.folding import sort_key, tidy

MOST = 300
MOST_NAMED = 5
Thing = TypeVar("Thing", Site, SupplyPoint, Meter, DataPoint, DataSource)


class ThingField(forms.Field, Generic[Thing]):
    """A thing of the account, by its uid or by what it is called; empty is None."""

    def __init__(self, *, nothing: object = "–", **options: Any) -> None:
        super().__init__(**options)
        self.nothing = nothing
        self.labels: Mapping[Thing, str] = {}
        self.choices: list[tuple[str, object]] = []

    def offer(self, labels: Mapping[Thing, str]) -> None:
        """Take the things to choose from, each with what it is called."""
        self.labels = labels
        if len(labels) <= MOST:
            self.choices = [
                ("", self.nothing),
                *((str(thing.uid), label) for thing, label in labels.items()),
            ]
            self.widget = forms.Select()
        else:
            self.help_text = _("Write a name, or the CUPS or serial number.")

    def to_python(self, value: object) -> Thing | None:
        text = tidy(str(value or ""))
        if not text:
            return None
        uid = parse_uuid(text)
        matching = [each for each in self.labels if each.uid == uid] if uid else self._named(text)
        if len(matching) == 1:
            return matching[0]
        if not matching:
            raise ValidationError(_("There is no «%(text)s» to choose."), params={"text": text})
        raise ValidationError(
            _("«%(text)s» may be several: %(names)s."),
            params={
                "text": text,
                "names": ", ".join(self.labels[each] for each in matching[:MOST_NAMED]),
            },
        )

    def prepare_value(self, value: object) -> object:
        uid = parse_uuid(value)
        if uid is None or self.choices:
            return value
        return next((label for each, label in self.labels.items() if each.uid == uid), value)

    def _named(self, text: str) -> Sequence[Thing]:
        """Return the things that are called so or, if there is none, those whose label has it."""
        key = sort_key(text)
        exact = [
            thing
            for thing, label in self.labels.items()
            if key in (sort_key(thing.name), sort_key(label), sort_key(identity_of(thing)))
        ]
        return exact or [each for each, label in self.labels.items() if key in sort_key(label)]


def identity_of(thing: Site | SupplyPoint | Meter | DataPoint | DataSource) -> str:
    """Return the CUPS of a supply point or the serial number of a meter; else nothing."""
    if isinstance(thing, SupplyPoint):
        return thing.cups
    return thing.serial if isinstance(thing, Meter) else ""


def sites_of(account: Account, *, but: Site | None = None) -> Mapping[Site, str]:
    """Return the sites of an account with their paths, but for one and its parts."""
    paths = site_paths(account)
    if but is None:
        return paths
    own = paths[but]
    return {
        site: path
        for site, path in paths.items()
        if site != but and not path.startswith(f"{own} / ")
    }


def supply_points_of(account: Account) -> Mapping[SupplyPoint, str]:
    """Return the supply points in service of an account, by name, with their CUPS."""
    points = account.supplypoints.in_service().order_by("name_sorted", "id")
    return {point: _label(point) for point in points}


def meters_of(account: Account) -> Mapping[Meter, str]:
    """Return the meters in service of an account, by name, with their serial numbers."""
    meters = account.meters.in_service().order_by("name_sorted", "id")
    return {meter: _label(meter) for meter in meters}


def data_points_of(account: Account) -> Mapping[DataPoint, str]:
    """Return the data points of an account by meter and name, those that are retired marked."""
    points = account.datapoints.filter(service__in=[Service.ACCEPTED, Service.RETIRED])
    order = ("meter__name_sorted", "meter", "service", "name_sorted", "id")
    retired = _("out of service")
    return {
        point: point.name if point.is_in_service else f"{point.name} ({retired})"
        for point in points.select_related("meter").order_by(*order)
    }


def sources_of(account: Account) -> Mapping[DataSource, str]:
    """Return the data sources of an account, by name."""
    return {source: source.name for source in account.datasources.order_by("name_folded")}


def _label(thing: SupplyPoint | Meter) -> str:
    return " · ".join(filter(None, (thing.name, identity_of(thing))))
