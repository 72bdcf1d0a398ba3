"""Announces episodes to those whom their rules tell: by text, by mail, or on the page alone.

Whatever is sent stands on the page too, once. A text that is not sent, for a cap, for want of
credits or of a telephone, becomes a mail that leaves at once, whatever its reader chose of mails.
Who was told what, and by which channel, is written in the transaction that queues the messages.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from vatio.accounts import texting as account_texting
from vatio.accounts.models import Account
from vatio.accounts.texting import Fate, WarningText
from vatio.alerts import texting
from vatio.alerts.kinds import DAILY, Severity
from vatio.alerts.listening import Listener
from vatio.alerts.models import AlertEpisode, AlertHeld, AlertTold
from vatio.alerts.moments import What
from vatio.alerts.summary import summary_of
from vatio.alerts.wording import Facts, described
from vatio.notifications.news import STILL_OPEN, HowTold
from vatio.notifications.queueing import Recipient, queue
from vatio.tenants.addresses import fold_address

MOST_APART = 5
"""How many episodes are told one by one; more are one message."""

WORTH_TEXTING = timedelta(hours=2)
"""How long after its interval ended an episode is texted, unless it is of a daily kind."""


class _Way(Enum):
    """How a message is queued: as news, for the page alone, or as a mail of what stands there."""

    NEWS = ""
    HERE = "-here"
    AGAIN = "-again"


LEAVES = (Fate.QUEUED, Fate.KNOWN)


@dataclass(frozen=True, eq=False)
class Announcement:
    """What one person is told of one episode."""

    account: Account
    episode: AlertEpisode
    what: What
    facts: Facts
    listener: Listener

    def is_texted(self, at: datetime) -> bool:
        """Return whether it is told by text: grave, still new, asked for, and in no quiet hour."""
        if not self.listener.by_sms or self.listener.is_quiet:
            return False
        if self.episode.rule.severity != Severity.HIGH:
            return False
        is_daily = self.episode.rule.kind in DAILY or self.what == What.STILL
        return is_daily or self.episode.last_at > at - WORTH_TEXTING


Group = list[Announcement]


def announcements(
    account: Account, told: Sequence[tuple[AlertEpisode, What, Listener]], *, at: datetime
) -> list[Announcement]:
    """Return what people are told of episodes of an account, described in the same statements."""
    episodes = {episode.pk: episode for episode, _what, _who in told}
    facts = described(account, episodes.values(), at=at)
    return [Announcement(account, each, what, facts[each.pk], who) for each, what, who in told]


@dataclass(frozen=True)
class _Sent:
    """What became of an announcement on a channel, and the key of its message."""

    channel: AlertTold.Channel
    key: str = ""
    fate: str = ""


def announce(
    announcements: Sequence[Announcement],
    *,
    together: Collection[int],
    at: datetime,
    again: bool = False,
) -> None:
    """Queue what is to be sent, hold back what quiet hours forbid, and write who was told.

    All accounts' texts are queued at once: their wallets and telephones are locked in one order.

    :param together: the accounts of which a person is told in one message, however much it is.
    :param again: whether it stands on the page already, and is only to be sent.
    """
    texts = _text([each for each in announcements if each.is_texted(at)], together, at=at)
    _hold([each for each in announcements if each.listener.is_quiet], at=at)
    refused = {each for each, text in texts.items() if not text.key}
    news: Group = []
    extra: Group = []
    rest: Group = []
    for each in announcements:
        own = each.listener
        is_news = own.by_mail and (not own.is_quiet or own.how == HowTold.DAILY)
        if each in refused or (again and own.is_mailed and not own.is_quiet):
            extra.append(each)
        (news if is_news and each not in refused else rest).append(each)
    mails = _mail(extra, together, _Way.AGAIN, at=at)
    if not again:
        mails |= _mail(news, together, _Way.NEWS, at=at)
        _mail(rest, together, _Way.HERE, at=at)
    rows = []
    for each in announcements:
        sent = [one[each] for one in (texts, mails) if each in one]
        if not any(one.key for one in sent):
            sent.append(_Sent(AlertTold.Channel.PAGE))
        rows += [_row(each, one, at=at) for one in sent]
    AlertTold.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


def _row(announcement: Announcement, sent: _Sent, *, at: datetime) -> AlertTold:
    episode = announcement.episode
    return AlertTold(
        account_id=episode.account_id,
        organisation_id=episode.organisation_id,
        episode=episode,
        person=announcement.listener.person,
        what=announcement.what,
        channel=sent.channel,
        fate=sent.fate,
        message_key=sent.key,
        reopened=episode.reopened,
        at=at,
    )


def _by_person(announcements: Iterable[Announcement], *, across: bool = False) -> Iterable[Group]:
    """Return announcements in groups: those of one account for one person, or `across` all."""
    found: dict[tuple[int, int], Group] = defaultdict(list)
    for each in announcements:
        found[0 if across else each.account.pk, each.listener.person.pk].append(each)
    return found.values()


def _parted(
    announcements: Iterable[Announcement], together: Collection[int]
) -> tuple[Group, Group]:
    """Return announcements that are told one by one, and those that are told together."""
    apart: Group = []
    joined: Group = []
    for each in announcements:
        (joined if each.account.pk in together else apart).append(each)
    return apart, joined


def _key(kind: str, group: Group, at: datetime) -> str:
    """Return the idempotency key of a message of several episodes."""
    first = group[0]
    again = f":{at:%Y%m%d%H%M}" if first.what == What.STILL else ""
    return f"{kind}:{first.account.pk}:{first.episode.pk}:{_said(first)}:{len(group)}{again}"


def _said(announcement: Announcement) -> str:
    """Return what is said in a key: closed-2 of an episode that went on after its end was told."""
    times = announcement.episode.reopened
    return f"{announcement.what}-{times + 1}" if times else announcement.what.value


def _text(
    announcements: Iterable[Announcement], together: Collection[int], *, at: datetime
) -> Mapping[Announcement, _Sent]:
    """Queue texts, paid for by their accounts; return what became of each announcement."""
    apart, joined = _parted(announcements, together)
    groups = [[each] for each in apart] + list(_by_person(joined))
    if not groups:
        return {}
    warnings = [_warning(group, together, at=at) for group in groups]
    fates = account_texting.text(warnings, at=at)
    made: dict[Announcement, _Sent] = {}
    for group, warning, fate in zip(groups, warnings, fates, strict=True):
        leaves = fate in LEAVES
        key, why = (warning.key, "") if leaves else ("", fate.value)
        made |= dict.fromkeys(group, _Sent(AlertTold.Channel.SMS, key, why))
    return made


def _warning(group: Group, together: Collection[int], *, at: datetime) -> WarningText:
    """Return the text that a person is sent of one episode, or of those of an account together."""
    first = group[0]
    person = first.listener.person
    if first.account.pk in together:
        key = _key("alerts-sms", group, at)
        text = texting.words_together([each.facts for each in group], first.what, person.language)
    else:
        key = f"alert-sms:{first.episode.pk}:{_said(first)}"
        text = texting.words_apart(first.facts, first.what, person.language)
    return WarningText(first.account, person, text, f"{key}:{person.pk}")


def _mail(
    announcements: Iterable[Announcement], together: Collection[int], way: _Way, *, at: datetime
) -> dict[Announcement, _Sent]:
    """Queue mails: one of an episode for all who are told of it, or one of many for each."""
    apart, joined = _parted(announcements, together)
    made: dict[Announcement, _Sent] = {}
    by_episode: dict[tuple[int, What], Group] = defaultdict(list)
    for each in apart:
        by_episode[each.episode.pk, each.what].append(each)
    for group in by_episode.values():
        first = group[0]
        key = f"alert{way.value}:{first.episode.pk}:{_said(first)}"
        facts = {**first.facts, "what": first.what.value}
        made |= _queue("alert", group, way, key=key, context=facts, at=at)
    for person in _by_person(joined, across=way == _Way.AGAIN):
        groups = list(_by_person(person))
        if len(groups) > 1 and person[0].what == What.STILL:
            made |= _summarise(person, at=at)
            continue
        for group in groups:
            key = _key(f"alerts{way.value}", group, at)
            made |= _queue("alerts_together", group, way, key=key, context=_listed(group), at=at)
    return made


def _summarise(group: Group, *, at: datetime) -> dict[Announcement, _Sent]:
    """Queue one mail of what is still open in several accounts of a person."""
    first, person = group[0].episode, group[0].listener.person
    key = f"alerts-still:{person.pk}:{first.pk}:{What.STILL}:{len(group)}:{at:%Y%m%d%H%M}"
    context = summary_of([each.episode for each in group])
    queue(STILL_OPEN, [Recipient.of(person)], key=key, context=context, at=at)
    sent = _Sent(AlertTold.Channel.MAIL, f"{key}:{fold_address(person.email)}")
    return dict.fromkeys(group, sent)


def _listed(group: Group) -> Facts:
    account = group[0].account
    return {
        "account": account.name,
        "episodes": [each.facts | {"what": each.what.value} for each in group],
        "count": len(group),
        "is_quiet_over": group[0].what == What.STILL,
        "path": f"/accounts/{account.uid}/alerts/",
    }


def _queue(
    template: str,
    group: Group,
    way: _Way,
    *,
    key: str,
    context: Facts,
    at: datetime,
) -> dict[Announcement, _Sent]:
    queue(
        f"{template}_again" if way == _Way.AGAIN else template,
        [Recipient.of(each.listener.person, here=way == _Way.HERE) for each in group],
        key=key,
        context=context,
        at=at,
        organisation=group[0].account.organisation,
        account_id=group[0].account.pk,
    )
    return {
        each: _Sent(AlertTold.Channel.MAIL, f"{key}:{fold_address(each.listener.person.email)}")
        for each in group
    }


def _hold(announcements: Iterable[Announcement], *, at: datetime) -> None:
    """Remember who is told once their quiet hours are over, should it still be open then."""
    AlertHeld.objects.bulk_create(
        [
            AlertHeld(
                account_id=each.episode.account_id,
                organisation_id=each.episode.organisation_id,
                episode=each.episode,
                person=each.listener.person,
                by_mail=each.listener.is_mailed,
                by_sms=each.listener.by_sms,
                instead=each.listener.instead,
                since=at,
            )
            for each in announcements
            if each.what != What.CLOSED and (each.listener.is_mailed or each.listener.by_sms)
        ],
        ignore_conflicts=True,
    )
