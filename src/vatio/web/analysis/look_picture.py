"""The server's drawing of what is looked at, for whoever has no script."""

from dataclasses import replace

from vatio.consumption.looking import Look
from vatio.web.analysis.amounts import power_unit
from vatio.web.analysis.curve_drawing import CurveDrawing, Slot, draw, strips


def picture_of(look: Look) -> CurveDrawing | None:
    """Return the drawing of a curve, its marks and what it is compared with; None without any
    value."""
    unit, curve = power_unit(look.subject), look.curve
    drawn = draw(
        [Slot(*each) for each in zip(curve.starts, curve.powers(), strict=True)],
        minutes=look.minutes,
        time_zone=curve.time_zone,
        factor=unit.factor,
        unit=unit.name,
        what=look.subject.name,
        adds=False,
        now=look.now,
        before=look.against.laid if look.against else (),
    )
    if drawn is None:
        return None
    count = len(curve.values)
    return replace(
        drawn,
        estimated=strips(curve.estimated, count),
        doubtful=strips(curve.doubtful, count),
        partial=strips(curve.partial, count),
    )
