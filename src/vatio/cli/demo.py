"""`vatio demo`: lists its people, lets days pass, and answers as a simulated meter."""

import argparse
import json
import time
from dataclasses import asdict
from datetime import datetime

from django.conf import settings
from django.db import connection

from vatio import clock
from vatio.cli import joining, meters
from vatio.dates import DEPARTMENT_TIME_ZONE
from vatio.demo import passing
from vatio.demo.people import listed
from vatio.demo_clock import advancing
from vatio.jobs import post
from vatio.jobs import texts as sms
from vatio.processes.supervisor import CannotStart, say
from vatio.tenants.platform import is_demo

WORKER_STARTS = 5.0
"""Seconds that a worker may take from its start until it is heard of."""


def people(arguments: argparse.Namespace) -> int:
    """Print the people of the demo, one a line or as JSON."""
    joining.running()
    found = listed()
    connection.close()
    if not found:
        raise CannotStart("This platform is not the demo: it has no people to list.")
    if arguments.json:
        say(json.dumps([person.as_dict() for person in found], ensure_ascii=False))
        return 0
    for person in found:
        say(f"{person.email}  {person.password}  {person.role}  {person.organisation}")
    return 0


def advance(arguments: argparse.Namespace) -> int:
    """Move the demo's clock forward by some days, and print what happened.

    Each day's messages leave before the next begins: the worker sees to it where there is one,
    else this command, if EMAIL_URL is set for it.
    """
    days = advancing.parse_days(arguments.days)
    with joining.database():
        before = advancing.totals()
        advancing.ask(days)
        if settings.EMAIL_URL:
            advancing.carry_on(_send_all, arrive=passing.on_each_day)
        else:
            _wait_for_the_worker_to_move_the_clock()
            advancing.carry_on(lambda: 0, arrive=passing.on_each_day)
        passed = advancing.since(before)
        clock.forget()
        day = clock.today(DEPARTMENT_TIME_ZONE)
    if arguments.json:
        say(json.dumps({"today": day.isoformat(), **asdict(passed)}))
        return 0
    say(
        f"{day}: {_several(passed.reminders, 'reminder')} queued,"
        f" {_several(passed.expired, 'account')} expired,"
        f" {_several(passed.lapsed, 'order')} lapsed, {_several(passed.sent, 'message')} sent."
    )
    return 0


def meter(arguments: argparse.Namespace) -> int:
    """Answer as a simulated utility meter, by the demo's clock, until the process is stopped."""
    joining.running()
    is_the_demo = is_demo()
    connection.close()
    if not is_the_demo:
        raise CannotStart("This platform is not the demo: it has no use for a simulated meter.")
    clock.follow(True)
    return meters.run_meter(arguments, now=_now_once, say=say)


def _now_once() -> datetime:
    """Return the demo's time, and leave no connection to the database behind in a thread."""
    try:
        return clock.now()
    finally:
        connection.close()


def _several(count: int, noun: str) -> str:
    """Return a count with its noun: 1 reminder, 2 reminders."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _wait_for_the_worker_to_move_the_clock() -> None:
    """Wait until the clock has no days to go, or no worker has been there for some seconds."""
    seen_at = time.monotonic()
    while advancing.days_to_go() and time.monotonic() - seen_at < WORKER_STARTS:
        if advancing.worker_is_there():
            seen_at = time.monotonic()
        time.sleep(0.1)


def _send_all() -> int:
    """Deliver the mails and the text messages that are due, and return how many left."""
    return post.send_all().sent + sms.send_texts().sent
