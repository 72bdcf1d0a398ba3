"""Declares an account's reminders for its export and its purge."""

from django.utils.translation import gettext_lazy as _

from vatio.accounts.belongings import term
from vatio.tenants.belongings import Belonging, Subject, plain

SUBJECTS = (
    Subject(
        "reminders",
        _("Reminders"),
        {**plain("milestone"), "ends_on": term("ends_on"), **plain("decided_at", "overtaken")},
        "reminders_reminder",
        headings={"milestone": _("Reminder"), "overtaken": _("Overtaken")},
    ),
)

BELONGINGS = (Belonging("reminders_reminder"),)
