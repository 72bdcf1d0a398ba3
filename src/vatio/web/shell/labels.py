"""The words for what the code names: sectors, kinds and states of orders."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from vatio.formats import number
from vatio.tenants.models import Person
from vatio.units import Unit

BILLINGS = {"MTR": _("by Mtr"), "DP": _("by DP")}

SECTORS = {
    "administration": _("Public administration"),
    "agriculture": _("Agriculture"),
    "commerce": _("Commerce"),
    "education": _("Education"),
    "health": _("Health"),
    "hotels": _("Hotels"),
    "housing": _("Housing"),
    "industry": _("Industry"),
    "logistics": _("Logistics"),
    "offices": _("Offices"),
    "sport": _("Sport"),
    "other": _("Other"),
}

COLUMNS: dict[str, Promise | str] = {
    "name": _("Account"),
    "organisation": _("Organisation"),
    "client": _("Client"),
    "licence": _("Licence"),
    "sector": _("Sector"),
    **{unit.value: unit.label for unit in Unit},
    "sms": _("SMS"),
    "created": _("Created"),
    "ends": _("Expires"),
}
"""The columns of the list of accounts, in their order."""

DETAILS = {
    "name": _("Account name"),
    "client": _("Client name"),
    "nif": "NIF",
    "sector": _("Sector"),
    "contact_email": _("Contact e-mail"),
    "language": _("Language"),
    "time_zone": _("Time zone"),
}

KINDS = {
    "opening": _("New account"),
    "expansion": _("Expansion"),
    "upgrade": _("Licence"),
    "renewal": _("Renewal"),
}

KIND_ICONS = {"opening": "plus", "expansion": "steps", "upgrade": "licence", "renewal": "renew"}

AGREEMENTS = {
    **KINDS,
    "import": _("Import"),
    "adjustment": _("Adjustment"),
}

SMS_TRANSACTIONS = {
    "bought": _("Bought"),
    "imported": _("Imported"),
    "adjusted": _("Adjusted"),
    "spent": _("Spent"),
}

OUTCOMES = {
    "waiting": _("Waiting its turn"),
    "asked": _("Requested"),
    "renewed": _("Renewed at once"),
    "refused": _("Not renewed"),
}

MILESTONES = {
    "month": _("A month before"),
    "week": _("A week before"),
    "day": _("On the day"),
}

AGREEMENT_ICONS = {**KIND_ICONS, "import": "inbox", "adjustment": "offer"}

RULES = {
    "trusted": _("the rule of trusted organisations"),
    "import": _("the import"),
    "grace": _("the rule of the 30 days of grace"),
}

STANDINGS = {
    "renewed": _("It is renewed"),
    "asked": _("Renewal requested"),
    "leaving": _("It will not be renewed"),
    "undecided": _("To be decided"),
}
"""What is known of an account's renewal."""

OPEN = {
    "expansion": _("Expansion pending"),
    "upgrade": _("Licence pending"),
}

ROLES = {
    "commercial": _("commercial department"),
    "superadministrator": _("SuperAdministrator"),
    "administrator": _("administrator"),
    "viewer": _("viewer"),
}

STATES = {
    "pending": (_("Pending"), "clock", ""),
    "offered": (_("With an offer"), "offer", "offer"),
    "accepted": (_("Accepted"), "check", "good"),
    "rejected": (_("Rejected"), "no", "bad"),
    "withdrawn": (_("Withdrawn"), "back", "plain"),
    "declined": (_("Declined"), "minus", "plain"),
    "lapsed": (_("Lapsed"), "clock", "plain"),
}


TIME_ZONES = {
    "Europe/Madrid": _("the peninsula"),
    "Atlantic/Canary": _("the Canary Islands"),
    "Africa/Ceuta": _("Ceuta"),
}


def time_zone_label(time_zone: str) -> str:
    """Name a time zone as people here do, with its key."""
    return f"{TIME_ZONES[time_zone]} ({time_zone})" if time_zone in TIME_ZONES else time_zone


def who(person: Person | None, rule: str) -> str:
    """Name who did something: a person, or the rule by which it was done."""
    return person.name if person else str(RULES.get(rule, rule))


MESSAGE_STATES = {
    "queued": (_("Waiting"), "clock", ""),
    "handing over": (_("Leaving"), "mail", ""),
    "sent": (_("Sent"), "check", "good"),
    "failed": (_("Failed"), "no", "bad"),
    "too late": (_("Too late"), "minus", "plain"),
    "uncertain": (_("Uncertain"), "warn", "warm"),
}


def counted(unit: str, count: int) -> str:
    """Write a number of a unit in words: 12 medidores."""
    return _words_of(unit, count) % {"n": number(count)}


def rise(unit: str, before: int, after: int) -> str:
    """Say how a unit changes: de 20 a 35 medidores."""
    return _rise % {"before": number(before), "after": counted(unit, after)}


_rise = _("from %(before)s to %(after)s")


def _words_of(unit: str, count: int) -> str:
    if unit == "sms_credits":
        return ngettext("%(n)s SMS credit", "%(n)s SMS credits", count)
    return Unit(unit).plural(count)
