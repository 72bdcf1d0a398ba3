"""The acts on people and organisations: the sentence that the history shows for each."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vatio.history.sentences import Facts, Sentence, Wording, always
from vatio.people.labels import ROLES


def _founded(facts: Facts) -> Sentence:
    return Sentence(_("Organisation created: %(name)s") % {"name": facts["name"]}, "house", "good")


def _invited(facts: Facts) -> Sentence:
    return Sentence(_("Invitation made: %(role)s") % {"role": ROLES[facts["role"]]}, "mail")


SENTENCES: dict[str, Wording] = {
    "organisation.founded": _founded,
    "organisation.trusted": always(gettext_lazy("It renews without review"), "check", "good"),
    "organisation.untrusted": always(gettext_lazy("Its renewals are reviewed"), "back"),
    "person.first": always(
        gettext_lazy("First person of the commercial department"), "person", "ok"
    ),
    "person.invited": _invited,
    "person.uninvited": always(gettext_lazy("Invitation withdrawn"), "back"),
    "person.password_chosen": always(gettext_lazy("New password chosen"), "person"),
    "calendar.linked": always(gettext_lazy("Link of the calendar made"), "calendar"),
    "telephone.confirmed": always(gettext_lazy("Telephone confirmed"), "check", "good"),
    "telephone.taken_away": always(gettext_lazy("Telephone taken away"), "minus"),
    "calendar.unlinked": always(gettext_lazy("Link of the calendar cancelled"), "back"),
}
