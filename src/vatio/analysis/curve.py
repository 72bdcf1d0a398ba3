"""A curve: what a thing measured, interval by interval, over whole local days."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

Value = float | None
"""The amount of an interval in base units (Wh, W, l); None is a gap."""

Run = tuple[int, int]
"""Intervals from one place up to, not including, another."""

HOUR = 3600


@dataclass
class Curve:
    """The intervals of a thing over consecutive local days, without holes between them.

    `starts` are the instants at which the intervals begin, in seconds since 1970, UTC, and
    `ends` the one at which the last of them does. `step` is their length in seconds; where a day
    is no whole number of them, its last one is shorter. Day k of `days` has the intervals from
    `firsts[k]` up to, not including, `firsts[k + 1]`: 23, 24 or 25 hours.

    `values` are in base units. With `adds` they are amounts, as energy is; without it states,
    as a temperature is. `estimated`, `doubtful` and `partial` are runs of intervals: those that
    nobody measured, those hard to believe, and those of a sum of which a part is missing.
    """

    time_zone: str
    step: int
    days: list[date]
    firsts: list[int]
    starts: Sequence[int]
    ends: int
    values: list[Value]
    adds: bool = True
    estimated: list[Run] = field(default_factory=list)
    doubtful: list[Run] = field(default_factory=list)
    partial: list[Run] = field(default_factory=list)
    _powers: list[Value] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def has_values(self) -> bool:
        """Whether anything was measured."""
        return any(value is not None for value in self.values)

    def lengths(self) -> Sequence[int]:
        """Return the length of each interval in seconds: of days, and of what ends with one."""
        if isinstance(self.starts, range):
            return [self.step] * len(self.starts)
        ends = [*self.starts[1:], self.ends]
        return [end - start for start, end in zip(self.starts, ends, strict=True)]

    def powers(self) -> list[Value]:
        """Return the mean power of each interval in W for amounts of Wh; states as they are.

        They are worked out once: the values do not change after that.
        """
        if not self.adds:
            return self.values
        if self._powers is None:
            self._powers = self._worked_out()
        return self._powers

    def _worked_out(self) -> list[Value]:
        if isinstance(self.starts, range):
            factor = HOUR / self.step
            return [None if value is None else value * factor for value in self.values]
        return [
            None if value is None else value * HOUR / length
            for value, length in zip(self.values, self.lengths(), strict=True)
        ]
