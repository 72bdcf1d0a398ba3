"""Puts the acts of the history into sentences."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vatio.accounts.labels import DETAILS, SECTORS
from vatio.catalogue.labels import counted, rise
from vatio.dates import written
from vatio.formats import joined, number, signed
from vatio.history.models import Act
from vatio.orders.labels import KIND_ICONS, KINDS
from vatio.tenants.models import LANGUAGES
from vatio.units import Unit

COUNTED = (*Unit, "sms_credits")


@dataclass(frozen=True)
class Sentence:
    """An act as a timeline shows it: a sentence, an icon and how much it matters."""

    words: str
    icon: str
    look: str = ""


def sentence(act: Act) -> Sentence:
    """Say what was done, from the facts as they were then."""
    facts = act.facts
    kind = str(KINDS.get(facts.get("kind", ""), ""))
    icon = KIND_ICONS.get(facts.get("kind", ""), "info")
    if act.verb == "order.submitted":
        return Sentence(_requested(kind, facts), icon)
    if act.verb == "order.accepted":
        return Sentence(_accepted(kind, facts), icon, "good")
    if act.verb == "order.rejected":
        return Sentence(_("%(kind)s: rejected") % {"kind": kind}, "no", "bad")
    if act.verb == "order.lapsed":
        return Sentence(_("%(kind)s: lapsed") % {"kind": kind}, "clock")
    if act.verb == "order.taken":
        return Sentence(_("Taken in hand"), "person")
    if act.verb == "order.let_go":
        return Sentence(_("Back in the queue"), "back")
    if act.verb == "order.withdrawn":
        return Sentence(_("%(kind)s: withdrawn") % {"kind": kind}, "back")
    if act.verb == "renewal.undone":
        end = written(date.fromisoformat(facts["ends_on"]))
        return Sentence(_("Renewal until %(end)s: undone") % {"end": end}, "back")
    if act.verb == "account.configured":
        return Sentence(_configured(facts["changed"]), "info")
    if act.verb == "account.adjusted":
        return Sentence(_adjusted(facts), "offer", "warm")
    if act.verb == "account.leaving":
        return Sentence(_("It will not be renewed"), "minus", "warm")
    if act.verb == "account.staying":
        return Sentence(_("It may be renewed after all"), "back")
    if act.verb == "account.imported":
        return Sentence(_("Imported from a spreadsheet"), "inbox", "good")
    if act.verb == "account.purged":
        return Sentence(_purged(facts), "cross", "bad")
    return Sentence(act.verb, "info")


def _requested(kind: str, facts: dict[str, Any]) -> str:
    """Say what was asked, where the act tells it."""
    asked = [str(facts["licence"])] if facts.get("licence") else []
    asked += [counted(unit, facts[unit]) for unit in COUNTED if facts.get(unit)]
    if not asked:
        return _("%(kind)s: requested") % {"kind": kind}
    return _("%(kind)s: requested, %(asked)s") % {"kind": kind, "asked": joined(asked)}


def _configured(changed: dict[str, list[str]]) -> str:
    parts = []
    for name, values in changed.items():
        if values:
            old, new = (_value(name, value) for value in values)
            parts.append(
                _("%(label)s: from «%(old)s» to «%(new)s»")
                % {"label": DETAILS[name], "old": old, "new": new}
            )
        else:
            parts.append(_("%(label)s: changed") % {"label": DETAILS[name]})
    return "; ".join(parts)


def _value(name: str, value: str) -> str:
    if name == "sector":
        return str(SECTORS.get(value, value))
    return dict(LANGUAGES).get(value, value) if name == "language" else value


def _adjusted(facts: dict[str, Any]) -> str:
    change = facts["change"]
    if change == "quantities":
        parts = [
            rise(unit, facts["before"][unit], after)
            for unit, after in facts["after"].items()
            if after != facts["before"][unit]
        ]
        return _("Adjusted: %(changes)s") % {"changes": joined(parts)}
    if change == "credits":
        return _("Adjusted: %(credits)s SMS credits") % {"credits": signed(facts["credits"])}
    day = written(date.fromisoformat(facts["after"]))
    if change == "end":
        return _("Ended early: on %(day)s") % {"day": day}
    return _("Courtesy days: until %(day)s") % {"day": day}


def _purged(facts: dict[str, Any]) -> str:
    agreements = ngettext("%(n)s agreement", "%(n)s agreements", facts["agreements"])
    return _("%(account)s: deleted for ever, with %(agreements)s") % {
        "account": facts["account"],
        "agreements": agreements % {"n": number(facts["agreements"])},
    }


def _accepted(kind: str, facts: dict[str, Any]) -> str:
    if "ends_on" in facts:
        return _("%(kind)s: accepted, from %(start)s until %(end)s") % {
            "kind": kind,
            "start": written(date.fromisoformat(facts["starts_on"])),
            "end": written(date.fromisoformat(facts["ends_on"])),
        }
    if "licence" in facts:
        return _("%(kind)s: accepted, %(licence)s") % {"kind": kind, "licence": facts["licence"]}
    added = [counted(unit, facts[unit]) for unit in COUNTED if facts.get(unit)]
    return _("%(kind)s: accepted, %(added)s") % {"kind": kind, "added": joined(added)}
