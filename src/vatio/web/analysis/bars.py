"""Bars of amounts by hour, day or month, whole or in parts: what a drawing of them is made from."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vatio.formats import joined, number
from vatio.web.analysis.bar_labels import BarWords
from vatio.web.analysis.lengths import lasting

WHOLE = "bar-whole"
"""The look of a bar that has no parts."""

PERIOD_LOOKS = ("period-1", "period-2", "period-3", "period-4", "period-5", "period-6")
"""The looks of the tariff periods P1 to P6, from the dearest to the cheapest."""

UNTARIFFED = "bar-untariffed"
"""The look of what is measured while no tariff is known."""

SITE_LOOKS = ("site-1", "site-2", "site-3", "site-4", "site-5", "site-6", "site-7", "site-8")
"""The looks of up to eight things stacked, in the order of the legend."""


@dataclass(frozen=True)
class EnergyPart:
    """A part of a bar: its name (P1, or a site), its look, its amount in base units.

    What is exported, or taken away, is negative and is drawn below the axis.
    """

    name: str
    look: str
    value: float


@dataclass(frozen=True)
class EnergyBar:
    """The amount of an hour, a day or a month in base units, and what is known of it.

    `total` is None where nothing at all was measured. `parts` add up to it; without parts the bar
    is drawn whole. `missing` of its `intervals` have no value: they are neither added nor
    estimated. `before` is the amount to compare with, and `faced` what of the bar is compared with
    it: both without what one side lacks, which `cut` tells in words. A bar is `is_unfinished`
    whose hour, day or month is not over yet.
    """

    words: BarWords
    total: float | None
    parts: Sequence[EnergyPart] = ()
    missing: int = 0
    intervals: int = 0
    before: float | None = None
    faced: float | None = None
    cut: str = ""
    is_unfinished: bool = False

    @property
    def stack(self) -> Sequence[EnergyPart]:
        """The parts that are drawn, without those of nothing; one of the whole where none are."""
        if self.total is None:
            return ()
        parts = [part for part in self.parts if part.value]
        return parts or ([EnergyPart("", WHOLE, self.total)] if self.total else ())

    @property
    def change(self) -> float | None:
        """How much more it was than before: 0.05 is 5 % more; None against nothing."""
        if self.faced is None or self.before is None or self.before <= 0:
            return None
        return self.faced / self.before - 1

    @property
    def lacks_a_part(self) -> bool:
        """Whether all of its intervals are there, and none whole: a part is missing of each."""
        return self.total is not None and self.missing >= self.intervals > 0

    @property
    def is_netted(self) -> bool:
        """Whether some parts are above the axis and some below it."""
        return len({part.value > 0 for part in self.stack}) == 2

    @property
    def highest(self) -> float:
        """How far the bar goes up, in base units."""
        return max(sum(part.value for part in self.stack if part.value > 0), self.before or 0, 0)

    @property
    def lowest(self) -> float:
        """How far the bar goes down, in base units: 0 or negative."""
        return min(sum(part.value for part in self.stack if part.value < 0), self.before or 0, 0)

    @property
    def marks(self) -> str:
        """The signs after the figure, which the notes explain."""
        if self.total is None:
            return ""
        return ("*" if self.missing else "") + ("†" if self.is_unfinished else "")


@dataclass(frozen=True)
class BarsKey:
    """An entry of the legend."""

    look: str
    name: str


@dataclass
class BarsLegend:
    """What the bars show, for their legend: the parts in the order of first sight, and the rest."""

    parts: list[BarsKey] = field(default_factory=list)
    has_before: bool = False
    has_void: bool = False
    has_net: bool = False


def legend_of(bars: Sequence[EnergyBar]) -> BarsLegend:
    """Return the legend of bars: the looks of their parts in the order of the stylesheet."""
    order = (*PERIOD_LOOKS, UNTARIFFED, *SITE_LOOKS)
    names = {part.look: part.name for bar in bars for part in bar.stack if part.name}
    return BarsLegend(
        [BarsKey(look, names[look]) for look in sorted(names, key=order.index)],
        any(bar.before is not None for bar in bars),
        any(bar.total is None for bar in bars),
        any(bar.is_netted for bar in bars),
    )


def notes_of(bars: Sequence[EnergyBar], *, minutes: int) -> list[str]:
    """Return what the signs of the bars mean, a sentence for each sign that is used.

    :param minutes: how long an interval is.
    """
    notes = []
    part = [bar for bar in bars if bar.lacks_a_part]
    short = [bar for bar in bars if bar.missing and not bar.lacks_a_part]
    if part:
        words = ngettext(
            "%(n)s bar lacks a part: neither added nor estimated.",
            "%(n)s bars lack a part: neither added nor estimated.",
            len(part),
        )
        notes.append("* " + words % {"n": number(len(part))})
    if short:
        where = [bar.words.name for bar in short]
        told = {"time": lasting(sum(bar.missing for bar in short) * minutes * 60)}
        if len(where) <= 3:
            told["where"] = joined(where)
            words = _("%(time)s without data (%(where)s): neither added nor estimated.")
        else:
            told |= {"first": where[0], "last": where[-1]}
            words = _(
                "%(time)s without data from %(first)s to %(last)s: neither added nor estimated."
            )
        sign = "* " if any(bar.total is not None for bar in short) else ""
        notes.append(sign + words % told)
    if any(bar.is_unfinished and bar.total is not None for bar in bars):
        notes.append("† " + _("Not over yet."))
    return notes
