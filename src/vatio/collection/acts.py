"""The acts on how lines are reached: the sentence that the history shows for each."""

from django.utils.translation import gettext as _

from vatio.collection.models import LineSettings
from vatio.history.sentences import Facts, Sentence, Wording


def _configured(facts: Facts) -> Sentence:
    words = (
        _("How the RTC line of %(name)s is called changed: by modem")
        if facts["transport"] == LineSettings.Transport.MODEM
        else _("How the RTC line of %(name)s is called changed: by IP")
    )
    return Sentence(words % {"name": facts["name"]}, "info")


def _key_changed(facts: Facts) -> Sentence:
    words = _("Access key of the RTC line of %(name)s changed")
    return Sentence(words % {"name": facts["name"]}, "renew")


SENTENCES: dict[str, Wording] = {
    "line.configured": _configured,
    "line.key_changed": _key_changed,
}
