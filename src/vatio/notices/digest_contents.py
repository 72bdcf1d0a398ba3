"""What a digest says: made up when it is sent, of the messages that it gathered and are left."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from django.db.models import Q
from django.utils.translation import override

from vatio.notices.standing import notices_of
from vatio.notifications.delivery import own_context
from vatio.notifications.labels import NEWS
from vatio.notifications.models import Message
from vatio.notifications.news import DIGEST
from vatio.notifications.rendering import title_of

MOST_LISTED = 100
"""How many notices a digest lists; of more it says how many they are."""


def fill(message: Message) -> Mapping[str, object] | None:
    """Return what a message says: of a digest what is left of its notices, None if nothing is.

    Left out are those of accounts that were deleted or in which the person has no role by now, and
    those that the person had read before the digest was gathered.
    """
    if message.template != DIGEST:
        return own_context(message)
    person = message.person
    if person is None:
        return None
    left = notices_of(person).filter(
        Q(read_at__isnull=True) | Q(read_at__gt=message.queued_at), pk__in=message.context["news"]
    )
    notices = list(left.order_by("queued_at", "id"))
    if not notices:
        return None
    listed = notices[-MOST_LISTED:]
    return {
        **message.context,
        "count": len(notices),
        "groups": _groups(listed, message),
        "more": len(notices) - len(listed),
    }


def _groups(notices: list[Message], digest: Message) -> list[dict[str, Any]]:
    """Return the notices by their kind, each with its title, its link and its moment."""
    zone = ZoneInfo(digest.context["time_zone"])
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    for each in notices:
        moment = each.queued_at.astimezone(zone)
        rows[each.news].append(
            {
                "title": title_of(each, language=digest.language),
                "path": f"/notices/{each.pk}/",
                "moment": format_datetime(moment, "d MMM, HH:mm", locale=digest.language),
            }
        )
    with override(digest.language):
        return [
            {"label": str(label), "rows": rows[kind]}
            for kind, (label, _icon) in NEWS.items()
            if kind in rows
        ]
