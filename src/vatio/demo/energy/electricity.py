"""Quantities that follow from a meter's active energy: reactive energy, power, voltage, current."""

from collections.abc import Callable
from datetime import date
from math import hypot

from vatio.demo.energy.chance import draw, noise
from vatio.demo.energy.profiles import Profile

THREE_PHASES = 15.0
"""From how many kW on a supply has three phases: 400 V between them."""

Quarters = list[float]


def _noise(profile: Profile, day: date, count: int) -> tuple[float, ...]:
    """Return the noise of a quantity of its own on a day."""
    offset = draw(profile.seed, day.toordinal(), str(profile.quantity)).offset
    return noise()[offset : offset + count]


def _load(profile: Profile, active: float) -> float:
    """Compute how much of the power of its supply a meter sees."""
    return active / (profile.kw * 250)


def inductive(profile: Profile, active: Quarters, day: date) -> Quarters:
    """Return the inductive reactive energy in varh: cos φ from 0.97 to 0.87, by the meter.

    Motors that idle take it too: there is a little, however low the load.
    """
    tangent = 0.26 + 0.3 * draw(profile.seed, 0, "cos").first
    idle = profile.kw * 2 / profile.among
    chance = _noise(profile, day, len(active))
    return [
        (energy * tangent * (1 + 0.04 * uneven) + (idle if energy else 0.0)) // 1
        for energy, uneven in zip(active, chance, strict=True)
    ]


def capacitive(profile: Profile, active: Quarters, day: date) -> Quarters:
    """Return the capacitive reactive energy in varh: where the load is low, else none."""
    return [
        max((0.25 - _load(profile, energy) * profile.among) * profile.kw * 18 / profile.among, 0.0)
        // 1
        for energy in active
    ]


def power(profile: Profile, active: Quarters, day: date) -> Quarters:
    """Return the mean active power in W."""
    return [energy * 4 for energy in active]


def factor(profile: Profile, active: Quarters, day: date) -> Quarters:
    """Return the power factor: 1 where nothing is consumed."""
    reactive = inductive(profile, active, day)
    return [
        round(energy / hypot(energy, other), 3) if energy else 1.0
        for energy, other in zip(active, reactive, strict=True)
    ]


def voltage(profile: Profile, active: Quarters, day: date) -> Quarters:
    """Return the mean voltage between a phase and the neutral in V: lower under load."""
    chance = _noise(profile, day, len(active))
    return [
        round(232.5 + 1.3 * uneven - 4 * _load(profile, energy), 1)
        for energy, uneven in zip(active, chance, strict=True)
    ]


def current(profile: Profile, active: Quarters, day: date) -> Quarters:
    """Return the mean current of a phase in A."""
    volts = 230 * (3 if profile.kw >= THREE_PHASES else 1)
    factors = factor(profile, active, day)
    return [
        round(energy * 4 / volts / each, 2) for energy, each in zip(active, factors, strict=True)
    ]


def frequency(profile: Profile, active: Quarters, day: date) -> Quarters:
    """Return the mean frequency in Hz."""
    return [round(50 + 0.012 * uneven, 3) for uneven in _noise(profile, day, len(active))]


ELECTRICITY: dict[int, Callable[[Profile, Quarters, date], Quarters]] = {
    401: power,
    404: inductive,
    405: voltage,
    406: current,
    408: capacitive,
    412: factor,
    414: frequency,
}
"""The quantities of `vatio.metering.quantities` that follow from active energy, by code."""
