"""The words for what becomes of a thing in an import."""

from django.utils.translation import gettext_lazy as _

WHAT = {
    "added": _("Added"),
    "changed": _("Changed"),
    "returned": _("Put back into service"),
    "retired": _("Is retired"),
}
