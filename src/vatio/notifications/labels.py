"""Labels of messages: their states, the kinds of texts, and what gateways report."""

from django.utils.translation import gettext_lazy as _

MESSAGE_STATES = {
    "queued": (_("Waiting"), "clock", ""),
    "handing over": (_("Leaving"), "mail", ""),
    "sent": (_("Sent"), "check", "good"),
    "failed": (_("Failed"), "no", "bad"),
    "too late": (_("Too late"), "minus", "plain"),
    "uncertain": (_("Uncertain"), "warn", "warm"),
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
