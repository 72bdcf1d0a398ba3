"""What the tabs of an account's energy carry from one view to the next: what, and which days.

«Consumo» and «Mapa de calor» are asked alike. «Calidad de datos» is narrowed to a data point, a
meter or a site, and to a year or a month: what is nearest to what was looked at. What it does not
understand goes along in its address, so that the way back leads to where one was.
"""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from django.http import QueryDict

from vatio.accounts.models import Account
from vatio.consumption.quality.listing import QualityFilters
from vatio.consumption.subjects import EnergySubject, SubjectKind
from vatio.metering.models import Measurement
from vatio.web.analysis.asked import Asked

CARRIED = ("what", "from", "to", "by", "versus", "as")
"""The parameters of «Consumo»; of these the map ignores the last three."""

Queries = Mapping[str, str]
"""The query strings of the tabs, by the names of their pages."""


def of_energy(
    account: Account, subject: EnergySubject, asked: Asked, parameters: QueryDict
) -> Queries:
    """Return what «Consumo» and the map carry on; a span that nobody chose is each page's own.

    :param subject: the first of the things that are looked at.
    """
    carried = _carried(parameters)
    narrowed = {name: [value] for name, value in _narrowed(account, subject, asked).items()}
    if not ("from" in carried or "to" in carried):
        narrowed.pop("period", None)
    return _queries(carried, carried | narrowed)


def of_quality(asked: QualityFilters, parameters: QueryDict) -> Queries:
    """Return what «Calidad de datos» carries on: what it is narrowed to, or what led to it."""
    carried = _carried(parameters)
    if asked.point is not None:
        carried["what"] = [f"{SubjectKind.DATA_POINT}:{asked.point}"]
    elif asked.site is not None:
        carried["what"] = [f"{SubjectKind.SITE}:{asked.site.uid}"]
    if asked.period and not ("from" in carried or "to" in carried):
        last = asked.span.until - timedelta(days=1)
        carried |= {"from": [asked.span.since.isoformat()], "to": [last.isoformat()]}
    return _queries(carried, {})


def _queries(energy: Mapping[str, list[str]], quality: Mapping[str, list[str]]) -> Queries:
    of_pages = {"consumption": energy, "heat_map": energy, "data_quality": quality}
    return {name: "?" + urlencode(own, doseq=True) for name, own in of_pages.items() if own}


def _carried(parameters: QueryDict) -> dict[str, list[str]]:
    found = {name: [each for each in parameters.getlist(name) if each] for name in CARRIED}
    return {name: values for name, values in found.items() if values}


def _narrowed(account: Account, subject: EnergySubject, asked: Asked) -> dict[str, str]:
    """Return how «Calidad de datos» shows a thing: a supply point by its last principal meter."""
    found = {}
    if subject.kind == SubjectKind.DATA_POINT:
        found["point"] = str(subject.uid)
    elif subject.kind == SubjectKind.SITE:
        found["site"] = str(subject.uid)
    elif subject.kind == SubjectKind.SUPPLY_POINT:
        own = account.measurements.filter(
            supply_point_id=subject.pk,
            role=Measurement.Role.PRINCIPAL,
            days__contains=asked.last,
        )
        meter = own.values_list("meter__uid", flat=True).first()
        if meter is not None:
            found["meter"] = str(meter)
    if (asked.since.year, asked.since.month) == (asked.last.year, asked.last.month):
        found["period"] = f"{asked.since:%Y-%m}"
    elif asked.since.year == asked.last.year:
        found["period"] = f"{asked.since.year}"
    return found
