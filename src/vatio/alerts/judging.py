"""What a rule compares with its threshold, as a curve: for whoever draws it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from vatio.accounts.models import Account
from vatio.alerts import curves
from vatio.alerts.contracted import contracted
from vatio.alerts.curves import Watched
from vatio.alerts.finding import period_start
from vatio.alerts.kinds import SUMS, AlertKind
from vatio.alerts.marking import nights
from vatio.alerts.models import AlertRule
from vatio.analysis.curve import Curve, Value
from vatio.consumption import subjects
from vatio.consumption.subjects import EnergySubject
from vatio.readings.slots import WHOLE_DAY, local_day


@dataclass(frozen=True)
class WatchedCurve:
    """What a rule looks at over some days, and its curve."""

    watched: Watched
    curve: Curve


@dataclass(frozen=True)
class JudgedCurve:
    """The values that a rule compares, each with its start in seconds since 1970, UTC.

    They are in the units of the rule's threshold: mean W or states, Wh of a day, the sum so far of
    a week or month, shares of the contracted power, the bases of nights. `minutes` is how long an
    interval is.
    """

    subject: EnergySubject
    minutes: int
    slots: Sequence[tuple[int, Value]]

    def since(self, at: float) -> "JudgedCurve":
        """Return the values from an instant on."""
        kept = [each for each in self.slots if each[0] >= at]
        return JudgedCurve(self.subject, self.minutes, kept)

    def known(self, until: float) -> "JudgedCurve":
        """Return the values from the first one that is known up to an instant; none of none."""
        is_known = (place for place, (_at, value) in enumerate(self.slots) if value is not None)
        first = next(is_known, len(self.slots))
        kept = [each for each in self.slots[first:] if each[0] < until]
        return JudgedCurve(self.subject, self.minutes, kept)


def watched_curve(
    account: Account, rule: AlertRule, since: date, until: date
) -> WatchedCurve | None:
    """Read the curve of what a rule looks at from `since` up to, not including, `until`.

    None where there never was a reading.
    """
    key = curves.thing_of(rule)
    found = subjects.of_rows(account, {key[0]: [key[1]]})
    first = {key: since}
    watched = curves.watch(account, found.values(), first, until)
    if key not in watched:
        return None
    return WatchedCurve(watched[key], curves.read(account.pk, watched, first, until)[key])


def judged(rule: AlertRule, account_id: int, seen: WatchedCurve) -> JudgedCurve:
    """Return what a rule compares of a curve."""
    watched, curve = seen.watched, seen.curve
    minutes = curve.step // 60
    if rule.kind in SUMS:
        return JudgedCurve(watched.subject, WHOLE_DAY, _sums(rule.kind, curve))
    if rule.kind == AlertKind.NIGHT:
        found = nights(curve)
        days = [local_day(day, curve.time_zone).begins for day in found.days]
        return JudgedCurve(watched.subject, WHOLE_DAY, list(zip(days, found.bases, strict=True)))
    values = curve.powers()
    if rule.kind == AlertKind.POWER:
        most = contracted(account_id, [watched]).of(watched, curve)
        values = [
            value / power if value is not None and power else None
            for value, power in zip(values, most, strict=True)
        ]
    return JudgedCurve(watched.subject, minutes, list(zip(curve.starts, values, strict=True)))


def _sums(kind: str, curve: Curve) -> list[tuple[int, Value]]:
    """Return the sum of each day, or that of a week or month up to and including each day."""
    totals: dict[date, float] = defaultdict(float)
    made: list[tuple[int, Value]] = []
    for number, day in enumerate(curve.days):
        own = [v for v in curve.values[slice(*curve.firsts[number : number + 2])] if v is not None]
        period = period_start(kind, day)
        totals[period] += sum(own)
        begins = local_day(day, curve.time_zone).begins
        made.append((begins, totals[period] if own else None))
    return made
