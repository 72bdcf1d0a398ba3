"""The acts on alerts: the sentence that the history shows for each."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vatio.history.sentences import Facts, Sentence, Wording


def _of(words: Promise, icon: str, look: str = "") -> Wording:
    """Return the wording of an act: what was done, and to which alert."""

    def wording(facts: Facts) -> Sentence:
        return Sentence(str(words) % {"name": facts["name"]}, icon, look)

    return wording


SENTENCES: Mapping[str, Wording] = {
    "alert.made": _of(_("Alert made: %(name)s"), "plus", "good"),
    "alert.changed": _of(_("Alert changed: %(name)s"), "info"),
    "alert.removed": _of(_("Alert removed: %(name)s"), "minus"),
    "alert.muted": _of(_("Alert muted: %(name)s"), "no"),
    "alert.unmuted": _of(_("Alert speaks again: %(name)s"), "back"),
    "alert.acknowledged": _of(_("Episode of an alert acknowledged: %(name)s"), "info"),
}
