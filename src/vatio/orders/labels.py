"""What the kinds and states of orders are called, and the outcomes of bulk renewals."""

from django.utils.translation import gettext_lazy as _

from vatio.accounts.labels import AGREEMENT_ICONS, AGREEMENTS
from vatio.orders.models import Order

KINDS = {kind.value: AGREEMENTS[kind.value] for kind in Order.Kind}
KIND_ICONS = {kind.value: AGREEMENT_ICONS[kind.value] for kind in Order.Kind}
"""An order is called what it becomes, once it is accepted."""

STATES = {
    "pending": (_("Pending"), "clock", ""),
    "offered": (_("With an offer"), "offer", "offer"),
    "accepted": (_("Accepted"), "check", "good"),
    "rejected": (_("Rejected"), "no", "bad"),
    "withdrawn": (_("Withdrawn"), "back", "plain"),
    "declined": (_("Declined"), "minus", "plain"),
    "lapsed": (_("Lapsed"), "clock", "plain"),
}
"""The words of a state, its icon and its look."""

OUTCOMES = {
    "waiting": _("Waiting its turn"),
    "asked": _("Requested"),
    "renewed": _("Renewed at once"),
    "refused": _("Not renewed"),
}
