"""`vatio collect`: calls RTC lines, for ever, once, or one of them."""

import asyncio
import json
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.utils.translation import gettext as _

from vatio.collection import asking
from vatio.collection.collecting import Collector, DatabaseLost
from vatio.collection.models import CallAttempt
from vatio.collection.outcomes import ANSWERED
from vatio.keys import parse_uuid
from vatio.metering.models import RtcLine
from vatio.refusal import Refused

Beside = Callable[[], AbstractAsyncContextManager[object]]
"""What runs beside a collector, in its process."""

Say = Callable[[str], None]
Now = Callable[[], datetime]
T = TypeVar("T")

LOST = "The database was lost: every call was broken off, and goes on where it was."


def run_for_ever(*, now: Now, say: Say, beside: Beside = nullcontext) -> int:
    """Collect until SIGTERM or SIGINT; 1 if the database is lost."""
    try:
        asyncio.run(_collect(Collector(now=now, at_once=settings.COLLECT_AT_ONCE), beside))
    except DatabaseLost:
        say(LOST)
        return 1
    return 0


def run_once(*, now: Now, as_json: bool, say: Say, beside: Beside = nullcontext) -> int:
    """Call what is due and what was asked for, then end; 1 if a line did not answer."""
    collector = Collector(now=now, at_once=settings.COLLECT_AT_ONCE)
    made = asyncio.run(_finish(collector, collector.once, beside))
    return _tell(made, as_json=as_json, say=say)


def run_line(uid: str, *, now: Now, as_json: bool, say: Say, beside: Beside = nullcontext) -> int:
    """Call a line now, whatever the hour; 1 if it did not answer.

    A collector that runs may take the call up first: then it is waited for.

    :raises Refused: as `asking.ask` does, and if there is no such line.
    """
    key = parse_uuid(uid)
    line = key and RtcLine.objects.filter(uid=key).select_related("account").first()
    if not line:
        raise Refused(_("There is no RTC line %(uid)s.") % {"uid": uid})
    attempt = asking.ask(line, by=None, at=now())
    collector = Collector(now=now, at_once=1)
    asyncio.run(_finish(collector, lambda: collector.call(line.pk, attempt.pk), beside))
    if not CallAttempt.objects.filter(pk=attempt.pk).exists():
        raise Refused(_("The call was taken back before it was made."))
    return _tell([attempt.pk], as_json=as_json, say=say)


async def _collect(collector: Collector, beside: Beside) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        async with beside():
            await collector.run(stop)
    finally:
        collector.close()


async def _finish(collector: Collector, act: Callable[[], Awaitable[T]], beside: Beside) -> T:
    try:
        async with beside():
            return await act()
    finally:
        collector.close()


def _tell(made: Sequence[int], *, as_json: bool, say: Say) -> int:
    """Print what became of calls; 1 if a line did not answer."""
    calls = CallAttempt.objects.filter(pk__in=made).select_related("line__supply_point", "account")
    told = [_facts(each) for each in calls.order_by("pk")]
    if as_json:
        say(json.dumps({"calls": told}, ensure_ascii=False))
    else:
        for each in calls.order_by("pk"):
            say(f"{each.account.name} · {each.line.supply_point.name}: {_words(each)}")
        if not told:
            say(_("No line is to be called now."))
    return 0 if all(each["outcome"] in ANSWERED for each in told) else 1


def _words(call: CallAttempt) -> str:
    return str(call.get_outcome_display() or _("It is being called"))


def _facts(call: CallAttempt) -> dict[str, object]:
    took = call.ended_at - call.started_at if call.ended_at and call.started_at else None
    return {
        "line": str(call.line.uid),
        "account": call.account.name,
        "supply_point": call.line.supply_point.name,
        "outcome": call.outcome,
        "seconds": None if took is None else round(took.total_seconds(), 3),
        "hours": call.hours,
        "quarters": call.quarters,
        "missing": call.missing,
        "new": call.new,
        "corrected": call.corrected,
        "first_on": call.first_on and call.first_on.isoformat(),
        "last_on": call.last_on and call.last_on.isoformat(),
        "drift": call.drift,
    }
