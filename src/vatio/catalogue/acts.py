"""The acts on licences: the sentence that the history shows for each."""

from django.utils.translation import gettext as _

from vatio.history.sentences import Facts, Sentence, Wording


def _drafted(facts: Facts) -> Sentence:
    return Sentence(_("%(licence)s, version %(number)s: drafted") % facts, "licence")


def _published(facts: Facts) -> Sentence:
    return Sentence(_("%(licence)s, version %(number)s: published") % facts, "licence", "good")


def _retired(facts: Facts) -> Sentence:
    return Sentence(_("%(licence)s, version %(number)s: retired") % facts, "minus")


SENTENCES: dict[str, Wording] = {
    "licence.drafted": _drafted,
    "licence.published": _published,
    "licence.retired": _retired,
}
