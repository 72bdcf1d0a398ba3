"""The acts around an account's energy: the sentence that the history shows for each."""

from django.utils.translation import gettext as _

from vatio.consumption.entering import ENTERED
from vatio.history.sentences import Facts, Sentence, Wording


def _entered(facts: Facts) -> Sentence:
    return Sentence(_("Somebody of the commercial department looked at its energy"), "info")


SENTENCES: dict[str, Wording] = {ENTERED: _entered}
