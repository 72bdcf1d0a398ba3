"""Which data points can be added up: those of one family of quantity and of one time zone."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from vatio.metering.models import CalculatedSeries, DataPoint, Meter, Series
from vatio.metering.quantities import QUANTITIES, Adding
from vatio.refusal import Refused


class CannotBeAdded(Refused):
    """The data points are of several families of quantity, or their days of several zones."""


def family_of(quantity: int) -> tuple[str, Adding]:
    """Return the family of a quantity: its base unit and how its values add up."""
    measures = QUANTITIES[quantity]
    return measures.base, measures.adding


def ensure_add_up(points: Sequence[DataPoint], *, beside: DataPoint | None = None) -> None:
    """Refuse data points that cannot be added up.

    :param beside: a data point of the other versions of the same series, with whose family and
        time zone theirs has to agree, too.
    :raises CannotBeAdded: if they are of several families, or of several time zones.
    """
    compared = [*([beside] if beside else []), *points]
    first = compared[0]
    for each in compared[1:]:
        if family_of(each.quantity) != family_of(first.quantity):
            words = _(
                "«%(name)s» and «%(other)s» cannot be added up: they are %(quantity)s and"
                " %(other_quantity)s."
            )
            named = {
                "name": each.name,
                "other": first.name,
                "quantity": QUANTITIES[each.quantity].label,
                "other_quantity": QUANTITIES[first.quantity].label,
            }
            raise CannotBeAdded(words % named, field="terms")
    _ensure_one_zone(compared)


def _ensure_one_zone(points: Sequence[DataPoint]) -> None:
    found = Series.objects.filter(data_point__in=points).order_by("-id")
    zones = dict(found.values_list("data_point_id", "time_zone"))
    first = next((each for each in points if each.pk in zones), None)
    for each in points:
        if first and zones.get(each.pk, zones[first.pk]) != zones[first.pk]:
            words = _(
                "«%(name)s» and «%(other)s» cannot be added up: their days are those of"
                " %(zone)s and %(other_zone)s."
            )
            named = {
                "name": each.name,
                "other": first.name,
                "zone": zones[each.pk],
                "other_zone": zones[first.pk],
            }
            raise CannotBeAdded(words % named, field="terms")


def added_up_across_zones(meter: Meter) -> CalculatedSeries | None:
    """Return a calculated series of a meter's data points whose terms are of several zones."""
    own = CalculatedSeries.objects.filter(versions__terms__data_point__meter=meter)
    for series in own.distinct().order_by("id"):
        zones = Series.objects.filter(data_point__calculated_terms__version__series=series)
        if len(set(zones.values_list("time_zone", flat=True))) > 1:
            return series
    return None
