"""Tells people of episodes: once when one opens, once when it worsens, once when it closes.

The rows of the episodes are locked, and the moment of telling is written with the message: of two
who tell at once one tells. What has a key is queued once besides.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from vatio.accounts.models import Account
from vatio.alerts.announcing import MOST_APART, Announcement, announce, announcements
from vatio.alerts.holding import hold_free
from vatio.alerts.kinds import AlertKind
from vatio.alerts.listening import Listener, listeners
from vatio.alerts.models import AlertEpisode, AlertTold
from vatio.alerts.moments import What
from vatio.alerts.quiet import end_quiet_hours
from vatio.alerts.reconciling import LATE
from vatio.alerts.undelivered import tell_undelivered

STORM = timedelta(minutes=10)
"""Within how long `MOST_APART` messages of an account's episodes are told one by one."""

MOMENTS = ("told_opened_at", "told_worsened_at", "told_closed_at", "told_together", "muted")

NEW = Q(told_opened_at__isnull=True, late=False, muted=False, withdrawn=False)
OVER = Q(told_opened_at__isnull=False, told_closed_at__isnull=True, ends__isnull=False)
GRAVER = Q(told_opened_at__isnull=False, told_worsened_at__isnull=True, worsened_at__isnull=False)
WAITING = NEW | OVER | GRAVER


def _unmuted(at: datetime) -> Q:
    """Return what opened behind a mute that is over by now, and still goes on: it is told then."""
    goes_on = Q(ends__isnull=True, told_opened_at__isnull=True, muted=True, late=False)
    is_over = Q(rule__muted_until__isnull=True) | Q(rule__muted_until__lte=at)
    is_new = Q(rule__kind=AlertKind.SILENCE) | Q(last_at__gt=at - LATE)
    return goes_on & is_over & is_new & Q(rule__removed_at__isnull=True, rule__asleep=False)


@dataclass
class _Told:
    """An episode and what is told of it; `is_new` if nobody was told of it before."""

    episode: AlertEpisode
    what: What
    is_new: bool

    def is_spoken(self, at: datetime) -> bool:
        """Return whether people hear of it: not of what is muted, or was worse while it lasted."""
        is_past = self.what == What.WORSENED and not self.episode.is_open
        return not is_past and not self.episode.rule.is_muted(at)


@dataclass
class _Round:
    """What of an account is told now: `spoken` to somebody, `told` is not to be told again."""

    account: Account
    told: list[_Told]
    spoken: list[_Told]
    together: bool


@transaction.atomic
def tell(accounts: Collection[int], *, at: datetime) -> int:
    """Queue what people of accounts have to be told of now; return of how many episodes.

    An episode that somebody else has locked is told by whoever that is, or the next time.
    """
    free = hold_free(accounts)
    by_account: dict[int, list[AlertEpisode]] = defaultdict(list)
    for condition in (WAITING, _unmuted(at)):  # Each has an index of its own.
        rows = (
            AlertEpisode.objects.filter(condition, account__in=free)
            .select_for_update(no_key=True, of=("self",), skip_locked=True)
            .select_related("rule")
            .order_by("id")
        )
        for row in rows:
            by_account[row.account_id].append(row)
    if not by_account:
        return 0
    found = Account.objects.select_related("organisation").in_bulk(by_account)
    rounds = [_round(found[key], own, at=at) for key, own in by_account.items()]
    together = {each.account.pk for each in rounds if each.together}
    announce(_announcements(rounds, at=at), together=together, at=at)
    for each in rounds:
        for told in each.told:
            _mark(told, together=each.together and told in each.spoken, at=at)
    marked = [told.episode for each in rounds for told in each.told]
    AlertEpisode.objects.bulk_update(marked, MOMENTS, batch_size=500)
    return len(marked)


@transaction.atomic
def tell_waiting(*, at: datetime) -> int:
    """Tell what waited: behind a storm or a mute, over quiet hours, for a text that was lost."""
    accounts: set[int] = set()
    for condition in (WAITING, _unmuted(at)):
        waiting = AlertEpisode.objects.filter(condition).order_by()
        accounts |= set(waiting.values_list("account_id", flat=True).distinct())
    told = tell(accounts, at=at)
    return told + end_quiet_hours(at=at) + tell_undelivered(at=at)


def _round(account: Account, episodes: Sequence[AlertEpisode], *, at: datetime) -> _Round:
    told = [_judge(each) for each in episodes]
    spoken = [each for each in told if each.is_spoken(at)]
    together = bool(spoken) and _told_lately(account, at=at) + len(spoken) > MOST_APART
    if together and _told_together(account, at=at):
        return _Round(account, [each for each in told if each not in spoken], [], together=False)
    return _Round(account, told, spoken, together)


def _announcements(rounds: Iterable[_Round], *, at: datetime) -> list[Announcement]:
    """Return what each is told: one statement for all accounts, and some for each."""
    rules = {told.episode.rule_id for each in rounds for told in each.spoken}
    heard: Mapping[int, Sequence[Listener]] = listeners(rules, at=at) if rules else {}
    made: list[Announcement] = []
    for each in rounds:
        told_to = [
            (told.episode, told.what, listener)
            for told in each.spoken
            for listener in heard.get(told.episode.rule_id, ())
        ]
        made += announcements(each.account, told_to, at=at)
    return made


def _judge(episode: AlertEpisode) -> _Told:
    is_new = episode.told_opened_at is None
    if not episode.is_open and episode.told_closed_at is None:
        return _Told(episode, What.CLOSED, is_new)
    return _Told(episode, What.OPENED if is_new else What.WORSENED, is_new)


def _mark(told: _Told, *, together: bool, at: datetime) -> None:
    """Write what is not to be told again: what opened unheard, behind a mute, waits for its end."""
    episode = told.episode
    if told.is_new and episode.rule.is_muted(at):
        episode.muted = True
        return
    episode.muted = False
    episode.told_opened_at = episode.told_opened_at or at
    episode.told_together = together
    if episode.worsened_at is not None:
        episode.told_worsened_at = episode.told_worsened_at or at
    if told.what == What.CLOSED:
        episode.told_closed_at = at


def _told_lately(account: Account, *, at: datetime) -> int:
    """Return of how many moments of episodes people of an account were told within `STORM`."""
    lately = AlertTold.objects.filter(account=account, at__gt=at - STORM).exclude(what=What.STILL)
    return lately.values("episode", "what", "reopened").distinct().count()


def _told_together(account: Account, *, at: datetime) -> bool:
    """Return whether a message of many was sent within `STORM`: the next waits for its end."""
    since = at - STORM
    lately = Q(told_opened_at__gt=since) | Q(told_worsened_at__gt=since)
    return AlertEpisode.objects.filter(
        lately | Q(told_closed_at__gt=since), account=account, told_together=True
    ).exists()
