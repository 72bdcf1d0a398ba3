"""Labels and icons of the kinds and states of orders; labels of bulk renewals' outcomes."""

from django.utils.translation import gettext_lazy as _

from vatio.accounts.labels import AGREEMENT_ICONS, AGREEMENTS
from vatio.orders.models import Order

KINDS = {kind.value: AGREEMENTS[kind.value] for kind in Order.Kind}
KIND_ICONS = {kind.value: AGREEMENT_ICONS[kind.value] for kind in Order.Kind}
"""An order has the label and the icon of the agreement that it becomes once accepted."""

STATES = {
    "pending": (_("Pending"), "clock", ""),
    "offered": (_("With an offer"), "offer", "offer"),
    "accepted": (_("Accepted"), "check", "good"),
    "rejected": (_("Rejected"), "no", "bad"),
    "withdrawn": (_("Withdrawn"), "back", "plain"),
    "declined": (_("Declined"), "minus", "plain"),
    "lapsed": (_("Lapsed"), "clock", "plain"),
}
"""The label of each state, its icon and its style."""

OUTCOMES = {
    "waiting": _("Waiting its turn"),
    "asked": _("Requested"),
    "renewed": _("Renewed at once"),
    "refused": _("Not renewed"),
}
