"""Labels of sectors, details, agreements, SMS transactions, and texts that were not sent."""

from django.utils.translation import gettext_lazy as _

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

DETAILS = {
    "name": _("Account name"),
    "client": _("Client name"),
    "nif": "NIF",
    "sector": _("Sector"),
    "contact_email": _("Contact e-mail"),
    "language": _("Language"),
    "time_zone": _("Time zone"),
}

AGREEMENTS = {
    "opening": _("New account"),
    "expansion": _("Expansion"),
    "upgrade": _("Licence"),
    "renewal": _("Renewal"),
    "import": _("Import"),
    "adjustment": _("Adjustment"),
}

AGREEMENT_ICONS = {
    "opening": "plus",
    "expansion": "steps",
    "upgrade": "licence",
    "renewal": "renew",
    "import": "inbox",
    "adjustment": "offer",
}

SMS_TRANSACTIONS = {
    "bought": _("Bought"),
    "imported": _("Imported"),
    "adjusted": _("Adjusted"),
    "spent": _("Spent"),
    "returned": _("Returned"),
}

FATES = {
    "no credits": _("The account had no SMS credits left: it was not sent."),
    "person cap": _("As many went to this person as a day may have: it was not sent."),
    "account cap": _("As many went out of this account as a day may have: it was not sent."),
    "quiet hours": _("It was their quiet hours by then: it was not sent."),
}
"""Why a text message of an account was not sent, by what `texting.Fate`, or its sender, says."""
