"""Which load a data point of the demo measures: its sector, its part of it, and its size."""

from dataclasses import dataclass

from vatio.demo.energy.faults import NO_FAULTS, Faults
from vatio.demo.energy.parts import NAMES

FED_BY = {419: "gas", 420: "gas", 803: "water", 901: "water"}
"""Quantities of something else than electricity, and what is measured then."""


@dataclass(frozen=True)
class Profile:
    """All that the values of a data point are computed from.

    `kw` is the lowest contracted power of the supply point in kW: an ordinary year stays below
    it. `part` is what of the load is measured (empty: the whole); `among` is how many meters
    measure that part together, each an equal share. Quantities of one meter belong together if
    they have one `seed`.
    """

    sector: str
    part: str
    quantity: int
    seed: int
    kw: float
    among: int = 1
    faults: Faults = NO_FAULTS


def profile_of(
    sector: str,
    meter: str,
    quantity: int,
    seed: int,
    *,
    kw: float = 30.0,
    among: int = 1,
    faults: Faults = NO_FAULTS,
) -> Profile:
    """Return the profile of a quantity of a meter, by the account's sector and the meter's name.

    The name's first word says which part is measured, as the demo's inventory names its meters:
    «Iluminación 03»; another name, «Contador general», is the whole. «Alumbrado …», and in a
    town hall's account «Iluminación …» too, is street lighting.
    """
    word = meter.split(" ", 1)[0].casefold()
    part = NAMES.get(word, "")
    if word == "alumbrado" or (sector == "administration" and part == "lighting"):
        sector, part = "street lighting", ""
    part = FED_BY.get(quantity, part)
    return Profile(sector, part, quantity, seed, kw, among, faults)
