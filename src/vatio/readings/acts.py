"""The acts on readings: the sentence that the history shows for each."""

from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from vatio.dates import written
from vatio.formats import number
from vatio.history.sentences import Facts, Sentence, Wording


def _taken_back(facts: Facts) -> Sentence:
    words = _("Delivery taken back: %(name)s, %(days)s days")
    return Sentence(words % {"name": facts["name"], "days": number(facts["days"])}, "back")


def _accepted(facts: Facts) -> Sentence:
    count = facts["readings"]
    words = ngettext(
        "Device %(did)s of %(source)s accepted as %(meter)s, with %(count)s reading",
        "Device %(did)s of %(source)s accepted as %(meter)s, with %(count)s readings",
        count,
    )
    known = {name: facts[name] for name in ("did", "source", "meter")}
    return Sentence(words % {**known, "count": number(count)}, "check", "good")


def _rejected(facts: Facts) -> Sentence:
    codes = facts["quantities"]
    words = _("Device %(did)s of %(source)s rejected")
    if codes:
        words = _("Of the device %(did)s of %(source)s rejected: %(codes)s")
    known = {"did": facts["did"], "source": facts["source"]}
    return Sentence(words % {**known, "codes": ", ".join(map(str, codes))}, "no", "bad")


def _of_device(words: Promise, icon: str) -> Wording:
    return lambda facts: Sentence(
        str(words) % {"did": facts["did"], "source": facts["source"]}, icon
    )


def _change_undone(facts: Facts) -> Sentence:
    words = _("%(meter)s: there was no other device on %(day)s")
    day = written(date.fromisoformat(facts["day"]))
    return Sentence(words % {"meter": facts["meter"], "day": day}, "back")


SENTENCES: dict[str, Wording] = {
    "readings.taken_back": _taken_back,
    "readings.change_undone": _change_undone,
    "readings.accepted": _accepted,
    "readings.rejected": _rejected,
    "readings.unrejected": _of_device(
        gettext_lazy("Rejection of the device %(did)s of %(source)s taken back"), "back"
    ),
}
