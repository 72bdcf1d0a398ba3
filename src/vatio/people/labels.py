"""Labels of roles."""

from django.utils.translation import gettext_lazy as _

ROLES = {
    "commercial": _("commercial department"),
    "superadministrator": _("SuperAdministrator"),
    "administrator": _("administrator"),
    "viewer": _("viewer"),
}
