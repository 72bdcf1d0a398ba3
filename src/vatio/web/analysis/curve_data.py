"""The data of a curve, as the browser draws it: JSON of intervals, or of days for long spans.

Values are in the unit of the curve, instants in seconds since 1970, UTC; interval k begins
k steps of elapsed time after `first`, so that a day of 25 hours has 100 quarters. What has not
ended by `now` and has no value is yet to come, rather than missing.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import get_language

from vatio import clock
from vatio.accounts.models import Account
from vatio.analysis.curve import HOUR, Curve, Value
from vatio.analysis.shifts import shifts
from vatio.consumption import entering
from vatio.consumption.looking import Look
from vatio.consumption.subjects import SubjectKind
from vatio.consumption.tariffs import TariffBook, runs_of_hours, supplied
from vatio.dates import day_at
from vatio.readings.slots import WHOLE_DAY
from vatio.web.analysis.asked import COMPARISONS
from vatio.web.analysis.asked import read as read_address
from vatio.web.analysis.looks import looks
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SUPERADMINISTRATOR,
    VIEWER,
    Request,
    only,
)
from vatio.web.shell.account_frame import enter

UNKNOWN = bytes(24)
"""The periods of a day of which they are not known."""

PERIODS = (None, 1, 2, 3, 4, 5, 6)
"""The periods by their numbers; 0 is none."""

Said = TypeVar("Said")


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def curve_data(request: Request, uid: UUID) -> HttpResponse:
    """Return the curves that the address asks for as JSON."""
    account = enter(request).account
    at = clock.now()
    entering.record_entry(account, by=request.user, at=at)
    asked = read_address(request.GET, today=day_at(at, account.time_zone))
    together = looks(account, asked, now=at.timestamp())
    sent = data(
        account, together.looks, compared_with=str(COMPARISONS[asked.versus]), now=at.timestamp()
    )
    content = msgspec.json.encode(sent)
    return HttpResponse(content, content_type="application/json")


def data(
    account: Account, looked: Sequence[Look], *, compared_with: str, now: float
) -> dict[str, Any]:
    """Return what the browser draws of things of one unit and one resolution."""
    first = looked[0]
    curve, factor = first.curve, first.subject.quantity.factor
    known: dict[str, Any] = {
        "zone": curve.time_zone,
        "language": get_language() or "es",
        "unit": first.subject.unit,
        "shifts": shifts(curve.starts[0], curve.ends, curve.time_zone),
        "ends": curve.ends,
        "now": int(now),
        "before": None,
        "periods": None,
        "contracted": None,
    }
    if first.minutes == WHOLE_DAY:
        known |= {"level": "days", "starts": list(curve.starts)}
    else:
        known |= {"level": "slots", "first": curve.starts[0], "step": curve.step}
        known |= {"count": len(curve.values)} | _limits(account, looked)
    known["curves"] = [_curve(each, curve, factor) for each in looked]
    if len(looked) == 1 and first.against is not None:
        known["before"] = {"name": compared_with, "values": _shown(first.against.laid, factor)}
    return known


def _curve(look: Look, ground: Curve, factor: float) -> dict[str, Any]:
    own = look.curve
    shift = _shift(own, ground)
    made: dict[str, Any] = {
        "name": look.subject.name,
        "values": _moved(_powers(own, factor), shift, len(ground.values)),
    }
    for name, runs in (
        ("estimated", own.estimated),
        ("doubtful", own.doubtful),
        ("partial", own.partial),
    ):
        made[name] = [(max(begin + shift, 0), end + shift) for begin, end in runs]
    if look.daily is not None:
        made["least"] = _shown(look.daily.least, factor)
        made["most"] = _shown(look.daily.most, factor)
    return made


def _powers(own: Curve, factor: float) -> list[Value]:
    """Return the mean powers in the unit of the curve; multiplied first, they stay short."""
    if not own.adds or not isinstance(own.starts, range):
        return _shown(own.powers(), factor)
    times = HOUR / own.step
    if factor % times == 0:
        return _shown(own.values, factor / times)
    return [None if value is None else value * times / factor for value in own.values]


def _shown(values: Sequence[Value], factor: float) -> list[Value]:
    return [None if value is None else value / factor for value in values]


def _shift(own: Curve, ground: Curve) -> int:
    """Return how many intervals later a curve begins than the one it is laid on."""
    if own.step > 3600:
        return 0
    return (own.starts[0] - ground.starts[0]) // own.step


def _moved(values: list[Value], shift: int, count: int) -> list[Value]:
    if shift == 0 and len(values) == count:
        return values
    made: list[Value] = [None] * count
    for place, value in enumerate(values, shift):
        if 0 <= place < count:
            made[place] = value
    return made


def _limits(account: Account, looked: Sequence[Look]) -> dict[str, Any]:
    """Return the tariff periods and the contracted power of the one supply that is looked at."""
    look = looked[0]
    if len(looked) > 1 or look.subject.unit != "kW" or look.subject.quantity.code != 402:
        return {}
    is_principal = look.subject.kind == SubjectKind.SUPPLY_POINT
    components = supplied(account.pk, look.components)
    supplies = {each.stretch.supply_point_id for each in components}
    if len(supplies) != 1 or None in supplies:
        return {}
    (supply,) = supplies
    return _runs_of(TariffBook(account.pk, [supply or 0]), supply or 0, look, is_principal)


def _runs_of(book: TariffBook, supply: int, look: Look, is_principal: bool) -> dict[str, Any]:
    """Return from which interval on which period of energy applies, and which contracted power."""
    curve = look.curve
    periods: list[tuple[int, int | None]] = []
    contracted: list[tuple[int, float | None]] = []
    for first, day in zip(curve.firsts, curve.days, strict=False):
        contract = book.contract(supply, day)
        hours = (contract.periods(day) if contract else None) or UNKNOWN
        runs = runs_of_hours(hours, day, curve.time_zone, look.minutes)
        _go_on(periods, first, runs, PERIODS)
        powers = contract.powers if contract and is_principal else ()
        if powers and contract:
            hours = contract.periods(day, of="power") or UNKNOWN
            runs = runs_of_hours(hours, day, curve.time_zone, look.minutes)
        _go_on(contracted, first, runs if powers else [(0, 0, 0)], _by_period(powers))
    return {
        "periods": periods if any(period for _place, period in periods) else None,
        "contracted": contracted if any(power for _place, power in contracted) else None,
    }


def _go_on(
    told: list[tuple[int, Said]],
    first: int,
    runs: Sequence[tuple[int, int, int]],
    meant: Sequence[Said],
) -> None:
    """Add what the runs of a day mean, where it is not what was said before."""
    for said, begin, _end in runs:
        value = meant[said]
        if not told or told[-1][1] != value:
            told.append((first + begin, value))


@lru_cache(maxsize=500)
def _by_period(powers: tuple[float, ...]) -> tuple[float | None, ...]:
    """Return the contracted power of each period, the unknown one (0) first."""
    if not powers:
        return (None,) * 7
    return (None, *(powers[min(period, len(powers)) - 1] for period in range(1, 7)))


urlpatterns = [
    path("accounts/<uuid:uid>/consumption/curve/", curve_data, name="curve_data"),
]
