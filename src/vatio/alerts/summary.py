"""Words what of several accounts is still open as quiet hours end: one mail for a person.

It is made up when it is sent, of what is left: a mail of several accounts is purged with none of
them, so it keeps the keys of episodes and no word of any account.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from vatio.accounts.models import Account
from vatio.alerts.listening import OF_THE_ACCOUNT
from vatio.alerts.models import AlertEpisode, AlertTold
from vatio.alerts.moments import What
from vatio.alerts.wording import described
from vatio.notifications.models import Message


def summary_of(episodes: Sequence[AlertEpisode]) -> dict[str, Any]:
    """Return what a summary of episodes of several accounts is queued with."""
    return {
        "episodes": [each.pk for each in episodes],
        "count": len(episodes),
        "groups": [],
        "path": "/notices/",
    }


def fill_summary(message: Message) -> Mapping[str, object] | None:
    """Return what a summary says; None if nothing is left of it.

    Left out are accounts that were deleted, or in which the person has no role by now.
    """
    rows = (
        AlertTold.objects.filter(
            OF_THE_ACCOUNT,
            person=message.person_id,
            what=What.STILL,
            episode__in=message.context["episodes"],
        )
        .select_related("account", "episode__rule")
        .order_by("account__name", "account_id", "episode__begins", "episode_id")
    )
    by_account: dict[Account, dict[int, AlertEpisode]] = defaultdict(dict)
    for row in rows.distinct():
        by_account[row.account][row.episode_id] = row.episode
    if not by_account:
        return None
    groups = []
    for account, own in by_account.items():
        facts = described(account, own.values(), at=message.queued_at)
        path = f"/accounts/{account.uid}/alerts/"
        groups.append({"account": account.name, "path": path, "rows": [facts[key] for key in own]})
    count = sum(len(own) for own in by_account.values())
    return {**message.context, "count": count, "groups": groups}
