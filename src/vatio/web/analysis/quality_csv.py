"""The table of «Calidad de datos» as CSV: every data point that it is narrowed to."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from vatio.accounts.models import Account
from vatio.consumption.quality.account_quality import PointQuality, QualitySpan
from vatio.formats import decimal_text
from vatio.metering.labels import RESOLUTIONS
from vatio.metering.quantities import QUANTITIES

HOUR = 3600


def answer(
    account: Account, points: Sequence[PointQuality], span: QualitySpan, places: Mapping[int, str]
) -> HttpResponse:
    """Return the figures of data points as a CSV file, in their order.

    Moments are in the time zone of the account; numbers have the reader's decimal mark.
    """
    written = io.StringIO()
    sheet = csv.writer(written, delimiter=";", lineterminator="\r\n")
    sheet.writerow(_heading())
    for each in points:
        sheet.writerow(map(_as_text, _cells(account, each, span, places)))
    name = f"{slugify(_('Data quality'))}-{span.days[0]}-{span.days[-1]}.csv"
    made = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    made.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return made


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
) -> list[object]:
    point, quantity = each.point, QUANTITIES.get(each.point.quantity)
    return [
        point.name,
        point.meter.name,
        point.meter.serial,
        places.get(point.meter.site_id or 0, ""),
        quantity.label if quantity else point.quantity,
        ", ".join(str(RESOLUTIONS[one.key.minutes]) for one in each.series),
        span.days[0],
        span.days[-1],
        _hours(each.expected),
        _percent(each.share),
        _hours(each.missing),
        _moment(each.missing_since, account),
        _percent(each.estimated_share),
        each.doubtful,
        each.invalid,
        _moment(each.last_at, account),
    ]


def _hours(seconds: int) -> str:
    return decimal_text(round(Decimal(seconds) / HOUR, 2))


def _percent(share: float | None) -> str:
    return "" if share is None else decimal_text(Decimal(str(round(share * 100, 2))))


def _moment(at: datetime | None, account: Account) -> str:
    if at is None:
        return ""
    return at.astimezone(ZoneInfo(account.time_zone)).isoformat(sep=" ", timespec="minutes")


def _as_text(value: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
