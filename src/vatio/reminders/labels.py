"""Labels of the milestones."""

from django.utils.translation import gettext_lazy as _

MILESTONES = {
    "month": _("A month before"),
    "week": _("A week before"),
    "day": _("On the day"),
}
