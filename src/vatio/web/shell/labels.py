"""The labels that only the pages use: standings of renewals, time zones."""

from django.utils.translation import gettext_lazy as _

STANDINGS = {
    "renewed": _("It is renewed"),
    "asked": _("Renewal requested"),
    "leaving": _("It will not be renewed"),
    "undecided": _("To be decided"),
}
"""The label of each standing of an account's renewal."""

OPEN = {
    "expansion": _("Expansion pending"),
    "upgrade": _("Licence pending"),
}

TIME_ZONES = {
    "Europe/Madrid": _("the peninsula"),
    "Atlantic/Canary": _("the Canary Islands"),
    "Africa/Ceuta": _("Ceuta"),
}


def time_zone_label(time_zone: str) -> str:
    """Return the name of a time zone as people in Spain say it, with its IANA key."""
    return f"{TIME_ZONES[time_zone]} ({time_zone})" if time_zone in TIME_ZONES else time_zone
