"""The calls of an RTC line on its page: «Llamar ahora», how far a call is, and those before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from vatio import clock, pagination
from vatio.collection import asking
from vatio.collection.models import CallAttempt, LineSettings
from vatio.collection.outcomes import ANSWERED, CallOutcome
from vatio.collection.watching.call_stories import (
    CallProgress,
    drift_of,
    is_wrong,
    progress_of,
    told,
)
from vatio.collection.watching.read_days import LineDay, LineDayState, gaps, read_days
from vatio.collection.watching.standing import LineStanding, standing_of
from vatio.dates import day_at
from vatio.formats import number
from vatio.metering.models import RtcLine
from vatio.refusal import Refused
from vatio.web.metering.found import line_of
from vatio.web.shell.access import ADMINISTRATOR, SUPERADMINISTRATOR, Request, only
from vatio.web.shell.account_frame import enter
from vatio.web.shell.redirects import back_to

CALLS = 20
"""How many calls are on a page."""

MOST_GAPS = 6
"""How many runs of days that are not whole are named; of more, how many there are."""

RECENT = timedelta(minutes=10)
"""For how long the page says above all else how a call that was asked for ended."""

ONE_DAY = timedelta(days=1)

STATES = (
    LineDayState.COMPLETE,
    LineDayState.INCOMPLETE,
    LineDayState.MISSING,
    LineDayState.UNREAD,
    LineDayState.EARLIER,
)


@require_POST
@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def call_now(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Ask for a call of a line at once."""
    account = enter(request, to_change=True).account
    line = line_of(account, thing, request.user)
    try:
        asking.ask(line, by=request.user, at=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(back_to(request.POST, reverse("line", args=[uid, thing])))


@require_POST
@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def withdraw(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Take back the call that was asked for, while no collector has taken it up."""
    account = enter(request, to_change=True).account
    line = line_of(account, thing, request.user)
    calls = CallAttempt.objects.visible_to(request.user).filter(line=line)
    waiting = calls.open().first()
    if waiting is not None and not asking.withdraw(waiting):
        messages.error(request, _("The collector has taken it up already."))
    return redirect(back_to(request.POST, reverse("line", args=[uid, thing])))


@dataclass(frozen=True)
class GapRun:
    """Consecutive days that are not whole, both included, and how many hours lack."""

    first: date
    last: date
    missing: int
    is_empty: bool


def shown(
    parameters: Mapping[str, str],
    line: RtcLine,
    settings: LineSettings | None,
    *,
    zone: str,
    at: datetime,
) -> dict[str, object]:
    """Return what the page of a line shows of its calls and of what they brought."""
    calls = told(line)
    current = calls.open().first()
    progress = progress_of(current, at=at) if current else None
    known = standing_of(line, at=at)
    read_until = settings.hours_until if settings else None
    today = day_at(at, zone)
    days = read_days(line, read_until=read_until, time_zone=zone, today=today) if settings else []
    clocked = drift_of(line)
    runs = _runs(gaps(days))
    page = pagination.page(calls, order=["-id"], parameters=parameters, size=CALLS)
    latest = page.rows[0] if page.rows and page.first is None else None
    return {
        "at": at,
        "calls": page,
        "current": current,
        "progress": progress,
        "is_open": progress not in (None, CallProgress.LOST),
        "can_be_called": settings is not None
        and line.is_in_service
        and progress in (None, CallProgress.LOST),
        "just_ended": latest if latest and _has_just_ended(latest, at=at) else None,
        "answered": ANSWERED,
        "outcomes": dict(CallOutcome.choices),
        "standings": dict(LineStanding.choices),
        "one_day": ONE_DAY,
        "known": known,
        "key_is_refused": progress is None and _key_is_refused(known, settings),
        "read_until": read_until,
        "last_good_day": read_until - ONE_DAY if read_until else None,
        "days": days,
        "has_come": any(each.present for each in days),
        "day_counts": {state: sum(each.state == state for each in days) for state in STATES},
        "runs": runs[:MOST_GAPS],
        "more_runs": len(runs[MOST_GAPS:]),
        "clocked": clocked,
        "clock_words": _clock(clocked.drift) if clocked and clocked.drift is not None else "",
        "clock_is_wrong": bool(clocked and clocked.drift and is_wrong(clocked.drift)),
    }


def _has_just_ended(call: CallAttempt, *, at: datetime) -> bool:
    """Return whether somebody who asked for a call may still wait to read how it ended."""
    return call.asked_at is not None and call.ended_at is not None and at - call.ended_at < RECENT


def _key_is_refused(known: Any, settings: LineSettings | None) -> bool:
    """Return whether the last call ended with a key that is the same still."""
    refused = known.last_outcome == CallOutcome.WRONG_KEY
    return settings is not None and refused and known.last_called_at >= settings.changed_at


def _runs(days: Sequence[LineDay]) -> list[GapRun]:
    """Return the runs of consecutive days that are not whole, the latest first."""
    runs: list[GapRun] = []
    for each in days:
        is_empty = each.state == LineDayState.MISSING
        lacking = each.hours - each.present
        if runs and runs[-1].last + ONE_DAY == each.day and runs[-1].is_empty is is_empty:
            was = runs.pop()
            runs.append(GapRun(was.first, each.day, was.missing + lacking, is_empty))
        else:
            runs.append(GapRun(each.day, each.day, lacking, is_empty))
    return runs[::-1]


def _clock(drift: int) -> str:
    """Return in words how far a meter's clock is from ours, in seconds."""
    if not drift:
        return _("It agrees with ours")
    seconds = {"num": number(abs(drift))}
    if drift > 0:
        return ngettext("%(num)s s ahead", "%(num)s s ahead", drift) % seconds
    return ngettext("%(num)s s behind", "%(num)s s behind", -drift) % seconds


PLACE = "accounts/<uuid:uid>/installation/lines/<uuid:thing>"

urlpatterns = [
    path(f"{PLACE}/call/", call_now, name="line_call"),
    path(f"{PLACE}/withdraw/", withdraw, name="line_withdraw"),
]
