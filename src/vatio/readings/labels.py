"""The words for where a value came from, how, and what else is known of it."""

from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vatio.readings.ranks import Flag, How, Origin, flags_of, how_of, origin_of

ORIGINS = {
    Origin.MENDED: _("mended"),
    Origin.INVOICE: _("billing file"),
    Origin.COLLECTED: _("read from the meter"),
    Origin.DISTRIBUTOR: _("distributor's file"),
    Origin.DATADIS: "Datadis",
    Origin.INSERTION: _("sent by a device"),
    Origin.FILE: _("own file"),
    Origin.TYPED: _("typed"),
}

HOWS = {
    How.MEASURED: _("measured"),
    How.ESTIMATED: _("estimated"),
    How.BY_HAND: _("by hand"),
    How.SPREAD: _("spread evenly"),
}

FLAGS = {
    Flag.FIRM: _("firm"),
    Flag.DOUBTFUL: _("doubtful"),
    Flag.INVALID: _("invalid"),
    Flag.DERIVED: _("difference of registers"),
}


def quality_words(stored: int) -> str:
    """Return a stored quality in words, of the language in use: origin; how; each flag."""
    return _words(stored, get_language() or "")


@lru_cache(maxsize=4096)
def _words(stored: int, _language: str) -> str:
    said = [ORIGINS[origin_of(stored)], HOWS[how_of(stored)]]
    said += [word for flag, word in FLAGS.items() if flag in flags_of(stored)]
    return "; ".join(str(word) for word in said)
