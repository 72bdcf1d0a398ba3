"""Changes which supply point a meter measures, from a day on."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vatio.metering.changing import WrongChange, change_meter
from vatio.metering.installing import Measures, measure
from vatio.metering.models import Measurement, Meter, Site
from vatio.metering.refusals import in_words
from vatio.tenants.models import Person


@transaction.atomic
def change_measuring_meter(
    meter: Meter,
    measures: Measures | None,
    *,
    since: date | None,
    name: str,
    make: str,
    site: Site | None,
    by: Person,
    at: datetime,
) -> Meter:
    """Change a meter, and which supply point it measures: both or nothing.

    From another day on, what it measured before ends on that day; for the same day it is
    corrected. With no supply point it measures none from that day on.

    :param since: the day from which on it measures the supply point, or none.
    :raises NothingCanBeAdded, ZoneIsFixed: as `change_meter`.
    :raises WrongChange: if the day is missing, or is before that of what it measures now.
    :raises PrincipalTaken: if another principal measures the supply point on those days.
    """
    _measure_from(meter, measures, since)
    return change_meter(meter, name=name, make=make, site=site, by=by, at=at)


def measured_now(meter: Meter) -> Measurement | None:
    """Return what a meter measures without end, the last that was written."""
    measured = meter.measurements.select_related("supply_point")
    return measured.filter(until__isnull=True).order_by("id").last()


def _measure_from(meter: Meter, measures: Measures | None, since: date | None) -> None:
    now = measured_now(meter)
    is_corrected = now is not None and (since == now.since or _is_the_same(now, measures))
    if now is not None and is_corrected and measures is None:
        now.delete()
    elif now is not None and is_corrected and measures is not None:
        now.supply_point, now.role, now.since = measures.supply_point, measures.role, since
        with in_words():
            now.save(update_fields=["supply_point", "role", "since"])
    else:
        if now is not None:
            _end(now, on=since)
        if measures is not None:
            measure(meter, measures)


def _end(now: Measurement, *, on: date | None) -> None:
    if on is None or (now.since is not None and on < now.since):
        raise WrongChange(_("Say from which day on, after what it measured before."), field="since")
    now.until = on
    now.save(update_fields=["until"])


def _is_the_same(now: Measurement, measures: Measures | None) -> bool:
    return measures is not None and (now.supply_point_id, now.role) == (
        measures.supply_point.pk,
        measures.role,
    )
