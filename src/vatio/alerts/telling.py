"""Tells people of episodes: once when one opens, once when it worsens, once when it closes.

The rows of the episodes are locked, and the moment of telling is written with the message: of two
who tell at once one tells. What has a key is queued once besides.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from vatio.accounts.models import Account
from vatio.alerts.holding import hold_free
from vatio.alerts.kinds import DAILY, Severity
from vatio.alerts.models import AlertEpisode, AlertHeld, AlertRecipient
from vatio.alerts.quiet import is_quiet
from vatio.alerts.wording import Facts, described
from vatio.notifications.queueing import Recipient, queue
from vatio.tenants.models import Person

MOST_APART = 5
"""How many openings of an account are told one by one, within `STORM`; more are one message."""

STORM = timedelta(minutes=10)

WORTH_TEXTING = timedelta(hours=2)
"""How long after its interval ended an episode is texted, unless it is of a daily kind."""

MOMENTS = ("told_opened_at", "told_worsened_at", "told_closed_at", "told_together")

NEW = Q(told_opened_at__isnull=True, late=False, muted=False, withdrawn=False)
OVER = Q(told_opened_at__isnull=False, told_closed_at__isnull=True, ends__isnull=False)
GRAVER = Q(told_opened_at__isnull=False, told_worsened_at__isnull=True, worsened_at__isnull=False)


class What(StrEnum):
    """What is told of an episode. One that opened and closed meanwhile is told as closed alone."""

    OPENED = "opened"
    WORSENED = "worsened"
    CLOSED = "closed"


@dataclass(frozen=True)
class WarnedPerson:
    """An episode that a person is to be told of by SMS; `key` is the text's idempotency key."""

    account: Account
    person: Person
    episode: AlertEpisode
    what: What
    facts: Facts
    key: str


Texting = Callable[[Sequence[WarnedPerson]], None]
"""Queues texts, in the transaction that tells."""


@dataclass
class _Told:
    """An episode and what is told of it; `is_new` if nobody was told of it before."""

    episode: AlertEpisode
    what: What
    is_new: bool
    listeners: list[AlertRecipient] = field(default_factory=list)


@transaction.atomic
def tell(accounts: Collection[int], *, at: datetime, text: Texting | None = None) -> int:
    """Queue what people of accounts have to be told of now; return of how many episodes.

    An episode that somebody else has locked is told by whoever that is, or the next time.

    :param text: is handed those who are told by SMS, at most once for an episode and a moment.
    """
    rows = (
        AlertEpisode.objects.filter(NEW | OVER | GRAVER, account__in=hold_free(accounts))
        .select_for_update(no_key=True, of=("self",), skip_locked=True)
        .select_related("rule")
        .order_by("id")
    )
    by_account: dict[int, list[AlertEpisode]] = defaultdict(list)
    for row in rows:
        by_account[row.account_id].append(row)
    found = Account.objects.select_related("organisation").in_bulk(by_account)
    return sum(_tell(found[key], own, at=at, text=text) for key, own in by_account.items())


@transaction.atomic
def tell_waiting(*, at: datetime, text: Texting | None = None) -> int:
    """Tell what waited: openings behind a storm, and what was held over quiet hours."""
    waiting = AlertEpisode.objects.filter(NEW | OVER | GRAVER)
    told = tell(_accounts_of(waiting), at=at, text=text)
    return told + _end_quiet_hours(at=at)


def _accounts_of(rows: QuerySet[Any]) -> list[int]:
    return list(rows.values_list("account_id", flat=True).distinct())


def _tell(
    account: Account, episodes: Sequence[AlertEpisode], *, at: datetime, text: Texting | None
) -> int:
    told = [_judge(each) for each in episodes]
    spoken = [each for each in told if not _is_muted(each.episode, at)]
    openings = [each for each in spoken if each.is_new]
    together = _is_storm(account, openings, at=at)
    if together and _told_together(account, at=at):
        spoken = [each for each in spoken if not each.is_new]
        told = [each for each in told if not each.is_new or each not in openings]
        together = False
    together = together or sum(each.what == What.CLOSED for each in spoken) > MOST_APART
    _find_listeners(account, spoken)
    facts = described(account, [each.episode for each in spoken])
    if together:
        _queue_together(account, spoken, facts, at=at)
    else:
        for each in spoken:
            _queue_apart(account, each, facts[each.episode.pk], at=at)
    if text:
        _text(account, spoken, facts, text, at=at)
    for each in told:
        _mark(each, together=together, at=at)
    AlertEpisode.objects.bulk_update([each.episode for each in told], MOMENTS, batch_size=500)
    return len(told)


def _judge(episode: AlertEpisode) -> _Told:
    is_new = episode.told_opened_at is None
    if not episode.is_open and episode.told_closed_at is None:
        return _Told(episode, What.CLOSED, is_new)
    return _Told(episode, What.OPENED if is_new else What.WORSENED, is_new)


def _is_muted(episode: AlertEpisode, at: datetime) -> bool:
    until = episode.rule.muted_until
    return until is not None and until > at


def _mark(told: _Told, *, together: bool, at: datetime) -> None:
    episode = told.episode
    episode.told_opened_at = episode.told_opened_at or at
    episode.told_together = episode.told_together or (together and told.is_new)
    if episode.worsened_at is not None:
        episode.told_worsened_at = episode.told_worsened_at or at
    if told.what == What.CLOSED:
        episode.told_closed_at = at


def _is_storm(account: Account, openings: Sequence[_Told], *, at: datetime) -> bool:
    if not openings:
        return False
    recent = AlertEpisode.objects.filter(account=account, told_opened_at__gt=at - STORM).count()
    return recent + len(openings) > MOST_APART


def _told_together(account: Account, *, at: datetime) -> bool:
    """Return whether a message of many was sent within `STORM`: the next waits for its end."""
    return AlertEpisode.objects.filter(
        account=account, told_together=True, told_opened_at__gt=at - STORM
    ).exists()


def _find_listeners(account: Account, told: Iterable[_Told]) -> None:
    """Add to each whom its rule tells of those who still have a role in the account."""
    by_rule: dict[int, list[AlertRecipient]] = defaultdict(list)
    rules = {each.episode.rule_id for each in told}
    rows = AlertRecipient.objects.filter(
        Q(person__account_roles__account=account)
        | Q(person__memberships__organisation=account.organisation_id),
        rule__in=rules,
        person__is_active=True,
    ).select_related("person")
    for row in rows.distinct().order_by("id"):
        by_rule[row.rule_id].append(row)
    for each in told:
        each.listeners = by_rule[each.episode.rule_id]


def _queue_apart(account: Account, told: _Told, facts: Facts, *, at: datetime) -> None:
    """Queue a message to each who is told of one episode; hold it over quiet hours."""
    people = [each.person for each in told.listeners if each.by_mail]
    _hold(told, [each for each in people if is_quiet(each, at)], at=at)
    queue(
        "alert",
        [Recipient.of(each) for each in people if not is_quiet(each, at)],
        key=f"alert:{told.episode.pk}:{told.what}",
        context={**facts, "what": told.what.value},
        at=at,
        organisation=account.organisation,
        account_id=account.pk,
    )


def _queue_together(
    account: Account, told: Sequence[_Told], facts: dict[int, Facts], *, at: datetime
) -> None:
    """Queue one message to each who is told of many episodes."""
    by_person: dict[Person, list[_Told]] = defaultdict(list)
    for each in told:
        for listener in each.listeners:
            if listener.by_mail and is_quiet(listener.person, at):
                _hold(each, [listener.person], at=at)
            elif listener.by_mail:
                by_person[listener.person].append(each)
    for person, own in by_person.items():
        key = f"alerts:{account.pk}:{own[0].episode.pk}:{own[0].what}:{len(own)}"
        listed = [facts[each.episode.pk] | {"what": each.what.value} for each in own]
        _queue_list(account, person, listed, key=key, is_quiet_over=False, at=at)


def _queue_list(
    account: Account,
    person: Person,
    listed: Sequence[Facts],
    *,
    key: str,
    is_quiet_over: bool,
    at: datetime,
) -> None:
    queue(
        "alerts_together",
        [Recipient.of(person)],
        key=key,
        context={
            "account": account.name,
            "episodes": list(listed),
            "count": len(listed),
            "is_quiet_over": is_quiet_over,
            "path": f"/accounts/{account.uid}/alerts/",
        },
        at=at,
        organisation=account.organisation,
        account_id=account.pk,
    )


def _hold(told: _Told, people: Iterable[Person], *, at: datetime) -> None:
    """Remember who is told once their quiet hours are over, should it still be open then."""
    if told.what == What.CLOSED:
        return
    AlertHeld.objects.bulk_create(
        [
            AlertHeld(
                account_id=told.episode.account_id,
                organisation_id=told.episode.organisation_id,
                episode=told.episode,
                person=person,
                since=at,
            )
            for person in people
        ],
        ignore_conflicts=True,
    )


def _end_quiet_hours(*, at: datetime) -> int:
    """Queue to each whose quiet hours are over one summary of what is still open."""
    rows = (
        AlertHeld.objects.filter(account__in=hold_free(_accounts_of(AlertHeld.objects.all())))
        .select_for_update(no_key=True, of=("self",), skip_locked=True)
        .select_related("person", "episode__rule", "account__organisation")
        .order_by("id")
    )
    by_person: dict[tuple[Person, Account], list[AlertHeld]] = defaultdict(list)
    for row in rows:
        if not is_quiet(row.person, at):
            by_person[row.person, row.account].append(row)
    for (person, account), own in by_person.items():
        still = [each.episode for each in own if each.episode.is_open]
        facts = described(account, still)
        if still and person.is_active:
            listed = [facts[each.pk] | {"what": What.OPENED.value} for each in still]
            key = f"alerts-held:{account.pk}:{own[-1].pk}"
            _queue_list(account, person, listed, key=key, is_quiet_over=True, at=at)
        AlertHeld.objects.filter(pk__in=[each.pk for each in own]).delete()
    return len(by_person)


def _text(
    account: Account,
    told: Iterable[_Told],
    facts: dict[int, Facts],
    text: Texting,
    *,
    at: datetime,
) -> None:
    """Hand over who is told by SMS: of what is grave, still new, and in no quiet hour."""
    warned = [
        WarnedPerson(
            account,
            listener.person,
            each.episode,
            each.what,
            facts[each.episode.pk],
            f"alert-sms:{each.episode.pk}:{each.what}:{listener.person_id}",
        )
        for each in told
        if each.episode.rule.severity == Severity.HIGH and _is_worth_texting(each, at)
        for listener in each.listeners
        if listener.by_sms and not is_quiet(listener.person, at)
    ]
    if warned:
        text(warned)


def _is_worth_texting(told: _Told, at: datetime) -> bool:
    episode = told.episode
    return episode.rule.kind in DAILY or episode.last_at > at - WORTH_TEXTING
