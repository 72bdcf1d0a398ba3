"""Labels of messages: states, kinds of texts and of news, and what gateways report."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MESSAGE_STATES = {
    "queued": (_("Waiting"), "clock", ""),
    "handing over": (_("Leaving"), "mail", ""),
    "sent": (pgettext_lazy("a message", "Sent"), "check", "good"),
    "failed": (_("Failed"), "no", "bad"),
    "too late": (_("Too late"), "minus", "plain"),
    "uncertain": (_("Uncertain"), "warn", "warm"),
    "here": (_("On the page only"), "bell", "plain"),
    "gathered": (_("Waits for the digest"), "clock", ""),
    "told": (_("Told in a digest"), "check", "good"),
    "empty": (_("Nothing left to tell"), "minus", "plain"),
}
"""The label of each state, its icon and its look."""

CHANNELS = {
    "email": _("E-mail"),
    "sms": "SMS",
}

SMS_KINDS = {
    "warning": _("Warning"),
    "phone_code": _("Code to confirm a telephone"),
}

RECEIPTS = {
    "delivered": _("Delivered"),
    "undelivered": _("Not delivered"),
}

NEWS = {
    "alerts": (_("Alerts"), "warn"),
    "orders": (_("Orders"), "inbox"),
    "questions": (_("Questions and answers"), "mail"),
    "reminders": (_("Reminders of expiry"), "calendar"),
    "account": (_("Limits, credits and changes"), "accounts"),
    "work": (_("Work that is done"), "check"),
}
"""The label of each kind of news, and its icon."""

HOW = {
    "at once": _("At once"),
    "daily": _("Daily digest"),
    "here": _("Here only"),
}
"""The labels of how news is told."""
