"""The picture of a load curve: steps of its intervals, or of their mean where there are many.

It stretches with the page. What is a length along the time is a share of the whole in per cent;
the curve alone is drawn in units of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from math import ceil, floor, inf, log10
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from vatio.formats import amount, number
from vatio.readings.ranks import Flag, How, flags_of, how_of
from vatio.readings.slots import day_of, local_day

MOST_STEPS = 400
"""Of more intervals, as many are drawn as their mean, with a band from the least to the highest."""

WIDTH, TOP, BOTTOM = 1000.0, 12.0, 188.0
MOST_TICKS = 14
LEAST_SHOWN = 0.3
"""The width in per cent of the narrowest gap; those that are closer together are drawn as one."""

SECONDS_A_DAY = 86_400


class Slot(NamedTuple):
    """An interval: its start (seconds since 1970, UTC), its amount (None: missing), quality."""

    start: int
    value: float | None
    quality: int = 0


@dataclass(frozen=True)
class CurveScale:
    """What stands at the foot of a picture and at its top, in base units."""

    low: float
    high: float

    @property
    def marks(self) -> list[float]:
        """The foot, what stands between, and the top; nought is one of them."""
        return [
            self.low,
            (self.high if self.low == 0 else 0) / (2 if self.low == 0 else 1),
            self.high,
        ]


@dataclass(frozen=True)
class Strip:
    """A stretch of time: where it begins and how long it is, in per cent of the picture."""

    x: float
    width: float


@dataclass(frozen=True)
class Tick:
    """A mark under the picture; one that is `minor` has no room on a phone."""

    x: float
    words: str
    minor: bool


@dataclass(frozen=True)
class CurveDrawing:
    """Everything that the template draws, and the same in words."""

    line: str
    band: str
    gaps: list[Strip]
    estimated: list[Strip]
    doubtful: list[Strip]
    grid: list[tuple[float, str]]
    ticks: list[Tick]
    told: str
    scale: CurveScale

    def height(self, value: float) -> float:
        """Return how far down a value stands in the picture."""
        return _up(value, self.scale)


@dataclass
class _Step:
    """Intervals that are drawn as one step."""

    count: int = 0
    total: float = 0
    least: float = 0
    most: float = 0
    is_estimated: bool = False
    is_doubtful: bool = False

    def add(self, value: float, quality: int) -> None:
        """Add an interval."""
        self.least = min(self.least, value) if self.count else value
        self.most = max(self.most, value) if self.count else value
        self.count += 1
        self.total += value
        if quality:
            is_estimated, is_doubtful = _marks(quality)
            self.is_estimated |= is_estimated
            self.is_doubtful |= is_doubtful


@cache
def _marks(quality: int) -> tuple[bool, bool]:
    """Return whether a quality is marked as estimated, and whether as doubtful."""
    is_doubtful = bool(flags_of(quality) & (Flag.DOUBTFUL | Flag.INVALID))
    return how_of(quality) in {How.ESTIMATED, How.SPREAD}, is_doubtful


def draw(
    slots: Sequence[Slot],
    *,
    minutes: int,
    time_zone: str,
    factor: float,
    unit: str,
    what: str,
    adds: bool = True,
    now: float = inf,
    levels: Sequence[float] = (),
) -> CurveDrawing | None:
    """Compute the picture of some intervals in order of time; None without any amount.

    :param minutes: how long an interval is.
    :param time_zone: the IANA zone of the days.
    :param factor: how many base units one of `unit` is.
    :param what: what the curve is of, for its words.
    :param now: the instant, in seconds since 1970, from which on nothing is missing yet.
    :param adds: whether the values are amounts; of powers and other states no sum is told.
    :param levels: what the picture has room for besides, as a threshold.
    """
    known = [each for each in slots if each.value is not None]
    if not known:
        return None
    length = minutes * 60
    begins, ends = slots[0].start, slots[-1].start + length
    steps, together = _steps(slots, begins, ends, length)
    counted = [each for each in steps if each.count]
    most = [*(each.most for each in counted), *levels]
    scale = _scale(most, [*(each.least for each in counted), *levels], factor)
    gaps = [(a, b if b <= now else int(now)) for a, b in _gaps(slots, length) if a < now]
    return CurveDrawing(
        line=_line(steps, together, begins, ends, length, scale),
        band=_band(steps, together, begins, ends, length, scale) if together > 1 else "",
        gaps=strips([(a - begins, b - begins) for a, b in gaps], ends - begins),
        estimated=_marked(steps, [each.is_estimated for each in steps]),
        doubtful=_marked(steps, [each.is_doubtful for each in steps]),
        grid=[(_up(value, scale), amount(value / factor)) for value in scale.marks],
        ticks=_ticks(begins, ends, time_zone),
        told=_told(known, gaps, minutes, time_zone, factor, unit, what, adds=adds),
        scale=scale,
    )


def _steps(slots: Iterable[Slot], begins: int, ends: int, length: int) -> tuple[list[_Step], int]:
    """Return the steps, and how many intervals each stands for."""
    count = max(round((ends - begins) / length), 1)
    together = ceil(count / MOST_STEPS)
    steps = [_Step() for _each in range(ceil(count / together))]
    for each in slots:
        if each.value is not None:
            place = min(round((each.start - begins) / length) // together, len(steps) - 1)
            steps[place].add(each.value, each.quality)
    return steps, together


def _gaps(slots: Sequence[Slot], length: int) -> list[tuple[int, int]]:
    """Return from when up to, not including, when amounts are missing."""
    found: list[tuple[int, int]] = []
    after = slots[0].start
    for each in slots:
        if each.value is None:
            continue
        # A day of 25 hours is no gap before the next.
        if each.start - after > (length // 2 if length >= SECONDS_A_DAY else 0):
            found.append((after, each.start))
        after = each.start + length
    end = slots[-1].start + length
    return [*found, (after, end)] if after < end else found


def strips(stretches: Iterable[tuple[float, float]], whole: float) -> list[Strip]:
    """Return stretches as strips wide enough to be seen, those close together as one."""
    found: list[tuple[float, float]] = []
    for since, until in stretches:
        left, right = since / whole * 100, until / whole * 100
        right = max(right, left + LEAST_SHOWN)
        if found and left - found[-1][1] < LEAST_SHOWN:
            found[-1] = found[-1][0], right
        else:
            found.append((left, right))
    return [Strip(round(a, 2), round(min(b, 100) - a, 2)) for a, b in found]


def _marked(steps: Sequence[_Step], marks: Sequence[bool]) -> list[Strip]:
    runs = [(place, place + 1) for place, is_marked in enumerate(marks) if is_marked]
    return strips(runs, len(steps))


def _edges(place: int, together: int, begins: int, ends: int, length: int) -> tuple[float, float]:
    whole = ends - begins
    left = place * together * length / whole
    right = min((place + 1) * together * length / whole, 1)
    return round(left * WIDTH, 1), round(right * WIDTH, 1)


def _line(
    steps: Sequence[_Step], together: int, begins: int, ends: int, length: int, scale: CurveScale
) -> str:
    path, is_down = [], False
    for place, each in enumerate(steps):
        if each.count:
            left, right = _edges(place, together, begins, ends, length)
            y = _up(each.total / each.count, scale)
            path.append(f"V{y:g}H{right:g}" if is_down else f"M{left:g} {y:g}H{right:g}")
        is_down = bool(each.count)
    return "".join(path)


def _band(
    steps: Sequence[_Step], together: int, begins: int, ends: int, length: int, scale: CurveScale
) -> str:
    """Return the outline between the least and the highest: there above, and back below."""
    path, back = [], list[str]()
    for place, each in enumerate(steps):
        left, right = _edges(place, together, begins, ends, length)
        if each.count:
            high, low = _up(each.most, scale), _up(each.least, scale)
            path.append(f"V{high:g}H{right:g}" if back else f"M{left:g} {high:g}H{right:g}")
            back.append(f"V{low:g}H{left:g}")
        if back and (not each.count or place == len(steps) - 1):
            path += [*reversed(back), "Z"]
            back = []
    return "".join(path)


def _up(value: float, scale: CurveScale) -> float:
    share = (value - scale.low) / (scale.high - scale.low)
    return round(BOTTOM - (BOTTOM - TOP) * min(max(share, 0), 1), 1)


def _scale(most: Sequence[float], least: Sequence[float], factor: float) -> CurveScale:
    """Return a scale from nought, or from a round number below what is negative."""
    high = _round_up(max(*most, 0.0) / factor) * factor
    lowest = min(*least, 0.0)
    return CurveScale(-_round_up(-lowest / factor) * factor if lowest < 0 else 0.0, high)


def _round_up(value: float) -> float:
    """Return a number that can be halved at sight, above a value: 1, 1.2, 1.6, 2, 2.4 …"""
    if value <= 0:
        return 1
    tens = 10.0 ** floor(log10(value))
    return next(
        (n * tens for n in (1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8) if n * tens > value), 10 * tens
    )


def _ticks(begins: int, ends: int, time_zone: str) -> list[Tick]:
    """Return the marks of hours, days or months, as many as there is room for."""
    first = day_of(begins, time_zone).day
    last = day_of(ends - 1, time_zone).day
    days = [
        local_day(first.fromordinal(n), time_zone)
        for n in range(first.toordinal(), last.toordinal() + 1)
    ]
    language = get_language() or "es"
    if len(days) <= 2:
        marks = [
            (at, format_datetime(_moment(at, time_zone), "HH:mm", locale=language))
            for at in range(days[0].begins, ends, 3 * 3600 * len(days))
        ]
    elif len(days) <= 62:
        marks = [(each.begins, format_date(each.day, "d MMM", locale=language)) for each in days]
    else:
        pattern = "LLL" if len(days) <= 400 else "LLL y"
        marks = [
            (each.begins, format_date(each.day, pattern, locale=language))
            for each in days
            if each.day.day == 1
        ]
    apart = ceil(len(marks) / MOST_TICKS)
    half = 1 if len(marks) / apart <= MOST_TICKS / 2 else 2
    whole = ends - begins
    return [
        Tick(round((at - begins) / whole * 100, 2), words, bool(place % half))
        for place, (at, words) in enumerate(marks[::apart])
        if begins <= at and (at - begins) / whole <= 0.95
    ]


def _told(
    known: Sequence[Slot],
    gaps: Sequence[tuple[int, int]],
    minutes: int,
    time_zone: str,
    factor: float,
    unit: str,
    what: str,
    *,
    adds: bool,
) -> str:
    """Return in words what the picture shows."""
    highest = max(known, key=lambda each: each.value or 0)
    language = get_language() or "es"
    words = (
        _(
            "%(what)s from %(since)s to %(until)s: %(total)s %(unit)s in all; at most %(most)s"
            " %(unit)s in %(minutes)s minutes, on %(when)s."
        )
        if adds
        else _("%(what)s from %(since)s to %(until)s: at most %(most)s %(unit)s, on %(when)s.")
    )
    told = words % {
        "what": what,
        "since": _written(known[0].start, time_zone),
        "until": _written(known[-1].start, time_zone),
        "total": amount(sum(each.value or 0 for each in known) / factor),
        "unit": unit,
        "most": amount((highest.value or 0) / factor),
        "minutes": number(minutes),
        "when": format_datetime(
            _moment(highest.start, time_zone), "d MMM y, HH:mm", locale=language
        ),
    }
    if gaps:
        told += " " + ngettext("%(num)s gap.", "%(num)s gaps.", len(gaps)) % {
            "num": number(len(gaps))
        }
    return told


def _written(at: int, time_zone: str) -> str:
    return format_date(_moment(at, time_zone), "d MMM y", locale=get_language() or "es")


def _moment(at: int, time_zone: str) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(time_zone))
