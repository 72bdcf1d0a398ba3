"""Puts the acts of the history into sentences."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from vatio.dates import written
from vatio.history.models import Act
from vatio.web.words import KIND_ICONS, KINDS


@dataclass(frozen=True)
class Told:
    """An act as a timeline shows it: a sentence, an icon and how much it matters."""

    words: str
    icon: str
    look: str = ""


def told(act: Act) -> Told:
    """Say what was done, from the facts as they were then."""
    facts = act.facts
    kind = str(KINDS.get(facts.get("kind", ""), ""))
    icon = KIND_ICONS.get(facts.get("kind", ""), "info")
    if act.verb == "order.submitted":
        return Told(_("%(kind)s: requested") % {"kind": kind}, icon)
    if act.verb == "order.accepted":
        until = date.fromisoformat(facts["ends_on"])
        return Told(
            _("%(kind)s: accepted, from %(start)s until %(end)s")
            % {
                "kind": kind,
                "start": written(date.fromisoformat(facts["starts_on"])),
                "end": written(until),
            },
            icon,
            "ok",
        )
    if act.verb == "order.rejected":
        return Told(_("%(kind)s: rejected") % {"kind": kind}, "no", "bad")
    if act.verb == "order.withdrawn":
        return Told(_("%(kind)s: withdrawn") % {"kind": kind}, "back")
    if act.verb == "account.imported":
        return Told(_("Imported from a spreadsheet"), "inbox", "ok")
    return Told(act.verb, "info")
