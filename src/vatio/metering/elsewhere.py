"""Finds the supply points of other organisations that have the same CUPS."""

from vatio.metering.models import ServedSet, SupplyPoint
from vatio.tenants.models import Person


def same_cups_elsewhere(point: SupplyPoint, person: Person) -> ServedSet[SupplyPoint]:
    """Return the supply points in service of the same CUPS in other organisations.

    A client who changes company is in both for a while, which is allowed. The commercial
    department alone is told: to anybody else there are none.
    """
    points = SupplyPoint.objects.visible_to(person).in_service().exclude(cups="")
    if not person.is_commercial:
        return points.none()
    others = points.filter(cups=point.cups).exclude(organisation=point.organisation_id)
    return others.select_related("account", "organisation").order_by("account__name", "id")
