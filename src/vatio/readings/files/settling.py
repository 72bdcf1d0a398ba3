"""Settles what a file leaves open: how long its intervals are, what its labels name, its unit."""

from collections import Counter
from collections.abc import Collection
from itertools import pairwise

from vatio.readings.files.amounts import UnitScale
from vatio.readings.files.asking import MustBeAsked
from vatio.readings.files.curves import CurveOptions, Kind
from vatio.readings.files.labels import ONE_DAY, Label
from vatio.readings.files.layouts import Column, Layout

STEPS = (1440, 60, 30, 15, 10, 5)
"""The lengths of interval that can be stored, in minutes."""

BY_FORMAT = {"long": 0, "matrix": 0, "p2": 15, "p2d": 15}
BY_HOUR = 60
MOST_HOURS = 25
SCALES = {
    "Wh": (1, False),
    "kWh": (1000, False),
    "MWh": (1_000_000, False),
    "W": (1, True),
    "kW": (1000, True),
    "MW": (1_000_000, True),
    "varh": (1, False),
    "kvarh": (1000, False),
    "kvar": (1000, True),
}
"""How many base units one of a unit is, and whether it is a mean power over the interval."""


def kind_of(layout: Layout, told: CurveOptions) -> Kind:
    """Return whether values are of intervals or registers.

    :raises MustBeAsked: if a heading speaks of what the meter shows, and nobody says.
    """
    if told.kind:
        return told.kind
    if layout.is_register:
        raise MustBeAsked("kind")
    return "interval"


def minutes_of(labels: Collection[Label]) -> int:
    """Return how long the intervals of some labels are, or 0 if they do not tell."""
    ordinals = {label.ordinal for label in labels if label.ordinal >= 0}
    if ordinals:
        return _of_ordinals(ordinals)
    spans = Counter((label.until - label.seconds) for label in labels if label.until >= 0)
    if spans:
        return _known(spans.most_common(1)[0][0])
    if labels and all(label.seconds < 0 for label in labels):
        return 1440
    walls = sorted({label.wall for label in labels})
    steps = Counter(after - before for before, after in pairwise(walls))
    if not steps:
        return 0
    return _known(max(steps, key=lambda step: (steps[step], -step)))


def _of_ordinals(ordinals: set[int]) -> int:
    """Return how long the steps of a day are that are numbered so; a few may be mistakes."""
    beyond = [ordinal for ordinal in ordinals if ordinal > MOST_HOURS]
    if len(beyond) * 5 < len(ordinals):
        return 60
    most = max(beyond)
    return 15 if most > 50 else 30 if most in {46, 48, 50} else 0


def _known(seconds: int) -> int:
    """Return the longest interval that can be stored of which others are multiples."""
    return next((step for step in STEPS if seconds % (step * 60) == 0), 0)


def minutes_unless_told(found: int, others: Collection[int], layout: Layout, kind: Kind) -> int:
    """Return the length of a supply point's intervals: found, as others', or by the format.

    :raises MustBeAsked: if nothing tells.
    """
    known = found or max(others, default=0) or BY_FORMAT.get(layout.format, BY_HOUR)
    if not known and kind == "interval":
        raise MustBeAsked("minutes")
    return known


def label_of(
    labels: Collection[Label], layout: Layout, told: CurveOptions, minutes: int, kind: Kind
) -> tuple[str, str]:
    """Return what the labels of a file name (start, end, ordinal), and what tells so.

    :raises MustBeAsked: if nothing does: hours from 00:00 to 23:00 may name either end.
    """
    if kind == "register":
        return "start", "register"
    if all(label.seconds < 0 and label.ordinal < 0 for label in labels):
        return "ordinal", "days"
    if told.label:
        return told.label, "told"
    if layout.label:
        return layout.label, layout.label_from
    ordinals = [label.ordinal for label in labels if label.ordinal >= 0]
    if ordinals:
        if min(ordinals) == 0:
            raise MustBeAsked("label")
        return "ordinal", "ordinals"
    if any(label.until >= 0 for label in labels):
        return "start", "spans"
    if any(label.seconds >= ONE_DAY for label in labels):
        return "end", "24:00"
    if is_first_after_midnight_and_last_at_it(labels, minutes):
        return "end", "first and last"
    if all(label.offset is not None for label in labels):
        return "start", "offsets"
    if layout.format == "datadis" and all(label.seconds for label in labels):
        return "end", "format"
    raise MustBeAsked("label")


def is_first_after_midnight_and_last_at_it(labels: Collection[Label], minutes: int) -> bool:
    """Return whether the first label is one interval after a midnight, and the last a midnight."""
    first, last = min(label.wall for label in labels), max(label.wall for label in labels)
    step = minutes * 60
    return first % ONE_DAY == step and last % ONE_DAY == 0


def scale_of(column: Column, told: CurveOptions, minutes: int) -> UnitScale:
    """Return how many base units one of a column's values is over an interval.

    :raises MustBeAsked: if neither the file nor anybody says the unit.
    """
    unit = told.unit or column.unit
    if not unit:
        raise MustBeAsked("unit")
    times, is_power = SCALES[unit]
    if not is_power:
        return UnitScale(times)
    return UnitScale(times * minutes, 60)
