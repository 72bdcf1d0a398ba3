"""The calendar of «Calidad de datos»: a strip of days for each series, a path for each look.

Days that follow one another and are alike are drawn as one. On a desk a strip runs along the
span and stretches with the page; on a phone it is folded, a row for each month.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from babel.dates import format_date
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext_lazy
from django.utils.translation import gettext as _

from vatio.consumption.quality.account_quality import QualitySpan
from vatio.consumption.quality.days import DayState, JudgedDay
from vatio.dates import written, written_month
from vatio.formats import joined, number

WIDTH, HEIGHT = 1000.0, 20
"""The size of a strip on a desk, in units of its own; it is stretched."""

CELL, ROW, LABEL = 9, 14, 44
"""The width of a day on a phone, the height of a month with its margin, and that of its name."""

TALL = 11
"""The height of a day on a phone."""

FOLDED = LABEL + 31 * CELL
"""The width of a folded strip."""

LEAST_NAMED = 18
"""How many days of a month must be in the span for its name to have room."""

LOOKS = {
    DayState.NOTHING: "day-nothing",
    DayState.COMPLETE: "day-complete",
    DayState.ESTIMATED: "day-estimated",
    DayState.PARTLY: "day-partly",
    DayState.MISSING: "day-missing",
    DayState.DOUBTFUL: "day-doubtful",
    DayState.INVALID: "day-invalid",
}
"""The CSS class of each state, in the order of the legend from the back."""

WORDS: dict[DayState, Promise] = {
    DayState.COMPLETE: gettext_lazy("Complete"),
    DayState.PARTLY: gettext_lazy("Partly there"),
    DayState.MISSING: gettext_lazy("No data"),
    DayState.ESTIMATED: gettext_lazy("With estimates"),
    DayState.DOUBTFUL: gettext_lazy("With doubtful values"),
    DayState.INVALID: gettext_lazy("With invalid values"),
    DayState.NOTHING: gettext_lazy("Nothing expected"),
}
"""The words of the legend."""

SAID = {
    DayState.COMPLETE: ngettext_lazy("%(num)s complete day", "%(num)s complete days", "count"),
    DayState.PARTLY: ngettext_lazy("%(num)s partly there", "%(num)s partly there", "count"),
    DayState.MISSING: ngettext_lazy("%(num)s without data", "%(num)s without data", "count"),
    DayState.ESTIMATED: ngettext_lazy("%(num)s with estimates", "%(num)s with estimates", "count"),
    DayState.DOUBTFUL: ngettext_lazy(
        "%(num)s with doubtful values", "%(num)s with doubtful values", "count"
    ),
    DayState.INVALID: ngettext_lazy(
        "%(num)s with invalid values", "%(num)s with invalid values", "count"
    ),
    DayState.NOTHING: ngettext_lazy(
        "%(num)s of which nothing is expected", "%(num)s of which nothing is expected", "count"
    ),
}


@dataclass(frozen=True)
class CalendarTick:
    """A mark above the strips, in per cent of their width; a `minor` one may be left out."""

    x: float
    words: str
    minor: bool


@dataclass(frozen=True)
class MonthLabel:
    """The name of a row of a folded strip, and where it stands."""

    y: float
    words: str


@dataclass(frozen=True)
class DayStrip:
    """The days of a series: paths by look, along the span and folded by month; `told` in words.

    `is_even` says that it need not be folded on a phone: no day stands out, or the days are few.
    """

    paths: list[tuple[str, str]]
    folded: list[tuple[str, str]]
    told: str
    is_even: bool


@dataclass(frozen=True)
class CalendarFrame:
    """What all strips of a page share: ticks, the lines between months, and the folded rows."""

    ticks: list[CalendarTick]
    months: str
    labels: list[MonthLabel]
    folded_height: int


def frame(span: QualitySpan) -> CalendarFrame:
    """Compute what all strips over a span share."""
    firsts = [(number, day) for number, day in enumerate(span.days) if day.day == 1 or number == 0]
    count = len(span.days)
    months = _months(span)
    inner = {day for day in months[1:] if day.month > 1}
    return CalendarFrame(
        ticks=_ticks(firsts, span),
        months="".join(f"M{_x(number, count)} 0V{HEIGHT}" for number, _day in firsts if number),
        labels=[
            MonthLabel(row * ROW + TALL - 1.5, _named(day, "LLL" if day in inner else "LLL yy"))
            for row, day in enumerate(months)
        ],
        folded_height=len(months) * ROW,
    )


def draw(days: Sequence[JudgedDay], span: QualitySpan) -> DayStrip:
    """Compute the strip of the judged days of a span."""
    states = [each.state for each in days]
    along: dict[str, list[str]] = defaultdict(list)
    folded: dict[str, list[str]] = defaultdict(list)
    for state, first, after in _runs(states):
        x, width = _x(first, len(days)), _x(after, len(days)) - _x(first, len(days))
        _put(along, state, x, 0, width, HEIGHT)
    rows = {day: row for row, day in enumerate(_months(span))}
    numbered = zip(span.days, states, strict=True)
    for (month, state), run in groupby(numbered, lambda one: (one[0].replace(day=1), one[1])):
        alike = [day.day for day, _state in run]
        x, width = LABEL + (alike[0] - 1) * CELL, len(alike) * CELL
        _put(folded, state, x, rows[month] * ROW, width, TALL)
    is_even = len(states) <= 31 or set(states) <= {DayState.COMPLETE, DayState.NOTHING}
    return DayStrip(_in_order(along), _in_order(folded), _told(states), is_even)


def _put(
    paths: Mapping[str, list[str]], state: DayState, x: float, y: float, width: float, height: int
) -> None:
    """Add a run of equal days; of one that is partly there, the upper half is missing."""
    if state == DayState.PARTLY:
        half = height / 2
        paths[LOOKS[DayState.MISSING]].append(_box(x, y, width, half))
        paths[LOOKS[state]].append(_box(x, y + half, width, half))
    else:
        paths[LOOKS[state]].append(_box(x, y, width, height))


def _box(x: float, y: float, width: float, height: float) -> str:
    return f"M{x:g} {y:g}h{round(width, 1):g}v{height:g}h{-round(width, 1):g}z"


def _in_order(paths: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    return [(look, "".join(paths[look])) for look in LOOKS.values() if look in paths]


def _runs(states: Iterable[DayState]) -> Iterator[tuple[DayState, int, int]]:
    """Yield each run of equal states: the state, its first day, and the day after its last."""
    first = 0
    for state, run in groupby(states):
        after = first + len(list(run))
        yield state, first, after
        first = after


def _x(number: int, count: int) -> float:
    return round(WIDTH * number / count, 1)


def _months(span: QualitySpan) -> list[date]:
    """Return the first day of each month that the span touches."""
    return sorted({day.replace(day=1) for day in span.days})


def _named(day: date, pattern: str) -> str:
    return format_date(day, pattern, locale=get_language() or "es")


def _ticks(firsts: Sequence[tuple[int, date]], span: QualitySpan) -> list[CalendarTick]:
    """Return the marks: the months of a year, or the weeks of a month."""
    count = len(span.days)
    if count <= 31:
        return [
            CalendarTick(round(100 * place / count, 2), _named(day, "d MMM"), minor=False)
            for place, day in enumerate(span.days)
            if place % 7 == 0 and place + 2 < count
        ]
    made: list[CalendarTick] = []
    ends = [place for place, _day in firsts[1:]] + [count]
    for (place, day), after in zip(firsts, ends, strict=True):
        if after - place < LEAST_NAMED:
            continue
        words = written_month(day) if day.month == 1 or not made else _named(day, "LLL")
        made.append(CalendarTick(round(100 * place / count, 2), words, minor=len(made) % 2 == 1))
    return made


def _told(states: Sequence[DayState]) -> str:
    counts = Counter(states)
    return joined(
        str(words % {"count": counts[state], "num": number(counts[state])})
        for state, words in SAID.items()
        if counts[state]
    )


def told_of(what: str, strip: DayStrip, span: QualitySpan) -> str:
    """Return in words what a strip shows, and of what."""
    return _("%(what)s, from %(since)s to %(until)s: %(days)s.") % {
        "what": what,
        "since": written(span.days[0]),
        "until": written(span.days[-1]),
        "days": strip.told,
    }
