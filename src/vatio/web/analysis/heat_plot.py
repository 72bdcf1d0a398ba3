"""The two plots of a heat map: days to the right on a wide page, downwards on a narrow one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from django.utils.translation import get_language

from vatio.analysis.heat import HOURS, HeatGrid
from vatio.web.analysis.chart_numbers import shortest
from vatio.web.analysis.heat_cells import HeatBox, gaps_of, paths_of, runs_of
from vatio.web.analysis.look_paths import LookPath

WIDE_LEFT, WIDE_TOP, WIDE_WIDTH, WIDE_HEIGHT = 46.0, 26.0, 1250.0, 360.0
NARROW_LEFT, NARROW_TOP, NARROW_WIDTH, NARROW_HEIGHT = 44.0, 22.0, 264.0, 730.0
TALLEST_SLOT = 48.0
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
    cells: list[LookPath]
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


def wide_plot(grid: HeatGrid, limits: list[float]) -> HeatPlot:
    """Compute the plot of a wide page, from classes' limits."""
    day = round(WIDE_WIDTH / len(grid.days), 3)
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


def narrow_plot(grid: HeatGrid, limits: list[float]) -> HeatPlot:
    """Compute the plot of a narrow page, for whose width a grid of hours is fine enough."""
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
