"""What is exported of an account's usage, and the order in which its rows are deleted."""

from django.utils.translation import gettext_lazy as _

from vatio.tenants.belongings import Belonging, Subject, plain

SUBJECTS = (
    Subject(
        "usage",
        _("Usage"),
        plain("unit", "used"),
        "entitlements_usage",
        headings={"unit": _("Unit"), "used": _("Used")},
    ),
)

BELONGINGS = (Belonging("entitlements_usage"),)
