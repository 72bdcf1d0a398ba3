"""Words episodes as texts to telephones: in one segment, spelled for the alphabet of 7 bits.

A text is paid for by its length when it is queued, so it is worded then, in the language of who
gets it. Names are cut to what is left of the segment.
"""

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from vatio.alerts.kinds import AlertKind
from vatio.alerts.moments import What
from vatio.alerts.wording import Facts
from vatio.dates import written_short
from vatio.formats import amount
from vatio.notifications.sms_segments import ALONE, Alphabet, foreign, measure, without_accents

CUT = ".."
"""What stands for the rest of a name that was cut."""

SHORTEST = 8
"""How many letters of a name are left at least, whatever that costs."""


def words_apart(facts: Facts, what: What, language: str) -> str:
    """Return the text that tells of one episode: of one segment, where its words are not its own.

    One that opens says what the rule was given to say, as it was written.
    """
    if facts["own_text"] and what == What.OPENED:
        return with_link(facts["own_text"], facts["code"])
    with override(language):
        pattern = _pattern(facts, what)
        values = {
            "worst": _worst(facts),
            "since": _since(facts),
            "lasted": facts["lasted"],
            "link": f"{_platform()}/a/{facts['code']}",
        }
        return _fitted(pattern, values, [facts["alert"], facts["thing"]])


def with_link(text: str, code: str) -> str:
    """Return a text of somebody's own as it is sent: with the link to the episode behind it."""
    return f"{text} {_platform()}/a/{code}"


def words_together(facts: Sequence[Facts], what: What, language: str) -> str:
    """Return the text that tells of many episodes of an account at once."""
    first = min(facts, key=lambda each: (each["begins_on"], each["begins_time"]))
    with override(language):
        count = len(facts)
        if what == What.STILL:
            pattern = ngettext(
                "Vatio: %(count)s alert still open in %%(alert)s. %%(link)s",
                "Vatio: %(count)s alerts still open in %%(alert)s. %%(link)s",
                count,
            )
        else:
            pattern = ngettext(
                "Vatio: %(count)s notice of alerts in %%(alert)s, since %%(since)s. %%(link)s",
                "Vatio: %(count)s notices of alerts in %%(alert)s, since %%(since)s. %%(link)s",
                count,
            )
        values = {
            "since": _since(first),
            "link": f"{_platform()}/a/{first['code']}",
        }
        return _fitted(pattern % {"count": count}, values, [first["account"], ""])


def _pattern(facts: Facts, what: What) -> str:
    if facts["withdrawn"]:
        return _("Vatio: %(alert)s, %(thing)s, %(since)s did not happen. %(link)s")
    if what == What.CLOSED:
        return _("Vatio: over: %(alert)s, %(thing)s, lasted %(lasted)s. %(link)s")
    if facts["kind"] == AlertKind.SILENCE:
        return _("Vatio: no data of %(thing)s since %(since)s. %(link)s")
    if what == What.WORSENED:
        return _("Vatio: worse: %(alert)s, %(thing)s, %(worst)s. %(link)s")
    return _("Vatio: %(alert)s, %(thing)s, %(worst)s, since %(since)s. %(link)s")


def _worst(facts: Facts) -> str:
    """Return the most extreme value with its unit; the euro, say, would take two septets."""
    if facts["worst"] is None:
        return ""
    return f"{amount(round(facts['worst'], 1))} {facts['unit']}"


def _since(facts: Facts) -> str:
    return f"{written_short(date.fromisoformat(facts['begins_on']))} {facts['begins_time']}"


def _platform() -> str:
    """Return the address of the platform as one would type it."""
    return settings.PLATFORM_ADDRESS.removeprefix("https://")


def _fitted(pattern: str, values: dict[str, str], names: list[str]) -> str:
    """Fill a pattern in, with the longer name cut until the text is one segment of 7 bits."""
    spelled = [_plain(name) for name in names]
    while True:
        alert, thing = spelled
        text = _plain(pattern % {**values, "alert": alert, "thing": thing})
        over = measure(text).units - ALONE[Alphabet.GSM_7]
        longest = max(spelled, key=len)
        if over <= 0 or len(longest) <= SHORTEST:
            return text
        kept = max(SHORTEST, len(longest) - over) - len(CUT)
        spelled[spelled.index(longest)] = longest[:kept].rstrip() + CUT


def _plain(text: str) -> str:
    """Return a text without accents, and without the characters that the alphabet lacks."""
    spelled = without_accents(text)
    return "".join(character for character in spelled if not foreign(character))
