"""Delivers the text messages of the outbox: each at most once.

A message is marked as being handed over before its request is sent. Whatever happens from there
on, only an answer of the gateway lets it be sent again: one that is found so later is uncertain,
for good. A message that certainly never left is settled together with `settled`, in one
transaction: whoever paid for it takes it back there.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from django.db import transaction
from django.db.models import Q, QuerySet

from vatio.notifications.delivery import (
    LEASE,
    RESERVE,
    Now,
    TakenOver,
    Tally,
    claim,
    hand_over,
    let_go,
    own_row,
)
from vatio.notifications.models import Message
from vatio.notifications.sms_gateway import SmsOutcomeUnknown, SmsRefusal, SmsUnreachable
from vatio.refusal import Refused

BATCH = 20
WAITS = [timedelta(seconds=seconds) for seconds in (10, 30, 60, 120, 300)]
"""Back-off: the wait after each failure; the last one repeats, within the message's life."""

Settled = Callable[[Message, datetime], None]
"""Called for a message that certainly never left, in the transaction that settles it, before its
row is written: locks of accounts come before those of messages."""


Withheld = Callable[[Message, datetime], bool]
"""Whether a message must not leave at an instant: its reader is in quiet hours by now."""

QUIET = "quiet hours"
"""The reason of what did not leave because it was withheld."""


class Transport(Protocol):
    """What text messages leave by; `keeps_texts` if the secret ones too stay to be read."""

    keeps_texts: bool

    def send(
        self, to: str, text: str, *, reference: str, handing_over: Callable[[], None]
    ) -> str: ...


def deliver_texts(
    transport: Transport | None,
    *,
    settled: Settled,
    now: Now,
    real: Now | None = None,
    withheld: Withheld | None = None,
) -> Tally:
    """Send all due text messages until none is due or the gateway is gone.

    Any number of senders may run at once.

    :param transport: None where there is no gateway: only what came too late is settled.
    :param real: the wall clock, where `now` may be the demo's clock.
    :param withheld: what it says must not leave any more is settled as too late.
    """
    tally = Tally()
    tally.too_late = _give_up_on_late(settled, at=now(), real=(real or now)())
    tally.uncertain = find_lost(at=now())
    if transport is None:
        return tally
    while True:
        batch = claim(at=now(), channel=Message.Channel.SMS, most=BATCH)
        if not batch:
            return tally
        for place, message in enumerate(batch):
            if now() + RESERVE > message.next_attempt_at:
                let_go(batch[place:], due_at=now())
                break
            late = (real or now)() if message.secret else now()
            if late >= message.send_before:
                tally.too_late += _return(message, Message.State.TOO_LATE, settled, at=now())
            elif withheld and withheld(message, now()):
                tally.too_late += _return(
                    message, Message.State.TOO_LATE, settled, at=now(), last_error=QUIET
                )
            elif not _send(transport, message, tally, settled, now=now):
                let_go(batch[place + 1 :], due_at=now() + WAITS[0])
                return tally


def find_lost(*, at: datetime) -> int:
    """Settle as uncertain the texts whose handover outlasted its lease; return how many."""
    begun = _texts(Message.State.HANDING_OVER).filter(claimed_at__lte=at - LEASE)
    begun.filter(secret=True).update(context={})
    return begun.update(state=Message.State.UNCERTAIN, settled_at=at)


def reference(message: Message) -> str:
    """Return what a message is called towards a gateway: the same each time it is tried."""
    return f"{message.pk}-{hashlib.sha256(message.key.encode()).hexdigest()[:16]}"


def _give_up_on_late(settled: Settled, *, at: datetime, real: datetime) -> int:
    """Settle the queued texts whose life is over, each by itself; return how many."""
    over = Q(secret=False, send_before__lte=at) | Q(secret=True, send_before__lte=real)
    late = list(_texts(Message.State.QUEUED).filter(over).order_by("id"))
    return sum(_return(message, Message.State.TOO_LATE, settled, at=at) for message in late)


def _send(
    transport: Transport, message: Message, tally: Tally, settled: Settled, *, now: Now
) -> bool:
    """Send one message, and settle it; return whether the gateway is still there."""
    try:
        given = transport.send(
            message.address,
            message.context["text"],
            reference=reference(message),
            handing_over=lambda: hand_over(message, at=now()),
        )
    except TakenOver:
        return True
    except SmsUnreachable as unreachable:
        _try_later(message, str(unreachable), at=now())
        tally.later += 1
        tally.errors.append(str(unreachable))
        return False
    except SmsRefusal as refusal:
        if refusal.for_good:
            tally.failed += _return(
                message, Message.State.FAILED, settled, at=now(), last_error=str(refusal)
            )
        else:
            _try_later(message, str(refusal), at=now())
            tally.later += 1
        return True
    except SmsOutcomeUnknown as unknown:
        _settle(message, Message.State.UNCERTAIN, at=now(), last_error=str(unknown))
        tally.uncertain += 1
        return True
    except Exception as error:
        # Whatever one message does, those behind it are sent: only what never began is returned.
        if message.state == Message.State.HANDING_OVER:
            _settle(message, Message.State.UNCERTAIN, at=now(), last_error=type(error).__name__)
            tally.uncertain += 1
        else:
            tally.failed += _return(
                message, Message.State.FAILED, settled, at=now(), last_error=type(error).__name__
            )
        return True
    _settle(
        message, Message.State.SENT, at=now(), gateway_id=given, keeps_text=transport.keeps_texts
    )
    tally.sent += 1
    return True


def _return(
    message: Message, state: Message.State, settled: Settled, *, at: datetime, last_error: str = ""
) -> int:
    """Settle a message that never left, together with its credits; return 1 if it was ours.

    Where another sender has claimed it since, or its account is gone, nothing changes.
    """
    try:
        with transaction.atomic():
            settled(message, at)
            _settle(message, state, at=at, last_error=last_error)
    except (TakenOver, Refused):
        return 0
    return 1


def _settle(
    message: Message,
    state: Message.State,
    *,
    at: datetime,
    last_error: str = "",
    gateway_id: str = "",
    keeps_text: bool = False,
) -> None:
    """Write what became of a message.

    A sent one is written so even where its sender outran its lease, and it was called uncertain.

    :raises TakenOver: if a message that never left is no longer this sender's.
    """
    blank: dict[str, object] = {"context": {}} if message.secret and not keeps_text else {}
    was_sent = state == Message.State.SENT
    whose = Message.objects.filter(pk=message.pk) if was_sent else own_row(message)
    changed = whose.update(
        state=state,
        settled_at=at,
        attempts=message.attempts + 1,
        last_error=last_error[:200],
        gateway_id=gateway_id,
        **blank,
    )
    if not changed and state in (Message.State.FAILED, Message.State.TOO_LATE):
        raise TakenOver


def _try_later(message: Message, last_error: str, *, at: datetime) -> None:
    wait = WAITS[min(message.attempts, len(WAITS) - 1)]
    own_row(message).update(
        state=Message.State.QUEUED,
        next_attempt_at=min(at + wait, max(message.send_before, at)),
        attempts=message.attempts + 1,
        last_error=last_error[:200],
    )


def _texts(state: Message.State) -> QuerySet[Message]:
    return Message.objects.filter(channel=Message.Channel.SMS, state=state)
