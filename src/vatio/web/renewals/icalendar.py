"""Writes the accounts that end as events of a calendar, in the way of RFC 5545."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event, vText

UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What a text of a calendar may not have, or some programs take for a new line."""

FRESH_FOR = timedelta(hours=6)
"""How often a calendar program is asked to look again."""


@dataclass(frozen=True)
class CalendarEvent:
    """One account's end, as an event of a whole day: what it says, and when that last changed."""

    uid: str
    day: date
    summary: str
    lines: Sequence[str]
    category: str
    address: str
    revised_at: datetime
    moves: int


def tag(name: str, words: str, endings: Sequence[CalendarEvent]) -> str:
    """Name what a calendar says now, without writing it."""
    return hashlib.sha256(repr((name, words, endings)).encode()).hexdigest()[:32]


def write(name: str, words: str, endings: Sequence[CalendarEvent]) -> bytes:
    """Write a calendar of a name, with what it says of itself."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Vatio//Renewals//ES")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", vText(plain(name)))
    calendar.add("x-wr-caldesc", vText(plain(words)))
    calendar.add("refresh-interval", FRESH_FOR, parameters={"VALUE": "DURATION"})
    for ending in endings:
        calendar.add_component(_event(ending))
    return bytes(calendar.to_ical(sorted=False))


def _event(ending: CalendarEvent) -> Event:
    event = Event()
    event.add("uid", ending.uid)
    event.add("dtstamp", ending.revised_at.replace(microsecond=0))
    event.add("dtstart", ending.day)
    event.add("summary", plain(ending.summary))
    event.add("description", "\n".join(plain(line) for line in ending.lines))
    event.add("categories", [plain(ending.category)])
    event.add("url", ending.address)
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("sequence", ending.moves)
    return event


def plain(text: str) -> str:
    """Write a text on one line, without what a calendar may not have."""
    return UNWRITABLE.sub(" ", text)
