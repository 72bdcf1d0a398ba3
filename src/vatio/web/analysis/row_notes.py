"""What is to be known of a row of the table, in words."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from vatio.analysis.curve import HOUR
from vatio.consumption.buckets import Bucket
from vatio.consumption.looking import Look
from vatio.readings.slots import WHOLE_DAY
from vatio.web.analysis.lengths import cut, lasting


def row_notes(row: Sequence[Bucket], look: Look) -> list[str]:
    """Return what is to be known of a row: what is missing, estimated, doubtful, not compared.

    :param row: the bucket of each thing that is looked at.
    :param look: the first of them.
    """
    found: list[str] = []
    whole = all(each.total is None for each in row)
    expected = max(each.expected for each in row)
    if not expected:
        return [_("yet to come")]
    if whole:
        return [_("no data")]
    for name, words in (
        ("missing", _("%(time)s missing")),
        ("partial", _("%(time)s incomplete")),
        ("estimated", _("%(time)s estimated")),
        ("doubtful", _("%(time)s doubtful")),
    ):
        seconds = max(getattr(each, name) for each in row)
        if seconds:
            found.append(words % {"time": lasting(seconds)})
    if look.minutes < WHOLE_DAY and row[0].expected in (23 * HOUR, 25 * HOUR):
        hours = row[0].expected // HOUR
        found.append(_("day of %(hours)s hours: the clocks change") % {"hours": hours})
    if look.against is not None and len(row) == 1:
        (own,) = row
        words = cut(own.compared, own.left_out, parts=look.against.comparison.parts)
        found += [words] if words else []
    return found


def cut_of(look: Look) -> str:
    """Return what the comparison of the whole span left out; nothing where it is none."""
    if look.against is None:
        return ""
    compared = look.against.comparison
    return cut(compared.compared, compared.left_out, parts=compared.parts)
