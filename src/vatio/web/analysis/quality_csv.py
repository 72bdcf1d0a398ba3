"""The table of «Calidad de datos» as CSV: every data point that it is narrowed to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from vatio.accounts.models import Account
from vatio.consumption.quality.account_quality import PointQuality, QualitySpan
from vatio.metering.labels import RESOLUTIONS
from vatio.metering.quantities import QUANTITIES
from vatio.web.shell.csv_files import Cell, csv_file

HOUR = 3600


def answer(
    account: Account, points: Sequence[PointQuality], span: QualitySpan, places: Mapping[int, str]
) -> HttpResponse:
    """Return the figures of data points as a CSV file, in their order.

    Moments are in the time zone of the account; numbers, and what stands
    between the cells, are those of the reader's language.
    """
    found = (_cells(account, each, span, places) for each in points)
    name = f"{slugify(_('Data quality'))}-{span.days[0]}-{span.days[-1]}.csv"
    return csv_file(_heading(), found, name=name, places=2)


def _heading() -> list[str]:
    return [
        _("Data point"),
        _("Meter"),
        _("Serial number"),
        _("Site"),
        _("Quantity"),
        _("Resolution"),
        _("First day"),
        _("Last day"),
        _("Expected (h)"),
        _("Present (%)"),
        _("Missing (h)"),
        _("Missing since"),
        _("Estimated (%)"),
        _("Doubtful"),
        _("Invalid"),
        _("Last data"),
    ]


def _cells(
    account: Account, each: PointQuality, span: QualitySpan, places: Mapping[int, str]
) -> list[Cell]:
    point, quantity = each.point, QUANTITIES.get(each.point.quantity)
    return [
        point.name,
        point.meter.name,
        point.meter.serial,
        places.get(point.meter.site_id or 0, ""),
        str(quantity.label if quantity else point.quantity),
        ", ".join(str(RESOLUTIONS[one.key.minutes]) for one in each.series),
        span.days[0],
        span.days[-1],
        each.expected / HOUR,
        _percent(each.share),
        each.missing / HOUR,
        _moment(each.missing_since, account),
        _percent(each.estimated_share),
        each.doubtful,
        each.invalid,
        _moment(each.last_at, account),
    ]


def _percent(share: float | None) -> float | None:
    return None if share is None else share * 100


def _moment(at: datetime | None, account: Account) -> str:
    if at is None:
        return ""
    return at.astimezone(ZoneInfo(account.time_zone)).isoformat(sep=" ", timespec="minutes")
