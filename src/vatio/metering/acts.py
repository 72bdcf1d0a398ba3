"""The acts on what is installed: the sentence that the history shows for each."""

from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vatio.dates import written
from vatio.formats import number
from vatio.history.sentences import Facts, Sentence, Wording
from vatio.metering.labels import THINGS
from vatio.metering.recording import COMMAND

RULES: dict[str, Promise] = {
    "inventory": gettext_lazy("Import of an inventory"),
    COMMAND: gettext_lazy("Command line of the operator"),
}


def _of(words: Promise, icon: str, look: str = "") -> Wording:
    """Return the wording of an act: what was done, what to, and its name."""

    def wording(facts: Facts) -> Sentence:
        thing = THINGS[facts["kind"]]
        return Sentence(str(words) % {"thing": thing, "name": facts["name"]}, icon, look)

    return wording


def _device_changed(facts: Facts) -> Sentence:
    words = _("Meter changed: %(name)s, from %(old)s to %(new)s") % {
        "name": facts["name"],
        "old": facts["old"] or "–",
        "new": facts["new"] or "–",
    }
    return Sentence(words, "renew")


def _terms_changed(facts: Facts) -> Sentence:
    words = (
        _("Terms of %(name)s changed from %(day)s on")
        if facts["since"]
        else _("Terms of %(name)s changed from the beginning")
    )
    return Sentence(words % _version_of(facts), "info")


def _version_removed(facts: Facts) -> Sentence:
    words = (
        _("Version of %(name)s removed that began on %(day)s")
        if facts["since"]
        else _("First version of %(name)s removed")
    )
    return Sentence(words % _version_of(facts), "minus")


def _version_of(facts: Facts) -> dict[str, str]:
    day = written(date.fromisoformat(facts["since"])) if facts["since"] else ""
    return {"name": facts["name"], "day": day}


def _inventory_imported(facts: Facts) -> Sentence:
    words = _(
        "Inventory imported from %(file)s: %(added)s added, %(changed)s changed,"
        " %(retired)s retired, %(returned)s put back into service"
    )
    counts = {name: number(facts[name]) for name in ("added", "changed", "retired", "returned")}
    return Sentence(words % {"file": facts["file"], **counts}, "upload")


SENTENCES: dict[str, Wording] = {
    "installation.added": _of(gettext_lazy("%(thing)s added: %(name)s"), "plus", "good"),
    "installation.changed": _of(gettext_lazy("%(thing)s changed: %(name)s"), "info"),
    "installation.removed": _of(gettext_lazy("%(thing)s removed: %(name)s"), "minus"),
    "installation.retired": _of(gettext_lazy("%(thing)s retired: %(name)s"), "minus"),
    "installation.returned": _of(gettext_lazy("%(thing)s back in service: %(name)s"), "back"),
    "installation.contracted": _of(gettext_lazy("Supply contract added: %(name)s"), "licence"),
    "installation.device_changed": _device_changed,
    "installation.token_issued": _of(gettext_lazy("Token of a source made: %(name)s"), "plus"),
    "installation.token_rotated": _of(gettext_lazy("Token of a source changed: %(name)s"), "renew"),
    "installation.token_revoked": _of(
        gettext_lazy("Token of a source revoked: %(name)s"), "no", "bad"
    ),
    "installation.terms_changed": _terms_changed,
    "installation.version_removed": _version_removed,
    "inventory.imported": _inventory_imported,
}
