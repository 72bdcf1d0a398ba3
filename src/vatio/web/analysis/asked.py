"""What a page of energy is asked for, as its address says it; what is no answer is ignored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vatio.analysis.comparing import Versus
from vatio.consumption.buckets import By
from vatio.consumption.subjects import MOST
from vatio.dates import add_months
from vatio.web.shell.fields import parse_day

ONE_DAY = timedelta(days=1)
USUAL_DAYS = 30
MOST_DAYS = 3_660
"""How long a span can be: readings older than ten years are refused."""

HOURS_UP_TO, DAYS_UP_TO = 3, 92
"""Of a span of so many days the table and the bars are of hours, of days; of a longer one of
months."""


class Shape(StrEnum):
    """How consumption is drawn."""

    CURVE = "curve"
    BARS = "bars"
    PERIODS = "periods"
    SITES = "sites"


RESOLUTIONS: dict[str, Promise] = {
    "": _("By itself"),
    By.SLOT: _("Each interval"),
    By.HOUR: _("Hours"),
    By.DAY: _("Days"),
    By.MONTH: _("Months"),
}
COMPARISONS: dict[str, Promise] = {
    Versus.NOTHING: _("Nothing"),
    Versus.PREVIOUS: _("The period before"),
    Versus.WEEKDAY: _("A year before, by weekday"),
    Versus.DATE: _("A year before, by date"),
}
BRIEF_COMPARISONS: dict[str, Promise] = {
    Versus.PREVIOUS: _("The period before"),
    Versus.WEEKDAY: _("A year before"),
    Versus.DATE: _("A year before"),
}
"""The same over a column of figures, under a form that says which year before it is."""

SHAPES: dict[str, Promise] = {
    Shape.CURVE: _("Curve"),
    Shape.BARS: _("Bars"),
    Shape.PERIODS: _("Bars by tariff period"),
    Shape.SITES: _("Bars by site"),
}


@dataclass(frozen=True)
class Asked:
    """The things, the days from `since` up to, not including, `until`, and how they are shown.

    `by` is empty where the resolution follows from the span.
    """

    what: tuple[str, ...]
    since: date
    until: date
    by: str
    versus: Versus
    shape: Shape

    @property
    def days(self) -> int:
        """How many days the span has."""
        return (self.until - self.since).days

    @property
    def last(self) -> date:
        """The last day of the span, as the form shows it."""
        return self.until - ONE_DAY

    @property
    def rows_by(self) -> By:
        """What the table and the bars are brought together by."""
        if self.by and not (self.by == By.SLOT and self.shape != Shape.CURVE):
            return By(self.by)
        if self.days <= HOURS_UP_TO:
            return By.HOUR
        return By.DAY if self.days <= DAYS_UP_TO else By.MONTH

    @property
    def is_curve(self) -> bool:
        """Whether a curve is drawn; months are bars."""
        return self.shape == Shape.CURVE and self.by != By.MONTH

    def query(self, **changed: object) -> str:
        """Return the query string that asks for the same but for what is changed."""
        known: dict[str, object] = {
            "what": list(self.what),
            "from": self.since.isoformat(),
            "to": self.last.isoformat(),
            "by": self.by,
            "versus": self.versus,
            "as": self.shape,
        }
        known |= changed
        return "?" + urlencode({name: each for name, each in known.items() if each}, doseq=True)

    def moved(self, way: int) -> str:
        """Return the query string of the span after this one (1), or before it (-1)."""
        since, until = self.since, self.until
        if since.day == until.day == 1:
            months = (until.year - since.year) * 12 + until.month - since.month
            since = add_months(since, way * months, anchor_day=1)
            until = add_months(until, way * months, anchor_day=1)
        else:
            since, until = since + way * self.days * ONE_DAY, until + way * self.days * ONE_DAY
        return self.query(**{"from": since.isoformat(), "to": (until - ONE_DAY).isoformat()})


def read(
    parameters: QueryDict,
    *,
    today: date,
    usual_days: int = USUAL_DAYS,
    most_days: int = MOST_DAYS,
) -> Asked:
    """Return what an address asks for; without days, the last `usual_days` up to today.

    Of a span of more than `most_days` the last of them.
    """
    last = parse_day(parameters.get("to")) or today
    last = min(max(last, date(2000, 1, 1)), today + timedelta(days=366))
    first = parse_day(parameters.get("from")) or last - (usual_days - 1) * ONE_DAY
    first = max(first, date(2000, 1, 1))
    if first > last:
        first, last = last, first
    first = max(first, last - (most_days - 1) * ONE_DAY)
    by, shape = parameters.get("by", ""), parameters.get("as", "")
    versus = parameters.get("versus", Versus.NOTHING)
    return Asked(
        what=tuple(dict.fromkeys(each for each in parameters.getlist("what") if each))[:MOST],
        since=first,
        until=last + ONE_DAY,
        by=by if by in RESOLUTIONS else "",
        versus=Versus(versus) if versus in COMPARISONS else Versus.NOTHING,
        shape=Shape(shape) if shape in SHAPES else Shape.CURVE,
    )


@dataclass(frozen=True)
class Span:
    """A span that is often wanted: its words and its address."""

    label: Promise
    query: str
    current: bool


def spans(asked: Asked, *, today: date) -> list[Span]:
    """Return the spans that are often wanted, up to today."""
    month = today.replace(day=1)
    year = month.replace(month=1)
    known: Mapping[Promise, tuple[date, date]] = {
        _("Yesterday"): (today - ONE_DAY, today - ONE_DAY),
        _("7 days"): (today - 6 * ONE_DAY, today),
        _("30 days"): (today - 29 * ONE_DAY, today),
        _("This month"): (month, add_months(month, 1, anchor_day=1) - ONE_DAY),
        _("Last month"): (add_months(month, -1, anchor_day=1), month - ONE_DAY),
        _("12 months"): (add_months(month, -11, anchor_day=1), today),
        _("This year"): (year, today),
    }
    return [
        Span(
            label,
            asked.query(**{"from": first.isoformat(), "to": last.isoformat()}),
            (asked.since, asked.last) == (first, last),
        )
        for label, (first, last) in known.items()
    ]
