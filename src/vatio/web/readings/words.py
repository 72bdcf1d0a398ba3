"""The words of the pages of readings: formats, what is asked, where a thing was found."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from vatio.readings.curve_sorting import WORDS as WHY_NOT_TAKEN
from vatio.readings.ranks import Origin

FORMATS: dict[str, Promise | str] = {
    "f5d": "F5D",
    "p5d": "P5D",
    "f1": "F1",
    "p1": "P1",
    "p1d": "P1D",
    "p2": "P2",
    "p2d": "P2D",
    "cnmc": _("CNMC common, i-DE billed"),
    "datadis": "Datadis",
    "edistribucion": "e-distribución",
    "ide_raw": _("i-DE not billed"),
    "ufd": "UFD",
    "endesa": _("Endesa, customer area"),
    "matrix": _("A day in each line, its hours or quarters in columns"),
    "long": _("An hour or a quarter in each line"),
}

LABELS = {
    "start": _("The start of each interval"),
    "end": _("The end of each interval"),
    "ordinal": _("The number of the interval in its day"),
}

KINDS = {
    "interval": _("What was consumed in each interval"),
    "register": _("What the meter showed"),
}

DECIMALS = {",": _("The comma: 1,5"), ".": _("The point: 1.5")}

ZONES = ("Europe/Madrid", "Atlantic/Canary", "Africa/Ceuta", "Europe/Lisbon", "UTC")

FOUND_UNIT = {
    "heading": _("found in the heading of the column"),
    "column": _("found in a column of the file"),
    "row": _("found in the line under the header"),
    "above": _("found above the header"),
    "words": _("taken from the words of the heading"),
    "format": _("as the format says"),
    "told": _("as you say"),
}

FOUND_LABEL = {
    "ordinals": _("the hours are numbers from 1 on"),
    "spans": _("each hour names both its ends"),
    "24:00": _("there is a 24:00"),
    "first and last": _("the first is one interval after midnight, and the last is midnight"),
    "offsets": _("each time has its offset from UTC"),
    "days": _("each line is a day"),
    "register": _("a register stands at its time"),
    "format": _("as the format says"),
    "told": _("as you say"),
}

ASKED = {
    "label": _(
        "The file does not tell whether its hours name the start or the end of each interval."
        " If you have a bill or another file, compare the total of a day with it: at 00:00 a day"
        " either begins or has just ended."
    ),
    "unit": _("The file does not tell the unit of its values."),
    "kind": _(
        "The values may be what was consumed in each interval, or what the meter showed at"
        " each time."
    ),
    "cups": _("The file does not name the supply point: write its CUPS, or choose a data point."),
    "minutes": _("The file does not tell how long its intervals are."),
    "decimal": _("The points of the values may separate thousands or decimals."),
}

DELIMITERS = {
    ";": _("semicolons"),
    ",": _("commas"),
    "\t": _("tabs"),
    "|": _("bars"),
}

ORIGINS = {
    Origin.MENDED: _("Mended by a person"),
    Origin.INVOICE: _("Billing file"),
    Origin.COLLECTED: _("Call to the meter"),
    Origin.DISTRIBUTOR: _("File of the distributor"),
    Origin.DATADIS: "Datadis",
    Origin.INSERTION: _("Insertion by a gateway"),
    Origin.FILE: pgettext_lazy("where readings come from", "File"),
    Origin.TYPED: _("By hand"),
}

REASONS: dict[str, Promise | str] = {
    **WHY_NOT_TAKEN,
    "malformed": _("What cannot be read."),
    "bad_cups": _("What is not a CUPS."),
    "no_such_day": _("Days that are not in the calendar."),
    "no_such_hour": _("Hours that do not exist on their day."),
    "negative": _("Energy below zero."),
    "not_finite": _("What is not a finite number."),
    "short_row": _("Lines that end before their value."),
    "contradicts": _("Another value for the same time."),
    "rejected": _("Its device was rejected."),
    "retired": _("Its device is out of service."),
    "too_many_pending": _("Too much waits to be accepted."),
}
"""What many that were refused have in common, by the code of the reason."""
