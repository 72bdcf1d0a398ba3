"""Turns buckets into the bars that are drawn of them."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from vatio.consumption.buckets import Bucket, By
from vatio.consumption.looking import Look
from vatio.consumption.parts import Parted
from vatio.readings.sums import PERIODS
from vatio.web.analysis.bar_labels import BarSpan, bar_words
from vatio.web.analysis.bars import PERIOD_LOOKS, SITE_LOOKS, UNTARIFFED, EnergyBar, EnergyPart
from vatio.web.analysis.lengths import cut

SPANS = {By.HOUR: BarSpan.HOUR, By.DAY: BarSpan.DAY, By.MONTH: BarSpan.MONTH}
MOST_BARS = 400
"""Of more bars only the table is shown."""


def bars_of(
    look: Look, rows: Sequence[Bucket], by: By, *, now: float, parted: Parted | None = None
) -> list[EnergyBar]:
    """Return a bar for each bucket, in the parts that it is in."""
    parts = look.against.comparison.parts if look.against else 1
    zone, step = ZoneInfo(look.subject.time_zone), look.curve.step
    made = []
    for place, each in enumerate(rows):
        starts = datetime.fromtimestamp(each.starts, zone)
        if by != By.HOUR:
            starts = datetime.combine(each.day, datetime.min.time())
        ends = rows[place + 1].starts if place + 1 < len(rows) else look.curve.ends
        made.append(
            EnergyBar(
                words=bar_words(SPANS[by], starts),
                total=each.total,
                parts=_parts(parted, each.starts) if parted else (),
                missing=(each.missing + each.partial) // step,
                intervals=each.expected // step,
                before=each.before,
                faced=each.faced,
                cut=cut(each.compared, each.left_out, parts=parts),
                is_unfinished=each.starts <= now < ends,
            )
        )
    return made


def _parts(parted: Parted, starts: int) -> list[EnergyPart]:
    return [
        EnergyPart(name, look, value)
        for name, look, value in zip(
            parted.names, looks_of(parted.names), parted.of(starts), strict=True
        )
    ]


def looks_of(names: Sequence[str]) -> list[str]:
    """Return how each part looks: periods by their rank, other things by their order."""
    by_period = dict(zip(PERIODS[1:], PERIOD_LOOKS, strict=True))
    if any(name in by_period for name in names):
        return [by_period.get(name, UNTARIFFED) for name in names]
    return [SITE_LOOKS[place % len(SITE_LOOKS)] for place in range(len(names))]
