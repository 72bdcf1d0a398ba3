"""Labels of what is installed: kinds of energy, roles, territories, sources, resolutions."""

from django.utils.translation import gettext_lazy as _

ENERGIES = {
    "electricity": _("Electricity"),
    "gas": _("Gas"),
    "water": _("Water"),
    "heat": _("Heat"),
    "other": _("Other"),
}

TERRITORIES = {
    "peninsula": _("Peninsula"),
    "baleares": _("Balearic Islands"),
    "canarias": _("Canary Islands"),
    "ceuta": "Ceuta",
    "melilla": "Melilla",
}

TARIFFS = (
    "2.0TD", "3.0TD", "6.1TD", "6.2TD", "6.3TD", "6.4TD", "3.0TDVE", "6.1TDVE",
    *(f"RL.{band}" for band in range(1, 12)),
)  # fmt: skip
"""The access tariffs of electricity (Circular CNMC 3/2020) and of gas (Circular CNMC 6/2020)."""

ROLES = {"principal": _("Principal"), "check": _("Check"), "part": _("Part")}

SOURCES = {
    "insertion": _("Insertion by a gateway"),
    "files": _("Files"),
    "collector": _("Calls to meters"),
    "by hand": _("By hand"),
}

RESOLUTIONS = {
    5: _("5 minutes"),
    10: _("10 minutes"),
    15: _("A quarter of an hour"),
    30: _("Half an hour"),
    60: _("An hour"),
    1440: _("A day"),
}

SERVICES = {
    "pending": _("To be accepted"),
    "accepted": _("In service"),
    "rejected": _("Rejected"),
    "retired": _("Out of service"),
}

THINGS = {
    "Site": _("Site"),
    "SupplyPoint": _("Supply point"),
    "Meter": _("Meter"),
    "DataPoint": _("Data point"),
    "RtcLine": _("RTC line"),
    "DataSource": _("Data source"),
    "CalculatedSeries": _("Calculated series"),
}
"""What a thing is called, by the name of its class, as the history records it."""
