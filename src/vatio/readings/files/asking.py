"""What a file leaves open and may not be guessed: whoever hands it in is asked."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vatio.refusal import Refused

QUESTIONS: dict[str, Promise] = {
    "label": _(
        "The file does not tell whether its hours name the start or the end of each interval:"
        " say so with --label start|end|ordinal."
    ),
    "unit": _("The file does not tell the unit of its values: say it with --unit Wh|kWh|kW."),
    "kind": _(
        "The values may be consumption or what the register showed: say which with"
        " --kind interval|register."
    ),
    "cups": _("The file names no supply point: name it with --cups CUPS."),
    "minutes": _(
        "The file does not tell how long its intervals are: say it with --minutes"
        " 5|10|15|30|60|1440."
    ),
    "decimal": _(
        "The points of the values may separate thousands or decimals: say which mark is the"
        " decimal one with --decimal ,|."
    ),
}


class MustBeAsked(Refused):
    """The file leaves something open that may not be guessed; `option` names what settles it."""

    def __init__(self, option: str) -> None:
        super().__init__(QUESTIONS[option], field=option)
        self.option = option
