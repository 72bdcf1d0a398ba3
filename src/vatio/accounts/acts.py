"""The acts on accounts and on roles in them: the sentence that the history shows for each."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from vatio.accounts import renewal
from vatio.accounts.labels import DETAILS, SECTORS
from vatio.catalogue.labels import rise
from vatio.dates import written
from vatio.formats import joined, signed
from vatio.history.sentences import Facts, Sentence, Wording, always
from vatio.people.labels import ROLES
from vatio.tenants.models import LANGUAGES

RULES = {renewal.TRUSTED: gettext_lazy("the rule of trusted organisations")}
"""Labels of the rules that change an account."""


def _configured(facts: Facts) -> Sentence:
    parts = []
    for name, values in facts["changed"].items():
        if values:
            old, new = (_value(name, value) for value in values)
            parts.append(
                _("%(label)s: from «%(old)s» to «%(new)s»")
                % {"label": DETAILS[name], "old": old, "new": new}
            )
        else:
            parts.append(_("%(label)s: changed") % {"label": DETAILS[name]})
    return Sentence("; ".join(parts), "info")


def _value(name: str, value: str) -> str:
    if name == "sector":
        return str(SECTORS.get(value, value))
    return dict(LANGUAGES).get(value, value) if name == "language" else value


def _adjusted(facts: Facts) -> Sentence:
    change = facts["change"]
    if change == "quantities":
        changes = [
            rise(unit, facts["before"][unit], after)
            for unit, after in facts["after"].items()
            if after != facts["before"][unit]
        ]
        words = _("Adjusted: %(changes)s") % {"changes": joined(changes)}
    elif change == "credits":
        words = ngettext(
            "Adjusted: %(credits)s SMS credit",
            "Adjusted: %(credits)s SMS credits",
            abs(facts["credits"]),
        ) % {"credits": signed(facts["credits"])}
    elif change == "end":
        words = _("Ended early: on %(day)s") % {"day": _day(facts["after"])}
    else:
        words = _("Courtesy days: until %(day)s") % {"day": _day(facts["after"])}
    return Sentence(words, "offer", "warm")


def _undone(facts: Facts) -> Sentence:
    end = _day(facts["ends_on"])
    return Sentence(_("Renewal until %(end)s: undone") % {"end": end}, "back")


def _joined(facts: Facts) -> Sentence:
    words = _("Invitation accepted: %(role)s") % {"role": ROLES[facts["role"]]}
    return Sentence(words, "person", "good")


def _role_changed(facts: Facts) -> Sentence:
    return Sentence(_("Role changed: now %(role)s") % {"role": ROLES[facts["to"]]}, "person")


def _day(iso: str) -> str:
    return written(date.fromisoformat(iso))


SENTENCES: dict[str, Wording] = {
    "account.configured": _configured,
    "account.adjusted": _adjusted,
    "account.leaving": always(gettext_lazy("It will not be renewed"), "minus", "warm"),
    "account.staying": always(gettext_lazy("It may be renewed after all"), "back"),
    "renewal.undone": _undone,
    "person.joined": _joined,
    "role.changed": _role_changed,
    "role.taken": always(gettext_lazy("Role taken away"), "minus"),
    "member.gone": always(gettext_lazy("A SuperAdministrator was removed"), "minus"),
    "colleague.gone": always(
        gettext_lazy("A colleague was removed from the commercial department"), "minus"
    ),
}
