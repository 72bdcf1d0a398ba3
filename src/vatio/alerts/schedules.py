"""Weekly schedules: 168 hours as people write them, and the working hours of sites.

A schedule has a letter for each hour of the local week from Monday 00:00 on, `1` where an alert
looks; empty for all of them.
"""

import re
from collections.abc import Iterable, Sequence
from unicodedata import combining, normalize

from vatio.alerts.models import AlertRule

DAYS, HOURS = 7, 24
ALWAYS, NEVER = "", "0" * AlertRule.HOURS

RANGE = re.compile(
    r"(?P<from>\d{1,2})(?:[:.h](?P<from_minutes>\d{2}))?\s*h?\s*(?:-|–|—|\ba\b|\bto\b)\s*"
    r"(?P<to>\d{1,2})(?:[:.h](?P<to_minutes>\d{2}))?\s*h?"
)
"""Matches hours of a day: 8-14, 8:00–14:30, 8 a 14, 8h to 14h."""

LETTERS: Sequence[Sequence[str]] = (
    ("l", "lu", "lun", "lunes", "mo", "mon", "monday", "mondays"),
    ("m", "ma", "mar", "martes", "tu", "tue", "tuesday", "tuesdays"),
    ("x", "mi", "mie", "miercoles", "we", "wed", "wednesday", "wednesdays"),
    ("j", "ju", "jue", "jueves", "th", "thu", "thursday", "thursdays"),
    ("v", "vi", "vie", "viernes", "fr", "fri", "friday", "fridays"),
    ("s", "sa", "sab", "sabado", "sabados", "sat", "saturday", "saturdays"),
    ("d", "do", "dom", "domingo", "domingos", "su", "sun", "sunday", "sundays"),
)
DAY_OF = {word: number for number, words in enumerate(LETTERS) for word in words}
"""The day of the week, 0 for Monday, by what it is called in Spanish and in English."""

SAYS_NOTHING = frozenset(
    ("de", "del", "y", "los", "las", "el", "la", "and", "from", "on", "h", "horas", "hours")
)
"""Words between days and hours that change nothing."""

EVERY_DAY = frozenset(("diario", "diariamente", "daily", "todos", "dias", "every", "day"))

TOKEN = re.compile(r"(?P<hours>HOURS\d+)|(?P<word>[a-z]+)|(?P<dash>[-–—/])|(?P<mark>[,;:.·+&()])")


class NotHours(ValueError):
    """A text names no hours of a day."""


def read_hours(text: str) -> str:
    """Return the 24 letters of the hours that a text names: 8-14, 16-20; none of an empty one.

    :raises NotHours: if it names none, or hours that are not whole.
    """
    made = ["0"] * HOURS
    for part in filter(None, (each.strip() for each in re.split(r"[,;]", text))):
        found = RANGE.fullmatch(part)
        if not found or any(int(found[name] or 0) for name in ("from_minutes", "to_minutes")):
            raise NotHours(text)
        first, last = int(found["from"]), int(found["to"])
        if not 0 <= first < last <= HOURS:
            raise NotHours(text)
        made[first:last] = ["1"] * (last - first)
    return "".join(made)


def written_hours(day: str) -> str:
    """Write the hours of a day of a schedule: 8-14, 16-20; nothing where it looks at none."""
    return ", ".join(f"{run.start()}-{run.end()}" for run in re.finditer("1+", day))


def days_of(schedule: str) -> list[str]:
    """Return the 24 letters of each day of a schedule; all hours of one that is always."""
    whole = schedule or "1" * AlertRule.HOURS
    return [whole[day * HOURS : (day + 1) * HOURS] for day in range(DAYS)]


def of_days(days: Iterable[str]) -> str:
    """Return the schedule of seven days of 24 letters; that of all hours is empty."""
    made = "".join(days)
    return made if "0" in made else ALWAYS


def outside(schedule: str) -> str:
    """Return the schedule that looks where another one does not."""
    return of_days(each.translate(str.maketrans("01", "10")) for each in days_of(schedule))


def of_working_hours(text: str) -> str | None:
    """Return the schedule of working hours as they are written of a site; None if not understood.

    «L-V 8:00-20:00, S 9-14», «Lunes a viernes de 8 a 14 y de 16 a 20», «Mon-Fri 8-18». Hours that
    have begun count whole; those past midnight are the next day's. Hours without a day before them
    are of every day.
    """
    plain = _plain(text)
    ranges: list[tuple[int, int]] = []

    def keep(found: "re.Match[str]") -> str:
        first = int(found["from"])
        last = int(found["to"]) + (int(found["to_minutes"] or 0) > 0)
        ranges.append((first, last))
        return f" HOURS{len(ranges) - 1} "

    left = RANGE.sub(keep, plain)
    if not ranges or any(not 0 <= one < HOURS or not 0 < two <= HOURS for one, two in ranges):
        return None
    week = ["0"] * AlertRule.HOURS
    days: list[int] = []
    is_range = has_hours = False
    if TOKEN.sub("", left).strip():
        return None
    for token in TOKEN.finditer(left):
        word = token["word"]
        if token["hours"]:
            for day in days or range(DAYS):
                _mark(week, day, *ranges[int(token["hours"][5:])])
            has_hours = True
        elif token["dash"] or (word in ("a", "al", "to") and days and not has_hours):
            is_range = True
        elif word in DAY_OF:
            days = [] if has_hours else days
            days += _up_to(days[-1], DAY_OF[word]) if is_range and days else [DAY_OF[word]]
            is_range = has_hours = False
        elif word in EVERY_DAY:
            days, has_hours = [*range(DAYS)], False
        elif word and word not in SAYS_NOTHING:
            return None
    made = "".join(week)
    return made if made != NEVER else None


def _mark(week: list[str], day: int, first: int, last: int) -> None:
    """Mark the hours of a day; those past midnight are of the next."""
    for hour in range(first, last if last > first else last + HOURS):
        week[(day * HOURS + hour) % AlertRule.HOURS] = "1"


def _up_to(first: int, last: int) -> list[int]:
    return [(first + n) % DAYS for n in range(1, (last - first) % DAYS + 1)]


def _plain(text: str) -> str:
    """Return a text in small letters without accents."""
    return "".join(
        letter for letter in normalize("NFKD", text.strip().lower()) if not combining(letter)
    )
