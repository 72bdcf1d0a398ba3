"""The labels of the list of accounts, on its page and in its workbook."""

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from vatio.units import Unit

COLUMNS: dict[str, Promise | str] = {
    "name": _("Account"),
    "organisation": _("Organisation"),
    "client": _("Client"),
    "licence": _("Licence"),
    "sector": _("Sector"),
    **{unit.value: unit.label for unit in Unit},
    "sms": _("SMS"),
    "last_data": _("Last data"),
    "created": _("Created"),
    "ends": _("Expires"),
}
"""The columns of the list of accounts, in their order."""

UNSORTED = {"last_data"}
"""Columns that are looked up for the rows of a page, and do not sort the list."""

USED: dict[str, Promise] = {
    unit.value: format_lazy(_("{unit} in use"), unit=unit.label) for unit in Unit
}
"""The columns beside those of the units in the workbook: what is used of what is held."""
