"""The drawing of a heat map: days as columns on a wide page, as rows on a narrow one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from babel.dates import format_date
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from vatio.analysis.classes import limits_of
from vatio.analysis.heat import HOURS, HeatGrid, HourRow, by_hours, hour_table
from vatio.dates import written
from vatio.formats import joined, number
from vatio.web.analysis.bars import written_length
from vatio.web.analysis.chart_numbers import decimals_for, fixed, shortest
from vatio.web.analysis.heat_cells import LOOKS, CellPath, HeatBox, gaps_of, paths_of, runs_of

WIDE_LEFT, WIDE_TOP, WIDE_WIDTH, WIDE_HEIGHT = 46.0, 26.0, 1250.0, 360.0
NARROW_LEFT, NARROW_TOP, NARROW_WIDTH, NARROW_HEIGHT = 44.0, 22.0, 264.0, 730.0
WIDEST_DAY, TALLEST_SLOT = 180.0, 48.0
LOWEST_DAY, TALLEST_DAY = 2.0, 24.0

MANY_DAYS = 62
"""From how many days on the ticks are months, not days."""

APART, NARROW_APART = 58.0, 15.0
"""How far apart the words of ticks are, at least: to the right, and down."""

MONTH_APART = 0.55
"""The same for months, whose words are short, as a share of it."""

SHOWN_HOURS = (0, 6, 12, 18, 24)


@dataclass(frozen=True)
class HeatTick:
    """A mark at an edge: its place along it, its words, and those of a second line."""

    at: float
    words: str
    under: str = ""


@dataclass(frozen=True)
class HeatPlot:
    """One of the two drawings: in its own coordinates the plot begins at `left` and `top`.

    A day is `day` long and a slot `slot`; `slots` of them make a day. `unusual` marks the days of
    23 and 25 hours.
    """

    left: float
    top: float
    width: float
    height: float
    full_width: float
    full_height: float
    day: float
    slot: float
    slots: int
    is_down: bool
    cells: list[CellPath]
    gaps: list[HeatBox]
    days: list[HeatTick]
    hours: list[HeatTick]
    unusual: list[HeatTick]

    @property
    def scale(self) -> str:
        """The factors that make days and slots of the paths' units."""
        x, y = (self.slot, self.day) if self.is_down else (self.day, self.slot)
        return f"{x:g} {y:g}"

    @property
    def geometry(self) -> str:
        """What finds a cell: left, top, day, slot, slots, and 1 where days go down."""
        down = int(self.is_down)
        return f"{self.left:g} {self.top:g} {self.day:g} {self.slot:g} {self.slots} {down}"


@dataclass(frozen=True)
class HeatKey:
    """An entry of the legend: a class and between which values it is."""

    look: str
    words: str


@dataclass(frozen=True)
class HeatDrawing:
    """Everything that the template draws; `told` says the same in words.

    `first` is the first day, `count` how many there are, `hours` the rows of the table, their
    values in base units, which `figure` writes.
    """

    what: str
    unit: str
    factor: float
    decimals: int
    grid: HeatGrid
    wide: HeatPlot
    narrow: HeatPlot
    key: list[HeatKey]
    hours: list[HourRow]
    notes: list[str]
    told: str

    @property
    def first(self) -> date:
        """The first day."""
        return self.grid.days[0]

    @property
    def has_gaps(self) -> bool:
        """Whether anything is missing in the drawing."""
        return bool(self.wide.gaps)

    @property
    def words(self) -> str:
        """The words of the script, as JSON."""
        return json.dumps(script_words(self.what), ensure_ascii=False)

    def figure(self, value: float | None) -> str:
        """Return a value in the unit of the drawing, without it; a dash where there is none."""
        return "–" if value is None else fixed(value / self.factor, self.decimals)

    def when(self, row: HourRow) -> str:
        """Return when the highest value of an hour was: vie 17 jul 2026, 20:45."""
        if row.highest_at is None:
            return "–"
        place, slot = row.highest_at
        minutes = slot * self.grid.step // 60
        day = _format(self.grid.days[place], "EEE d MMM y")
        return f"{day}, {minutes // 60:02d}:{minutes % 60:02d}"


def draw_heat(grid: HeatGrid, *, what: str, unit: str, factor: float) -> HeatDrawing | None:
    """Compute the drawing of a grid; None without any value.

    :param what: what the values are, for the words: Potencia.
    :param unit: the unit of the figures, of which one is `factor` units of the grid.
    """
    known = grid.known()
    if not known:
        return None
    limits = limits_of(known, factor=factor)
    hours = hour_table(grid)
    decimals = min(decimals_for(max(abs(known[0]), abs(known[-1])) / factor) or 1, 2)
    drawn = HeatDrawing(
        what=what,
        unit=unit,
        factor=factor,
        decimals=decimals,
        grid=grid,
        wide=_wide(grid, limits),
        narrow=_narrow(by_hours(grid), limits),
        key=_key(limits, known[0], factor),
        hours=hours,
        notes=_notes(grid),
        told="",
    )
    return _with_words(drawn)


def script_words(what: str) -> dict[str, str]:
    """Return what the script says of a cell, in the reader's language."""
    return {
        "value": what,
        "none": _("no data"),
        "absent": _("this hour does not exist"),
        "twice": _("The clocks went back: this hour occurs twice"),
        "summer": _("Summer time"),
        "winter": _("Winter time"),
        "period": _("Tariff period"),
        "untariffed": _("no tariff"),
        "contracted": _("Contracted power"),
        "estimated": _("Estimated, not measured"),
        "doubtful": _("Doubtful"),
        "partial": _("A part is missing"),
    }


def _with_words(drawn: HeatDrawing) -> HeatDrawing:
    """Describe a drawing in words: when it is highest and lowest in the day, what is missing."""
    told = []
    usual = [(row.mean, row.hour) for row in drawn.hours if row.mean is not None]
    if usual:
        (least, low), (most, high) = min(usual), max(usual)
        if drawn.figure(least) == drawn.figure(most):
            words = _("%(what)s is the same at every hour: %(most)s %(unit)s on average.")
        else:
            words = _(
                "%(what)s is highest from %(high)s (%(most)s %(unit)s on average) and lowest from "
                "%(low)s (%(least)s %(unit)s)."
            )
        told.append(
            words
            % {
                "what": drawn.what,
                "unit": drawn.unit,
                "high": _hour(high),
                "low": _hour(low),
                "most": drawn.figure(most),
                "least": drawn.figure(least),
            }
        )
        told.append(_("The table has the means of each hour."))
    grid = drawn.grid
    if grid.missing:
        told.insert(-1, _missing(grid))
    return replace(drawn, told=" ".join(told) or drawn.what)


def _missing(grid: HeatGrid) -> str:
    return _("%(time)s without data, of %(days)s.") % {
        "time": written_length(grid.missing * grid.step // 60),
        "days": ngettext("%(n)s day", "%(n)s days", len(grid.days)) % {"n": number(len(grid.days))},
    }


def _hour(hour: int) -> str:
    return _("%(from)s to %(until)s") % {
        "from": f"{hour:02d}:00",
        "until": f"{(hour + 1) % HOURS:02d}:00",
    }


def _notes(grid: HeatGrid) -> list[str]:
    """Return what is to be known of the drawing: what is missing, which days are longer."""
    notes = []
    if grid.missing:
        notes.append(_missing(grid))
    short = [grid.days[k] for k, hours in grid.unusual.items() if 0 < hours < HOURS]
    long = [grid.days[k] for k, hours in grid.unusual.items() if hours > HOURS]
    if short:
        told = {"days": joined(map(written, short))}
        notes.append(_("On %(days)s the clocks went forward: an hour is left out.") % told)
    if long:
        told = {"days": joined(map(written, long))}
        words = _("On %(days)s the clocks went back: the hour that occurs twice shows its mean.")
        notes.append(words % told)
    return notes


def _key(limits: Sequence[float], least: float, factor: float) -> list[HeatKey]:
    """Return the legend; where all is the same, its one value."""
    written_limits = [shortest(limit / factor) for limit in limits]
    if not written_limits:
        return [HeatKey(LOOKS[0], shortest(least / factor))]
    pairs = list(pairwise(written_limits))
    if limits[0] < 0:
        between = [_("%(low)s to %(high)s") % {"low": low, "high": high} for low, high in pairs]
    else:
        between = [f"{low}–{high}" for low, high in pairs]
    words = [
        _("under %(limit)s") % {"limit": written_limits[0]},
        *between,
        _("%(limit)s or more") % {"limit": written_limits[-1]},
    ]
    return [HeatKey(look, each) for look, each in zip(LOOKS, words, strict=False)]


def _wide(grid: HeatGrid, limits: list[float]) -> HeatPlot:
    day = round(min(WIDE_WIDTH / len(grid.days), WIDEST_DAY), 3)
    slot = round(min(WIDE_HEIGHT / grid.slots, TALLEST_SLOT), 3)
    height, runs = slot * grid.slots, list(runs_of(grid, limits))
    return HeatPlot(
        left=WIDE_LEFT,
        top=WIDE_TOP,
        width=round(day * len(grid.days), 1),
        height=round(height, 1),
        full_width=WIDE_LEFT + WIDE_WIDTH + 4,
        full_height=round(WIDE_TOP + height + 40),
        day=day,
        slot=slot,
        slots=grid.slots,
        is_down=False,
        cells=paths_of(runs, is_down=False),
        gaps=gaps_of(runs, day, slot, is_down=False),
        days=_day_ticks(grid.days, day, APART),
        hours=_hour_ticks(height, grid.slots),
        unusual=_unusual(grid, day),
    )


def _narrow(grid: HeatGrid, limits: list[float]) -> HeatPlot:
    day = round(min(max(NARROW_HEIGHT / len(grid.days), LOWEST_DAY), TALLEST_DAY), 3)
    slot = round(min(NARROW_WIDTH / grid.slots, NARROW_WIDTH), 3)
    height, runs = day * len(grid.days), list(runs_of(grid, limits))
    return HeatPlot(
        left=NARROW_LEFT,
        top=NARROW_TOP,
        width=round(slot * grid.slots, 1),
        height=round(height, 1),
        full_width=NARROW_LEFT + NARROW_WIDTH + 32,
        full_height=round(NARROW_TOP + height + 8),
        day=day,
        slot=slot,
        slots=grid.slots,
        is_down=True,
        cells=paths_of(runs, is_down=True),
        gaps=gaps_of(runs, day, slot, is_down=True),
        days=_day_ticks(grid.days, day, NARROW_APART),
        hours=_hour_ticks(slot * grid.slots, grid.slots),
        unusual=_unusual(grid, day),
    )


def _unusual(grid: HeatGrid, day: float) -> list[HeatTick]:
    return [
        HeatTick(round((place + 0.5) * day, 1), f"{shortest(hours)} h")
        for place, hours in grid.unusual.items()
        if hours
    ]


def _hour_ticks(length: float, slots: int) -> list[HeatTick]:
    """Return the hours along a day; none where a day is one slot."""
    if slots == 1:
        return []
    return [HeatTick(round(length * hour / HOURS, 1), f"{hour:02d}") for hour in SHOWN_HOURS]


def _day_ticks(days: Sequence[date], length: float, apart: float) -> list[HeatTick]:
    """Return months with their years, or of a few weeks days with their months."""
    if len(days) > MANY_DAYS:
        places = [k for k, day in enumerate(days) if day.day == 1 or not k]
        if len(places) > 1 and places[1] * length < apart * MONTH_APART:
            del places[0]
        apart *= MONTH_APART
        words, under = "LLL", "y"
    else:
        every = next(n for n in (1, 2, 7, 14, MANY_DAYS) if n * length >= apart or n == MANY_DAYS)
        monday = -days[0].weekday() % 7 if every >= 7 else 0
        places = list(range(monday, len(days), every)) or [0]
        words, under = "EEE d", "LLL y"
    found: list[HeatTick] = []
    seen, after = "", 0.0
    for place in places:
        at = round(place * length, 1)
        if at < after:
            continue
        after = at + apart
        second = _format(days[place], under)
        found.append(HeatTick(at, _format(days[place], words), second if second != seen else ""))
        seen = second
    return found


def _format(day: date, pattern: str) -> str:
    return format_date(day, pattern, locale=get_language() or "es")
