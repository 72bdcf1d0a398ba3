"""The demo's gateways: they post what their meters stand at to the demo's own door."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction

from vatio import env
from vatio.accounts.expiry import collects
from vatio.accounts.models import Account
from vatio.dates import day_at
from vatio.demo import filling, tokens_file
from vatio.demo.counters import Counter, counters
from vatio.demo.energy.receiving import received
from vatio.demo.energy.registers import registers
from vatio.demo.filling import FillStep
from vatio.demo.measured import MeasuredSeries, measured
from vatio.demo_clock.models import Fill
from vatio.metering.quantities import QUANTITIES
from vatio.readings.slots import day_of, local_day, start

MOST_POSTS = 3
"""How many days, each in a request, a gateway catches up with in one go."""

PATIENCE = 10.0
"""Seconds that a gateway waits for an answer."""

Posted = dict[str, Any]
Post = Callable[[str, bytes], bytes | None]
"""Posts a body with a token, and returns the answer; None if it was not taken."""


def send(*, at: datetime, post: Post) -> int:
    """Send what gateways have not sent up to `at`; return how many requests were taken.

    What is not taken is sent again the next time: the door takes the same twice without harm.
    """
    fill = Fill.objects.filter(id=Fill.FIRST).first()
    if fill is None:
        return 0
    return sum(
        _send(step, made_on=fill.made_on, at=at, post=post)
        for step in filling.steps_of(fill)
        if step.is_filled
    )


def _send(step: FillStep, *, made_on: date, at: datetime, post: Post) -> int:
    """Send what the gateway of an account has not sent, day by day."""
    account = Account.objects.filter(pk=step.account).first()
    if account is None or not collects(account, today=day_at(at, account.time_zone)):
        return 0
    inserted = [each for each in measured(account, made_on=made_on) if each.is_inserted]
    if not inserted:
        return 0
    token = tokens_file.token_of(inserted[0].source_id)
    taken, series = 0, inserted[0].series
    sent_until = step.sent_until or _end_of_history(step, series.time_zone, series.minutes)
    for _post in range(MOST_POSTS):
        until = _next_stop(sent_until, at.timestamp(), series.time_zone)
        messages = list(_messages(inserted, sent_until, until))
        if until <= sent_until:
            break
        answer = post(token, json.dumps(messages).encode()) if messages else b"{}"
        if answer is None or _is_early(answer):
            break
        _remember(account.pk, until)
        sent_until, taken = until, taken + bool(messages)
    return taken


def _end_of_history(step: FillStep, time_zone: str, minutes: int) -> float:
    """Return the instant of the last register of the history."""
    return local_day(date.fromisoformat(step.target), time_zone).begins - minutes * 60


def _next_stop(since: float, until: float, time_zone: str) -> float:
    """Return where a request ends: with the local day after `since`, or the quarter at `until`."""
    ends = day_of(since + 1, time_zone).ends
    quarter = until // 900 * 900
    return min(float(ends), quarter) if ends > since else quarter


def _messages(inserted: Sequence[MeasuredSeries], since: float, until: float) -> Iterator[Posted]:
    """Yield what gateways read after one instant up to and including another, by device.

    A register is of the instant at which it is read; a mean, of the slot that ends then.
    """
    key = inserted[0].series
    counting = counters(inserted, begins=day_of(since, key.time_zone).day)
    by_place: dict[tuple[str, float], list[dict[str, float]]] = {}
    for each in inserted:
        for instant, value in _read(each, counting.get(each.series.id), since, until):
            shown = value / QUANTITIES[each.profile.quantity].factor
            item = {"p": each.profile.quantity, "v": round(shown, 6)}
            by_place.setdefault((each.did, instant), []).append(item)
    for (did, instant), items in sorted(by_place.items(), key=lambda pair: pair[0][1]):
        moment = datetime.fromtimestamp(instant, UTC)
        yield {"did": did, "ts": moment.isoformat(), "values": items}


def _read(
    each: MeasuredSeries, counter: Counter | None, since: float, until: float
) -> Iterator[tuple[float, float]]:
    """Yield instants and values in base units."""
    key, profile = each.series, each.profile
    shift = 0 if counter is not None else key.minutes * 60
    day = day_of(since - shift, key.time_zone).day
    while (local := local_day(day, key.time_zone)).begins <= until - shift:
        came = received(profile, day=day, time_zone=key.time_zone, minutes=key.minutes).values
        values: Sequence[float | None] = came
        if counter is not None:
            values = registers(
                profile,
                counter.first,
                since=counter.since,
                day=day,
                time_zone=key.time_zone,
                minutes=key.minutes,
            )
        for slot, (value, arrived) in enumerate(zip(values, came, strict=True)):
            instant = start(local, slot, key.minutes)
            if value is not None and arrived is not None and since < instant + shift <= until:
                yield instant, value
        day += timedelta(days=1)


def _is_early(answer: bytes) -> bool:
    """Return whether the door thinks that readings are of the future: its clock is behind."""
    refused: Sequence[Mapping[str, Any]] = json.loads(answer).get("refused", ())
    return any(each["code"] == "ahead" for each in refused)


@transaction.atomic
def _remember(account_id: int, until: float) -> None:
    fill = filling.locked()
    steps = filling.steps_of(fill)
    for step in steps:
        if step.account == account_id:
            step.sent_until = max(step.sent_until, until)
    if fill is not None:
        filling.save(fill, steps)


def to_own_door(token: str, body: bytes) -> bytes | None:
    """Post a body to this platform's own `POST /readings`; None if it was not taken."""
    address = env.text("VATIO_BIND", "127.0.0.1")
    host = "127.0.0.1" if address in ("", "0.0.0.0", "::") else address  # noqa: S104
    port = env.number("PORT", default=8000, least=1, most=65535)
    place = f"[{host}]" if ":" in host else host
    request = urllib.request.Request(
        f"http://{place}:{port}/readings",
        data=body,
        headers={
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Host": "127.0.0.1",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            content: bytes = answer.read()
            return content
    except (OSError, urllib.error.URLError):
        return None
