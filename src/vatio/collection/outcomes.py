"""What a call can come to: the whole list, so that an attempt says no more than these words.

Nothing that the other side sent is ever repeated to people: it may be anything.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CallOutcome(TextChoices):
    """How a call ended."""

    DONE = "done", _("The readings came")
    NOTHING_NEW = "nothing_new", _("There was nothing new")
    PARTLY = "partly", _("A part of the readings came, then the call broke off")
    IN_USE = "in_use", _("Somebody else was talking to the meter")
    ENGAGED = "engaged", _("The line was engaged")
    NO_ANSWER = "no_answer", _("Nobody answered")
    NO_CARRIER = "no_carrier", _("The modem at the other side gave no carrier")
    NO_DIALTONE = "no_dialtone", _("Our modem has no dial tone")
    NO_MODEM = "no_modem", _("Our modem is not there, or does not answer")
    MODEM_FAULT = "modem_fault", _("Our modem reported a fault")
    NOT_FOUND = "not_found", _("The name has no address")
    NOT_ALLOWED = "not_allowed", _("The address may not be called from here")
    UNREACHABLE = "unreachable", _("The address cannot be reached")
    SILENT = "silent", _("It connected, and the meter said nothing")
    TOO_SLOW = "too_slow", _("The call took too long")
    GARBLED = "garbled", _("What came could not be understood")
    HUNG_UP = "hung_up", _("The other side hung up")
    WRONG_METER = "wrong_meter", _("Another meter answered, or another measuring point")
    WRONG_KEY = "wrong_key", _("The meter did not accept the access key")
    KEY_UNREADABLE = "key_unreadable", _("The access key cannot be opened here: write it anew")
    NO_PLACE = "no_place", _("Its meter has no data point for the energy, and none can be added")
    NOT_TAKEN = "not_taken", _("No collector took it up")
    NOT_COLLECTED = "not_collected", _("Readings of the account are not collected any more")
    NOT_SET_UP = "not_set_up", _("It is not said how the meter is reached")
    NO_SUCH_CURVE = "no_such_curve", _("The meter does not keep this curve")
    TOO_LATE = "too_late", _("The night ended before the call did")
    STOPPED = "stopped", _("The collector was stopped")
    FAILED = "failed", _("Something failed here: the operator's log says what")


ANSWERED = (CallOutcome.DONE, CallOutcome.NOTHING_NEW, CallOutcome.PARTLY)
"""The meter answered, and said what it was asked."""
