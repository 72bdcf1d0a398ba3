"""From the states of a register to what was counted between them.

A register is the state of a meter at an instant. It only grows: one that is lower than the last
good one is held until the next one tells whether it was a dip, a rollover or another meter.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from vatio.readings.slots import LocalDay, end, place, start

NEAR_THE_TOP = 0.98
"""A register rolls over only if the last state was within 2 % of what its digits can show."""


class Register(NamedTuple):
    """The state of a register, in base units, at an instant in seconds since 1970, UTC."""

    at: float
    value: float


class DeviceChange(NamedTuple):
    """Another device at an instant: the last state of the old one and the first of the new one.

    None stands for a state that nobody read. Where only the day is known, it is from `at` up to,
    not including, `until`: the registers of the day tell when.
    """

    at: float
    last: float | None
    first: float | None
    until: float | None = None


class Piece(NamedTuple):
    """An amount that was counted from an instant up to, not including, another."""

    begins: float
    ends: float
    amount: float


@dataclass
class Settled:
    """What a run of registers says.

    `good` are the registers that stand; `held` those below the last good one, dips and what is
    not decided yet. `changes` are the instants of registers that were taken for those of another
    meter. `anchors` are the good registers from which the same registers, and others behind them,
    settle alike: those that were judged by nothing after them.
    """

    pieces: list[Piece] = field(default_factory=list)
    good: list[Register] = field(default_factory=list)
    held: list[Register] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)
    anchors: list[Register] = field(default_factory=list)
    waiting: Register | None = None


@dataclass
class _Run:
    """A run of registers, settled one after the other."""

    top: float | None
    refused: Collection[float]
    said: Settled
    last: Register | None = None
    low: Register | None = None

    def take(self, one: Register) -> None:
        if self.last is None or one.value >= self.last.value:
            self._go_on(one, one.value - self.last.value if self.last else 0)
        elif self.top and self.last.value >= NEAR_THE_TOP * self.top and self.low is None:
            self._go_on(one, one.value + self.top - self.last.value)
        elif self.low is None or one.value < self.low.value:
            self._hold(one)
        elif one.value > self.low.value and self.low.at not in self.refused:
            self._begin_anew(self.low, one)
        else:
            self.said.held.append(one)

    def is_new(self, change: DeviceChange, one: Register, behind: Sequence[Register]) -> bool:
        """Return whether a register is the first of the new device of a change.

        On the day of the change the old one goes on while registers grow, up to its last state,
        and past a dip. Where nobody read that, or no register came before, and none of the day is
        lower than the one before, nothing tells when: the day begins with the new one.

        :param behind: the registers that follow, in the order of their instants.
        """
        if change.until is None or one.at >= change.until:
            return True
        top = float("inf") if change.last is None else change.last
        if self.last is not None:
            low = self.last.value
            if not low <= one.value <= top:
                return not (behind and low <= behind[0].value <= top)
            if change.last is not None:
                return False
        day = [one, *behind[: bisect_left(behind, change.until, key=lambda each: each.at) + 1]]
        return all(former.value <= later.value for former, later in pairwise(day))

    def change(self, change: DeviceChange, one: Register) -> None:
        """Take the registers of both devices of a change that somebody wrote down.

        The old one's last register of the day, if there is one, and the first of the new one are
        known: it was half-way between them.
        """
        last = self.last
        if last is not None and change.until is not None and last.at >= change.at:
            half_way = min((last.at + one.at) / 2, change.until)
            change = change._replace(at=half_way)
        if last is not None and change.last is not None and change.last >= last.value:
            self.said.pieces.append(Piece(last.at, change.at, change.last - last.value))
        self.low = None
        self.last = None if change.first is None else Register(change.at, change.first)

    def _go_on(self, one: Register, amount: float) -> None:
        if self.last is not None and one.at > self.last.at:
            self.said.pieces.append(Piece(self.last.at, one.at, amount))
        self.said.good.append(one)
        self.said.anchors.append(one)
        self.last, self.low = one, None

    def _hold(self, one: Register) -> None:
        self.said.held.append(one)
        self.low = one

    def _begin_anew(self, first: Register, second: Register) -> None:
        """Two below and growing: another meter counts from the first of them on."""
        self.said.changes.append(first.at)
        self.said.held.remove(first)
        self.said.pieces.append(Piece(first.at, second.at, second.value - first.value))
        self.said.good += [first, second]
        self.said.anchors.append(second)
        self.last, self.low = second, None


def settle(
    registers: Iterable[Register],
    *,
    changes: Sequence[DeviceChange] = (),
    digits: int | None = None,
    unit: float = 1,
    refused: Collection[float] = (),
) -> Settled:
    """Compute what was counted between registers.

    A dip, which the next register at least makes up for, is dropped: one piece runs from the last
    good register to that one. Two registers below and growing are another meter, unless somebody
    said that there was no change; what was counted until the first of them is not known.

    :param registers: in the order of their instants, each instant once.
    :param changes: changes of the device that were written down, in the order of their instants.
        A register at the very instant of a change, if that is known, is of the new device.
    :param digits: how many digits the register shows, where that is known.
    :param unit: base units in one of what the digits count.
    :param refused: the instants of registers that begin no other meter.
    """
    run = _Run(10**digits * unit if digits else None, refused, Settled())
    to_come = list(changes)
    run_of = list(registers)
    for number, one in enumerate(run_of):
        while to_come and to_come[0].at <= one.at:
            if not run.is_new(to_come[0], one, run_of[number + 1 :] if to_come[0].until else ()):
                break
            run.change(to_come.pop(0), one)
        run.take(one)
    run.said.waiting = run.low
    return run.said


class SlotShare(NamedTuple):
    """What of the pieces fell into a slot: its value, and whether its shape was known.

    A slot is exact if pieces begin and end at its borders; otherwise it holds its share, by
    time, of a piece that is longer.
    """

    value: float
    exact: bool


def by_slot(
    pieces: Iterable[Piece], *, time_zone: str, minutes: int
) -> Mapping[tuple[LocalDay, int], SlotShare]:
    """Lay pieces over the slots of their days; only slots that are covered whole have a share.

    The shares of a piece add up to its amount: whole base units stay whole.

    :param pieces: of which no two overlap.
    """
    shares: dict[tuple[LocalDay, int], SlotShare] = {}
    covered: dict[tuple[LocalDay, int], float] = {}
    values: dict[tuple[LocalDay, int], float] = {}
    spread: set[tuple[LocalDay, int]] = set()
    for piece in pieces:
        local, slot, beside = place(piece.begins, time_zone, minutes)
        if not beside and piece.ends == end(local, slot, minutes):
            shares[local, slot] = SlotShare(piece.amount, True)
            continue
        length = piece.ends - piece.begins
        given, at = 0.0, piece.begins
        whole = float(piece.amount).is_integer()
        while at < piece.ends:
            local, slot, _seconds = place(at, time_zone, minutes)
            until = min(end(local, slot, minutes), piece.ends)
            share = piece.amount * ((until - piece.begins) / length)
            share = piece.amount if until == piece.ends else round(share) if whole else share
            key = (local, slot)
            values[key] = values.get(key, 0) + share - given
            covered[key] = covered.get(key, 0) + until - at
            if piece.begins < start(local, slot, minutes) or piece.ends > end(local, slot, minutes):
                spread.add(key)
            given, at = share, until
    for (local, slot), value in values.items():
        length = end(local, slot, minutes) - start(local, slot, minutes)
        if covered[local, slot] >= length - 1e-6:
            shares[local, slot] = SlotShare(value, (local, slot) not in spread)
    return shares
