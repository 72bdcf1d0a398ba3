"""The values of a data point of the demo: those of each slot of one local day."""

from datetime import date

from vatio.demo.energy.chance import draw, noise
from vatio.demo.energy.climate import mean_of
from vatio.demo.energy.consumption import consumption
from vatio.demo.energy.electricity import ELECTRICITY
from vatio.demo.energy.expected import wall_quarters
from vatio.demo.energy.profiles import Profile
from vatio.demo.energy.shapes import hours, quarters
from vatio.metering.quantities import QUANTITIES, Adding
from vatio.readings.slots import local_day

RESOLUTIONS = (5, 10, 15, 30, 60, 1440)
"""The resolutions in minutes that values are made of."""

WATT_HOURS_A_LITRE = 11.7
"""What a litre of natural gas gives: 11.7 kWh a m³ is usual on bills."""

OUTDOORS = quarters(
    hours(
        "-2.2 -2.7 -3.1 -3.5 -3.8 -4 -4 -3.6 -2.8 -1.6 -0.3 1.1 2.3 3.3 4.1 4.6 4.7 4.4 3.6 "
        "2.4 1.2 0.2 -0.6 -1.4"
    )
)
"""How far a quarter of the day is above the day's mean temperature, in °C."""

CODES = frozenset((301, 402, 419, 420, 803, 901, *ELECTRICITY))
"""The quantities that values are made of."""


def values(profile: Profile, *, day: date, time_zone: str, minutes: int) -> list[float]:
    """Return the value of each slot of a local day, in the quantity's base unit.

    The slots are those of `vatio.readings.slots`: a day of 23, 25 or 24.5 hours has as many as it
    is long. Energy, gas and water are whole Wh, varh or litres of the slot, and those of an hour
    are exactly the sum of its quarters; other quantities are means. Everything follows from the
    profile and the day alone, whatever was computed before.

    :raises ValueError: for a quantity not in `CODES`, a resolution not in `RESOLUTIONS`.
    """
    if profile.quantity not in CODES or minutes not in RESOLUTIONS:
        raise ValueError(f"no values of {profile.quantity} every {minutes} minutes")
    made = quarters_of(profile, day, time_zone)
    if minutes == 15:
        return made
    if QUANTITIES[profile.quantity].adding == Adding.SUM:
        return _summed(made, minutes)
    return _averaged(made, minutes)


def quarters_of(profile: Profile, day: date, time_zone: str) -> list[float]:
    """Return the values of a local day quarter by quarter, in the quantity's base unit."""
    if profile.quantity == 301:
        return _outdoors(profile, day, time_zone)
    consumed = consumption(profile, day, time_zone)
    if profile.quantity == 419:
        return [energy / WATT_HOURS_A_LITRE // 1 for energy in consumed]
    derived = ELECTRICITY.get(profile.quantity)
    return derived(profile, consumed, day) if derived else consumed


def _summed(made: list[float], minutes: int) -> list[float]:
    """Compute the sums of slots; for slots under a quarter each quarter is split, exactly."""
    step = minutes // 15
    if minutes < 15:
        made = [part for quarter in made for part in _thirds(quarter)]
        step = minutes // 5
    return [sum(made[at : at + step]) for at in range(0, len(made), step)]


def _thirds(quarter: float) -> tuple[float, float, float]:
    """Split a quarter of an hour into three whole parts, not quite even."""
    first = quarter * 0.34 // 1
    second = (quarter - first) * 0.51 // 1
    return first, second, quarter - first - second


def _averaged(made: list[float], minutes: int) -> list[float]:
    """Compute the means of slots; a slot under a quarter has that of the quarter it begins in."""
    if minutes < 15:
        return [made[at * minutes // 15] for at in range(-(-len(made) * 15 // minutes))]
    step = minutes // 15
    slots = [made[at : at + step] for at in range(0, len(made), step)]
    return [round(sum(slot) / len(slot), 3) for slot in slots]


def _outdoors(profile: Profile, day: date, time_zone: str) -> list[float]:
    """Compute the temperature outdoors in tenths of °C: it moves from one day's mean to the next.

    At noon it is the day's own mean and what the hour adds.
    """
    mean = mean_of(day, time_zone)
    before = mean_of(date.fromordinal(day.toordinal() - 1), time_zone)
    after = mean_of(date.fromordinal(day.toordinal() + 1), time_zone)
    walls = wall_quarters(local_day(day, time_zone), time_zone)
    offset = draw(profile.seed, day.toordinal()).offset
    found = []
    for wall, uneven in zip(walls, noise()[offset:], strict=False):
        aside = (wall + 0.5) / 96 - 0.5
        other = after if aside > 0 else before
        found.append(round(mean + (other - mean) * abs(aside) + OUTDOORS[wall] + 0.12 * uneven, 1))
    return found
