"""Rate limits: how often something may be tried, counted in the database for all processes.

Each limit is a bucket that holds a number of attempts and gets one back after each interval. It is
one row: the moment at which the bucket is full again. One conditional statement takes an attempt,
so that of attempts at the same time no more get through than the bucket holds.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vatio.formats import number
from vatio.people.models import RateLimit
from vatio.refusal import Refused


@dataclass(frozen=True)
class Limit:
    """So many attempts at once, and one more after each interval."""

    name: str
    most: int
    every: timedelta


class TooOften(Refused):
    """Something was tried as often as its limit allows; `wait` is until it may be tried again."""

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        words = _("Too many attempts. You can try again in %(time)s.")
        super().__init__(words % {"time": _said(wait)})


TAKE = """
INSERT INTO people_ratelimit AS own (key, full_at) VALUES (%(key)s, %(at)s + %(every)s)
ON CONFLICT (key) DO UPDATE SET full_at = greatest(own.full_at, %(at)s) + %(every)s
WHERE own.full_at <= %(at)s + %(every)s * %(others)s
RETURNING full_at
"""


def take(limit: Limit, subject: str, *, at: datetime) -> None:
    """Take an attempt from the bucket of a subject: an address, a device, a person.

    :raises TooOften: if the bucket is empty.
    """
    key = _key(limit, subject)
    values: dict[str, Any] = {
        "key": key,
        "at": at,
        "every": limit.every,
        "others": limit.most - 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values)
        if cursor.fetchone() is not None:
            return
    full_at = RateLimit.objects.filter(key=key).values_list("full_at", flat=True).first() or at
    room_at = full_at - limit.every * (limit.most - 1)
    raise TooOften(max(room_at - at, timedelta(seconds=1)))


def give_back(limit: Limit, subject: str) -> None:
    """Put an attempt back that turned out to be none, such as a right password."""
    RateLimit.objects.filter(key=_key(limit, subject)).update(full_at=F("full_at") - limit.every)


def forget_full(*, at: datetime) -> None:
    """Delete the buckets that are full again: they say nothing any more."""
    RateLimit.objects.filter(full_at__lte=at).delete()


def _key(limit: Limit, subject: str) -> str:
    """Return the key of a bucket, from which nobody can tell the subject."""
    return salted_hmac(f"vatio.rate_limits.{limit.name}", subject, algorithm="sha256").hexdigest()


def _said(wait: timedelta) -> str:
    seconds = ceil(wait.total_seconds())
    if seconds < 60:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": number(seconds)}
    minutes = ceil(seconds / 60)
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": number(minutes)}
