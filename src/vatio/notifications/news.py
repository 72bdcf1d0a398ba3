"""News: which messages are news to the person that they go to, of which kind, and how told.

A link, an invitation and a digest are no news: they are sent, and no page lists them.
"""

from collections.abc import Mapping

from django.db import models


class NewsKind(models.TextChoices):
    """What a piece of news is about; a person chooses for each how it is told."""

    ALERTS = "alerts"
    ORDERS = "orders"
    QUESTIONS = "questions"
    REMINDERS = "reminders"
    ACCOUNT = "account"
    WORK = "work"


class HowTold(models.TextChoices):
    """How news is told: by mail at once, by mail in a daily digest, or on the page alone."""

    AT_ONCE = "at once"
    DAILY = "daily"
    HERE = "here"


KINDS_OF_TEMPLATES: Mapping[str, NewsKind] = {
    "account_adjusted": NewsKind.ACCOUNT,
    "account_leaving": NewsKind.ACCOUNT,
    "alert": NewsKind.ALERTS,
    "alerts_together": NewsKind.ALERTS,
    "order_accepted": NewsKind.ORDERS,
    "order_comment": NewsKind.QUESTIONS,
    "order_lapsed": NewsKind.ORDERS,
    "order_rejected": NewsKind.ORDERS,
    "order_submitted": NewsKind.ORDERS,
    "reminder": NewsKind.REMINDERS,
    "reminder_unheard": NewsKind.REMINDERS,
    "sms_cap": NewsKind.ACCOUNT,
    "sms_credits": NewsKind.ACCOUNT,
    "usage_near": NewsKind.ACCOUNT,
    "work_done": NewsKind.WORK,
}

DIGEST = "news_digest"
"""The template of a digest of news."""

STILL_OPEN = "alerts_still"
"""The template of what is still open in several accounts as quiet hours end."""

NO_NEWS = frozenset(
    {
        "invitation",
        "password_link",
        "orders_digest",
        "alert_again",
        "alerts_together_again",
        DIGEST,
        STILL_OPEN,
    }
)
"""The templates of mails that are no news, or tell of what stands on the page already."""

UNLESS_CHOSEN: Mapping[NewsKind, HowTold] = {NewsKind.WORK: HowTold.HERE}
"""How a kind is told that a person has chosen nothing for, whatever they chose in general."""

KIND_OF = (
    "CASE WHEN given.person_id IS NULL OR given.secret THEN '' ELSE CASE given.template "
    + " ".join(f"WHEN '{name}' THEN '{kind}'" for name, kind in KINDS_OF_TEMPLATES.items())
    + " ELSE '' END END"
)
"""SQL of the kind of news that the message `given` is; empty if it is none, or nobody's."""

_CHOSEN = """(SELECT how FROM notifications_newschoice
              WHERE person_id = given.person_id AND kind = {kind})"""

_SET = " ".join(f"WHEN '{kind}' THEN '{how}'" for kind, how in UNLESS_CHOSEN.items())

HOW_OF = f"""
CASE WHEN news.kind = '' THEN '{HowTold.AT_ONCE}'
     WHEN given.here THEN '{HowTold.HERE}'
     ELSE coalesce({_CHOSEN.format(kind="news.kind")}, CASE news.kind {_SET} END,
                   {_CHOSEN.format(kind="''")}, '{HowTold.AT_ONCE}') END
"""
"""SQL of how the message `given` is told, which is of the kind `news.kind`.

Two lookups by key for each message at most: a join of relations whose size PostgreSQL cannot
estimate could take quadratic time.
"""
