"""The acts on readings: the sentence that the history shows for each."""

from django.utils.translation import gettext as _

from vatio.formats import number
from vatio.history.sentences import Facts, Sentence, Wording


def _taken_back(facts: Facts) -> Sentence:
    words = _("Delivery taken back: %(name)s, %(days)s days")
    return Sentence(words % {"name": facts["name"], "days": number(facts["days"])}, "back")


SENTENCES: dict[str, Wording] = {"readings.taken_back": _taken_back}
