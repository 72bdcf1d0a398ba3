"""Labels of the states of messages."""

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
