"""What is exported and deleted of an account in the outbox: messages about it and its orders."""

from django.utils.translation import gettext_lazy as _

from vatio.notifications.news import NewsKind
from vatio.tenants.belongings import OWN_OR_ORDERED, Belonging, Subject, masked, plain

SUBJECTS = (
    Subject(
        "messages",
        _("Messages"),
        {
            **plain("queued_at"),
            "address": f"CASE own.channel WHEN 'sms' THEN {masked('address')} ELSE own.address END",
            **plain("language", "template", "context", "state", "settled_at"),
            **plain("channel", "receipt", "receipt_at"),
        },
        "notifications_message",
        f"NOT own.secret AND own.news <> '{NewsKind.WORK}' AND {OWN_OR_ORDERED}",
        passing=("state", "settled_at", "receipt", "receipt_at"),
        headings={
            "queued_at": _("Queued"),
            "channel": _("Channel"),
            "address": _("Address"),
            "template": _("Message"),
            "context": _("What it says"),
            "settled_at": _("Settled"),
            "receipt": _("Receipt"),
            "receipt_at": _("Reported"),
        },
    ),
)
"""Secret messages are left out: they hold one-time links.

So is news of work that is done: that an export is ready is no change since that export.
"""

BELONGINGS = (Belonging("notifications_message", OWN_OR_ORDERED),)
