"""The acts of purging: the sentence that the history shows for each."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vatio.formats import number
from vatio.history.sentences import Facts, Sentence, Wording


def _purged(facts: Facts) -> Sentence:
    agreements = ngettext("%(n)s agreement", "%(n)s agreements", facts["agreements"])
    words = _("%(account)s: deleted for ever, with %(agreements)s") % {
        "account": facts["account"],
        "agreements": agreements % {"n": number(facts["agreements"])},
    }
    return Sentence(words, "cross", "bad")


SENTENCES: dict[str, Wording] = {"account.purged": _purged}
