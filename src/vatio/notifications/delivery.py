"""Delivers the mail of the outbox: claimed in batches, handed over one by one, and settled."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from jinja2 import TemplateError

from vatio.notifications.composing import Sender, compose
from vatio.notifications.models import Message
from vatio.notifications.queueing import WORTH_SENDING
from vatio.notifications.rendering import render
from vatio.notifications.smtp import Mail, OutcomeUnknown, Refusal, SmtpConnection, Unreachable
from vatio.refusal import Refused
from vatio.tenants.addresses import NotAnAddress
from vatio.tenants.models import Membership

BATCH = 100
LEASE = timedelta(seconds=90)
"""The lease of a claimed message: after it, its sender counts as dead and another may claim."""

RESERVE = timedelta(seconds=30)
"""What must be left of its lease when a message is begun; a sender with less claims anew."""

WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360)]
"""Back-off: the wait after each failure; the last one repeats."""

CLAIM = """
UPDATE notifications_message SET next_attempt_at = %(lease)s
WHERE id IN (SELECT id FROM notifications_message
             WHERE state = 'queued' AND next_attempt_at <= %(at)s AND channel = %(channel)s
             ORDER BY next_attempt_at, id LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
RETURNING id
"""

UNSENT = [Message.State.FAILED, Message.State.TOO_LATE, Message.State.UNCERTAIN]

Now = Callable[[], datetime]
Context = Mapping[str, object]
Fill = Callable[[Message], Context | None]
"""Returns what a message says when it is sent; None if nothing is left for it to say."""


class TakenOver(Exception):
    """Another sender claimed the message, because this sender outran its lease."""


class NothingToRetry(Refused):
    """The message was sent, is waiting already, or is secret."""


@dataclass
class Tally:
    """How many messages of one run ended in each state, and the server's errors."""

    sent: int = 0
    failed: int = 0
    too_late: int = 0
    uncertain: int = 0
    empty: int = 0
    later: int = 0
    errors: list[str] = field(default_factory=list)


def own_context(message: Message) -> Context:
    """Return what a message was queued with."""
    context: Context = message.context
    return context


def deliver(
    connection: SmtpConnection,
    sender: Sender,
    *,
    now: Now,
    real: Now | None = None,
    fill: Fill = own_context,
) -> Tally:
    """Send all due messages, batch after batch, until none is due or the server is gone.

    Any number of senders may run at once. A message whose sender died is claimed again
    when its lease is over; only a message whose handover had begun may arrive twice,
    and then under the same Message-ID.

    :param real: the wall clock, where `now` may be the demo's clock.
    :param fill: what a message says that is made up of others; one with nothing to say is not sent.
    """
    tally = Tally()
    tally.too_late += give_up_on_late(at=now()) + give_up_on_secrets(real=(real or now)())
    tally.uncertain += find_uncertain(at=now())
    while True:
        batch = claim(at=now())
        if not batch:
            return tally
        for place, message in enumerate(batch):
            if now() + RESERVE > message.next_attempt_at:
                let_go(batch[place:], due_at=now())
                break
            if not _send(connection, sender, message, tally, now=now, fill=fill):
                let_go(batch[place + 1 :], due_at=now() + WAITS[0])
                return tally


def give_up_on_late(*, at: datetime) -> int:
    """Settle as too late the queued messages whose `send_before` has come; return how many."""
    late = _mail(Message.State.QUEUED).filter(send_before__lte=at, secret=False)
    return late.update(state=Message.State.TOO_LATE, settled_at=at)


def give_up_on_secrets(*, real: datetime) -> int:
    """Settle and blank the queued secret messages whose link has lapsed, by the wall clock."""
    late = _mail(Message.State.QUEUED).filter(send_before__lte=real, secret=True)
    return late.update(state=Message.State.TOO_LATE, settled_at=real, context={})


def find_uncertain(*, at: datetime) -> int:
    """Queue again the messages whose handover outlasted its lease, once each; return how many.

    A message found so a second time is settled as uncertain, and is not counted.
    """
    begun = _mail(Message.State.HANDING_OVER).filter(claimed_at__lte=at - LEASE)
    begun.filter(repeated=True).update(state=Message.State.UNCERTAIN, settled_at=at)
    return begun.filter(repeated=False).update(
        state=Message.State.QUEUED, repeated=True, next_attempt_at=at
    )


def _mail(state: Message.State) -> QuerySet[Message]:
    return Message.objects.filter(channel=Message.Channel.EMAIL, state=state)


def claim(
    *, at: datetime, channel: Message.Channel = Message.Channel.EMAIL, most: int = BATCH
) -> list[Message]:
    """Claim a batch of due messages under a lease, skipping rows that another sender locks."""
    asked = {"at": at, "lease": at + LEASE, "batch": most, "channel": channel.value}
    keys = [row.pk for row in Message.objects.raw(CLAIM, asked)]
    found = Message.objects.select_related("organisation", "person").in_bulk(keys)
    return [found[key] for key in keys]


def may_retry(message: Message) -> bool:
    """Return whether a message may be sent once more.

    Never a secret one, whose link is gone, nor a text message, which is sent at most once.
    """
    is_mail = message.channel == Message.Channel.EMAIL
    return is_mail and message.state in UNSENT and not message.secret


def retry(message: Message, *, at: datetime) -> None:
    """Queue once more a message that failed, was too late or is uncertain: «Reintentar».

    :raises NothingToRetry: if the message was sent, is waiting, is secret, or is no mail.
    """
    mail = Message.objects.filter(channel=Message.Channel.EMAIL, state__in=UNSENT, secret=False)
    changed = mail.filter(pk=message.pk).update(
        state=Message.State.QUEUED,
        next_attempt_at=at,
        send_before=at + WORTH_SENDING,
        settled_at=None,
        last_error="",
    )
    if not changed:
        raise NothingToRetry(_("This message waits to be sent, or was sent."))


def as_mail(
    message: Message, sender: Sender, *, at: datetime, context: Context | None = None
) -> Mail:
    """Return a message of the outbox as mail, in its recipient's language.

    :param context: what it says, if not what it was queued with.
    :raises NotAnAddress: if no server could take the recipient's address.
    """
    organisation = message.organisation
    return compose(
        render(message, address=sender.platform, context=context),
        sender=sender,
        to=message.address,
        message_id=message_id(message, sender.domain),
        at=at,
        organisation=organisation.name if organisation else "",
        reply_to=organisation.notice_address if organisation else "",
    )


def message_id(message: Message, domain: str) -> str:
    """Return a message's Message-ID: the same when sent again, so mail clients show it once."""
    digest = hashlib.sha256(message.key.encode()).hexdigest()[:20]
    return f"<{message.pk}.{digest}@{domain}>"


def _send(
    connection: SmtpConnection,
    sender: Sender,
    message: Message,
    tally: Tally,
    *,
    now: Now,
    fill: Fill,
) -> bool:
    """Send one message, and settle it; return whether the server is still there."""
    if message.only_leaders and not _still_leads(message):
        with override(message.language):
            _settle(
                message, Message.State.FAILED, at=now(), last_error=str(_("No longer leads it."))
            )
        tally.failed += 1
        return True
    try:
        context = fill(message)
        if context is None:
            _settle(message, Message.State.EMPTY, at=now())
            tally.empty += 1
            return True
        mail = as_mail(message, sender, at=now(), context=context)
    except NotAnAddress as refused:
        with override(message.language):
            _settle(message, Message.State.FAILED, at=now(), last_error=str(refused))
        tally.failed += 1
        return True
    except (TemplateError, ValueError, KeyError) as error:
        _settle(
            message, Message.State.FAILED, at=now(), last_error=f"{type(error).__name__}: {error}"
        )
        tally.failed += 1
        return True
    try:
        connection.send(mail, handing_over=lambda: hand_over(message, at=now()))
    except TakenOver:
        return True
    except Refusal as refusal:
        if refusal.for_good:
            _settle(message, Message.State.FAILED, at=now(), last_error=str(refusal))
            tally.failed += 1
        else:
            _try_later(message, str(refusal), at=now())
            tally.later += 1
        return True
    except Unreachable as unreachable:
        _try_later(message, str(unreachable), at=now())
        tally.later += 1
        tally.errors.append(str(unreachable))
        return False
    except OutcomeUnknown as unknown:
        _doubt(message, str(unknown), at=now())
        tally.uncertain += 1
        return False
    except Exception as error:
        # Whatever one message does to the connection, the messages behind it are sent.
        _fall(message, f"{type(error).__name__}: {error}", tally, at=now())
        return True
    _settle(message, Message.State.SENT, at=now())
    tally.sent += 1
    return True


def _fall(message: Message, last_error: str, tally: Tally, *, at: datetime) -> None:
    """Settle a message whose sending raised: uncertain if its handover had begun, else failed."""
    if message.state == Message.State.HANDING_OVER:
        _doubt(message, last_error, at=at)
        tally.uncertain += 1
    else:
        _settle(message, Message.State.FAILED, at=at, last_error=last_error)
        tally.failed += 1


def _still_leads(message: Message) -> bool:
    if message.person is None or not message.person.is_active:
        return False
    if message.person.is_commercial:
        return True
    return Membership.objects.filter(
        person=message.person, organisation=message.organisation
    ).exists()


def hand_over(message: Message, *, at: datetime) -> None:
    """Record, before the message's text is sent, that it may arrive from here on.

    :raises TakenOver: if the claim is no longer this sender's.
    """
    if not own_row(message).update(state=Message.State.HANDING_OVER, claimed_at=at):
        raise TakenOver
    message.state, message.claimed_at = Message.State.HANDING_OVER, at


def own_row(message: Message) -> QuerySet[Message]:
    """Return the message's row as this sender last wrote it: none, if another claimed it since."""
    return Message.objects.filter(
        pk=message.pk,
        state=message.state,
        next_attempt_at=message.next_attempt_at,
        claimed_at=message.claimed_at,
    )


def _settle(message: Message, state: Message.State, *, at: datetime, last_error: str = "") -> None:
    blank: dict[str, object] = {"context": {}} if message.secret else {}
    whose = (
        Message.objects.filter(pk=message.pk) if state == Message.State.SENT else own_row(message)
    )
    whose.update(
        state=state,
        settled_at=at,
        attempts=message.attempts + 1,
        last_error=last_error[:2000],
        **blank,
    )


def _try_later(message: Message, last_error: str, *, at: datetime) -> None:
    wait = WAITS[min(message.attempts, len(WAITS) - 1)]
    own_row(message).update(
        state=Message.State.QUEUED,
        next_attempt_at=at + wait,
        attempts=message.attempts + 1,
        last_error=last_error[:2000],
    )


def _doubt(message: Message, last_error: str, *, at: datetime) -> None:
    """Queue a message whose outcome is unknown again, once; the second time it is uncertain."""
    if message.repeated:
        _settle(message, Message.State.UNCERTAIN, at=at, last_error=last_error)
        return
    own_row(message).update(
        state=Message.State.QUEUED,
        repeated=True,
        next_attempt_at=at + WAITS[0],
        attempts=message.attempts + 1,
        last_error=last_error[:2000],
    )


def let_go(messages: list[Message], *, due_at: datetime) -> None:
    """Release claimed messages, unless another sender has claimed them since."""
    if messages:
        Message.objects.filter(
            pk__in=[message.pk for message in messages],
            state=Message.State.QUEUED,
            next_attempt_at=messages[0].next_attempt_at,
        ).update(next_attempt_at=due_at)
