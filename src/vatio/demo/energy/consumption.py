"""What a profile consumed in each quarter of a day, in whole units: the expected, and chance."""

from datetime import date

from vatio.demo.energy.chance import draw, noise
from vatio.demo.energy.expected import expected, wall_quarters
from vatio.demo.energy.parts import shape_of
from vatio.demo.energy.profiles import Profile
from vatio.demo.energy.working_days import DayKind, kind_of
from vatio.readings.slots import local_day

DAILY, YEARLY = 0.08, 0.08
"""How far apart the least and the most of a day, and of a year, lie: parts of the expected."""

MOST = 0.97
"""How much of the contracted power an ordinary quarter reaches at most."""

BUSY = 0.6
"""From which part of the contracted power on the highest quarter of a day may be an excess."""

DEAR_MONTHS = (1, 2, 7, 12)
DEAR_QUARTERS = frozenset((*range(40, 56), *range(72, 88)))
"""10:00 to 14:00 and 18:00 to 22:00 on working days of `DEAR_MONTHS`: the hours in which the
period of the peninsula is the dearest (Circular CNMC 3/2020), whose power is the lowest."""


def consumption(profile: Profile, day: date, time_zone: str) -> list[float]:
    """Return what was consumed in each quarter of a local day: whole Wh, or whole litres of water.

    A day's level moves towards that of the next one, so that nothing jumps at midnight.
    """
    shape = shape_of(profile.sector, profile.part)
    load = expected(shape, day, time_zone)
    ordinal, count = day.toordinal(), len(load)
    if not count:
        return []
    today, tomorrow = draw(profile.seed, ordinal), draw(profile.seed, ordinal + 1)
    size = profile.kw * 2.5 / profile.among
    size *= 1 + YEARLY * (draw(profile.seed, day.year, "year").first - 0.5)
    level = size * (1 + DAILY * (today.first - 0.5))
    step = size * DAILY * (tomorrow.first - today.first) / count
    chance = noise()[today.offset : today.offset + count]
    much = shape.noise
    values = [
        (percent * (level + step * quarter) * (1 + much * uneven) + 0.5) // 1
        for quarter, (percent, uneven) in enumerate(zip(load, chance, strict=True))
    ]
    return values if profile.part else _within(profile, values, day, time_zone)


def _within(profile: Profile, values: list[float], day: date, time_zone: str) -> list[float]:
    """Keep a whole supply below its contracted power, but in the excesses it is to have."""
    most = profile.kw * 250 * MOST // 1
    if max(values) > most:
        values = [min(value, most) for value in values]
    one_in = profile.faults.excess_in
    if not one_in or day.month not in DEAR_MONTHS or kind_of(day) != DayKind.WORKING:
        return values
    drawn = draw(profile.seed, day.toordinal(), "excess")
    if drawn.first * one_in >= 1 or max(values) < profile.kw * 250 * BUSY:
        return values
    walls = wall_quarters(local_day(day, time_zone), time_zone)
    dear = [at for at, wall in enumerate(walls) if wall in DEAR_QUARTERS]
    peak = max(dear, key=values.__getitem__)
    for at, above in ((peak, 0.05 + 0.1 * drawn.second), (peak + 1, 0.02 + 0.06 * drawn.second)):
        values[at] = profile.kw * 250 * (1 + above) // 1
    return values
