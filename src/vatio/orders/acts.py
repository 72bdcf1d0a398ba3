"""The acts on orders: the sentence that the history shows for each."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vatio.catalogue.labels import counted
from vatio.dates import written
from vatio.formats import joined
from vatio.history.sentences import Facts, Sentence, Wording, always
from vatio.orders import lapsing
from vatio.orders.labels import KIND_ICONS, KINDS
from vatio.units import Unit

COUNTED = (*Unit, "sms_credits")

RULES = {lapsing.RULE: gettext_lazy("the rule of the 30 days of grace")}
"""Names of the rules that decide an order where no person does."""


def _submitted(facts: Facts) -> Sentence:
    asked = [str(facts["licence"])] if facts.get("licence") else []
    asked += _quantities(facts)
    kind, icon = KINDS[facts["kind"]], KIND_ICONS[facts["kind"]]
    if not asked:
        return Sentence(_("%(kind)s: requested") % {"kind": kind}, icon)
    words = _("%(kind)s: requested, %(asked)s") % {"kind": kind, "asked": joined(asked)}
    return Sentence(words, icon)


def _accepted(facts: Facts) -> Sentence:
    kind = KINDS[facts["kind"]]
    if "ends_on" in facts:
        words = _("%(kind)s: accepted, from %(start)s until %(end)s") % {
            "kind": kind,
            "start": written(date.fromisoformat(facts["starts_on"])),
            "end": written(date.fromisoformat(facts["ends_on"])),
        }
    elif "licence" in facts:
        words = _("%(kind)s: accepted, %(licence)s") % {"kind": kind, "licence": facts["licence"]}
    else:
        added = joined(_quantities(facts))
        words = _("%(kind)s: accepted, %(added)s") % {"kind": kind, "added": added}
    return Sentence(words, KIND_ICONS[facts["kind"]], "good")


def _rejected(facts: Facts) -> Sentence:
    return Sentence(_("%(kind)s: rejected") % {"kind": KINDS[facts["kind"]]}, "no", "bad")


def _withdrawn(facts: Facts) -> Sentence:
    return Sentence(_("%(kind)s: withdrawn") % {"kind": KINDS[facts["kind"]]}, "back")


def _lapsed(facts: Facts) -> Sentence:
    return Sentence(_("%(kind)s: lapsed") % {"kind": KINDS[facts["kind"]]}, "clock")


def _quantities(facts: Facts) -> list[str]:
    return [counted(unit, facts[unit]) for unit in COUNTED if facts.get(unit)]


SENTENCES: dict[str, Wording] = {
    "order.submitted": _submitted,
    "order.accepted": _accepted,
    "order.rejected": _rejected,
    "order.withdrawn": _withdrawn,
    "order.lapsed": _lapsed,
    "order.taken": always(gettext_lazy("Taken in hand"), "person"),
    "order.let_go": always(gettext_lazy("Back in the queue"), "back"),
}
