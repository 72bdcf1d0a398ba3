"""Writes the accounts that end as the events of an iCalendar file (RFC 5545)."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event, vText

UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""Characters that RFC 5545 forbids in a text, or that some programs take for a line break."""

FRESH_FOR = timedelta(hours=6)
"""The refresh interval suggested to calendar programs (RFC 7986)."""


@dataclass(frozen=True)
class CalendarEvent:
    """An account's end as an all-day event; `revised_at` is when its content last changed."""

    uid: str
    day: date
    summary: str
    lines: Sequence[str]
    category: str
    address: str
    revised_at: datetime
    moves: int


def tag(name: str, words: str, endings: Sequence[CalendarEvent]) -> str:
    """Return a hash of a calendar's content, for its ETag, without writing the calendar."""
    return hashlib.sha256(repr((name, words, endings)).encode()).hexdigest()[:32]


def write(name: str, words: str, endings: Sequence[CalendarEvent]) -> bytes:
    """Write an iCalendar file with its name, its description (`words`) and its events."""
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
    """Return a text on one line, each unwritable character replaced by a space."""
    return UNWRITABLE.sub(" ", text)
