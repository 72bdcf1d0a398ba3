"""Texts an account's warnings to its people: within their caps, paid for, or not at all.

Who is told by e-mail, and who is not disturbed at this hour, whoever warns decides: each text that
is not sent says why.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db import transaction

from vatio import task_queue
from vatio.accounts.locking import hold
from vatio.accounts.models import Account
from vatio.accounts.sms_spending import Cost, give_back, lock_wallets, reserve_all
from vatio.notifications.models import Message
from vatio.notifications.queueing import Recipient, queue, queue_to_leaders
from vatio.notifications.sms_queueing import Text, is_set_up, queue_texts, refuse_texts
from vatio.notifications.sms_segments import measure
from vatio.people.models import QuietHours, Telephone
from vatio.people.quiet_hours import quiet_until
from vatio.tenants.models import Person

LIFE = timedelta(minutes=60)
"""How long a warning is worth texting."""

DAY = timedelta(hours=24)
"""Within how long the caps count: any 24 hours, whatever the clock says."""

WARNING = "warning"
"""The template of warnings, by which the caps count them."""

TASK = "send_texts"
"""The task of `jobs` that delivers texts: woken at once, besides its own rhythm."""

NEVER_LEFT = [Message.State.FAILED, Message.State.TOO_LATE]


class Fate(StrEnum):
    """What became of a text: queued, known from before, or why it is not sent."""

    QUEUED = "queued"
    KNOWN = "known"
    NOT_SET_UP = "not set up"
    NO_TELEPHONE = "no telephone"
    PERSON_CAP = "person cap"
    ACCOUNT_CAP = "account cap"
    NO_CREDITS = "no credits"


@dataclass(frozen=True)
class WarningText:
    """A warning of an account for one person; `key` is its idempotency key."""

    account: Account
    person: Person
    text: str
    key: str


@transaction.atomic
def text(warnings: Sequence[WarningText], *, at: datetime) -> list[Fate]:
    """Queue warnings as texts, in their order, and spend their credits; return each one's fate.

    A number of statements that does not depend on how many they are. Two storms at once wait for
    each other: neither caps nor credits are exceeded together. A text that is not sent for a cap
    or for want of credits stays in the outbox, as failed, and is not tried again.

    :raises AccountGone: if one of the accounts was deleted, or is being deleted.
    """
    if not is_set_up():
        return [Fate.NOT_SET_UP] * len(warnings)
    numbers = _lock(warnings)
    known = set(
        Message.objects.filter(key__in=[each.key for each in warnings]).values_list(
            "key", flat=True
        )
    )
    fates = _judge(warnings, numbers, known, at=at)
    new = [
        _as_text(warning, numbers[warning.person.pk], at=at)
        for warning, fate in zip(warnings, fates, strict=True)
        if fate not in (Fate.KNOWN, Fate.NO_TELEPHONE)
    ]
    messages = queue_texts(new, at=at)
    fates = _pay(warnings, fates, messages, at=at)
    for fate in (Fate.PERSON_CAP, Fate.ACCOUNT_CAP, Fate.NO_CREDITS):
        refused = [
            messages[warning.key]
            for warning, own in zip(warnings, fates, strict=True)
            if own == fate and warning.key in messages
        ]
        if refused:
            refuse_texts(refused, fate.value, at=at)
    _tell_of_caps(zip(warnings, fates, strict=True), at=at)
    if Fate.QUEUED in fates:
        wake()
    return fates


def wake() -> None:
    """Let the worker deliver texts as soon as the transaction is committed."""
    task_queue.defer(TASK, lock=f"{TASK}-1", queueing_lock=f"{TASK}-1", timestamp=0)


def settle(message: Message, at: datetime) -> None:
    """Return the credits of a text that never left to its account: see `sms_delivery.Settled`.

    :raises AccountGone: if the account was deleted, or is being deleted: its text goes with it.
    """
    if message.account_id is not None:
        hold(message.account_id)
        give_back([message.pk], at=at)


def is_withheld(message: Message, at: datetime) -> bool:
    """Return whether a warning would come in its reader's quiet hours: see `Withheld`."""
    if message.template != WARNING or message.person_id is None:
        return False
    hours = QuietHours.objects.filter(person=message.person_id).first()
    return quiet_until(hours, at) is not None


def _lock(warnings: Sequence[WarningText]) -> dict[int, str]:
    """Hold the accounts, lock telephones and wallets, and return the number of each person."""
    accounts = sorted({warning.account.pk for warning in warnings})
    for account_id in accounts:
        hold(account_id)
    people = {warning.person.pk for warning in warnings}
    telephones = Telephone.objects.select_for_update().filter(person__in=people).exclude(number="")
    numbers = dict(telephones.order_by("person_id").values_list("person_id", "number"))
    lock_wallets(accounts)
    return numbers


def _judge(
    warnings: Sequence[WarningText], numbers: dict[int, str], known: set[str], *, at: datetime
) -> list[Fate]:
    """Return the fates before anything is paid for: each text counts for those behind it."""
    sent = Message.objects.filter(
        channel=Message.Channel.SMS, template=WARNING, queued_at__gt=at - DAY
    ).exclude(state__in=NEVER_LEFT)
    to_people = Counter(sent.filter(person__in=numbers).values_list("person", flat=True))
    accounts = {warning.account.pk for warning in warnings}
    of_accounts = Counter(sent.filter(account_id__in=accounts).values_list("account_id", flat=True))
    fates, seen = [], set(known)
    for warning in warnings:
        person, account = warning.person.pk, warning.account.pk
        if warning.key in seen:
            fates.append(Fate.KNOWN)
        elif person not in numbers:
            fates.append(Fate.NO_TELEPHONE)
        elif to_people[person] >= settings.SMS_A_DAY_PERSON:
            fates.append(Fate.PERSON_CAP)
        elif of_accounts[account] >= settings.SMS_A_DAY_ACCOUNT:
            fates.append(Fate.ACCOUNT_CAP)
        else:
            fates.append(Fate.QUEUED)
            to_people[person] += 1
            of_accounts[account] += 1
        seen.add(warning.key)
    return fates


def _pay(
    warnings: Sequence[WarningText], fates: list[Fate], messages: dict[str, int], *, at: datetime
) -> list[Fate]:
    """Spend the credits of what is to be sent; return the fates, of what is not paid for too."""
    asked = [
        Cost(warning.account.pk, messages[warning.key], measure(warning.text).segments)
        for warning, fate in zip(warnings, fates, strict=True)
        if fate == Fate.QUEUED and warning.key in messages
    ]
    paid = reserve_all(asked, at=at)
    settled = []
    for warning, fate in zip(warnings, fates, strict=True):
        if fate == Fate.QUEUED and warning.key not in messages:
            fate = Fate.KNOWN  # Another queued it after we had looked.
        elif fate == Fate.QUEUED and messages[warning.key] not in paid:
            fate = Fate.NO_CREDITS
        settled.append(fate)
    return settled


def _as_text(warning: WarningText, number: str, *, at: datetime) -> Text:
    return Text(
        key=warning.key,
        number=number,
        text=warning.text,
        template=WARNING,
        language=warning.person.language,
        send_before=at + LIFE,
        account_id=warning.account.pk,
        organisation_id=warning.account.organisation_id,
        person_id=warning.person.pk,
    )


def _tell_of_caps(fates: Iterable[tuple[WarningText, Fate]], *, at: datetime) -> None:
    """Tell a person, or an account's SuperAdministrators, once a day that a cap was reached."""
    day = at.date().isoformat()
    people, accounts = {}, {}
    for warning, fate in fates:
        if fate == Fate.PERSON_CAP:
            people[warning.person.pk] = warning
        elif fate == Fate.ACCOUNT_CAP:
            accounts[warning.account.pk] = warning
    for person_id, warning in people.items():
        queue(
            "sms_cap",
            [Recipient.of(warning.person)],
            key=f"sms_cap:person:{person_id}:{day}",
            context={"account": "", "most": settings.SMS_A_DAY_PERSON, "path": "/profile/"},
            at=at,
        )
    for account_id, warning in accounts.items():
        queue_to_leaders(
            "sms_cap",
            warning.account.organisation,
            key=f"sms_cap:account:{account_id}:{day}",
            context={
                "account": warning.account.name,
                "most": settings.SMS_A_DAY_ACCOUNT,
                "path": f"/accounts/{warning.account.uid}/sms/",
            },
            at=at,
            account_id=account_id,
        )
