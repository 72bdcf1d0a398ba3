from datetime import date

import pytest

from tests import make
from tests.consumption import oracle, world
from tests.consumption.world import CAME, Fed
from tests.metering.calculated import calculated, less, plus
from vatio.accounts.models import Account
from vatio.analysis.comparing import Versus
from vatio.consumption import subjects
from vatio.consumption.buckets import By, buckets
from vatio.consumption.looking import Look, look
from vatio.consumption.parts import by_period, by_site
from vatio.demo.energy.profiles import Profile
from vatio.metering import calculating
from vatio.metering.models import CalculatedSeries, Site
from vatio.readings.slots import ONE_DAY, WHOLE_DAY

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 3, 27), date(2026, 4, 3)
MADRID = "Europe/Madrid"
ALL_BYS = [By.SLOT, By.HOUR, By.DAY, By.MONTH]


def measured(
    account: Account, name: str, place: Site | None = None, *, minutes: int = 60, seed: int = 1
) -> Fed:
    fed = world.point(world.meter(account, name, place), minutes)
    world.tell_demo(fed, Profile("hotels", "", 402, seed, 60.0), FIRST, LAST)
    return fed


def seen(series: CalculatedSeries, minutes: int | None = None, **more: Versus) -> Look:
    account = series.account
    (subject,) = subjects.find(account, [f"calculated:{series.uid}"])
    return look(account, subject, FIRST, LAST, now=CAME, minutes=minutes, **more)


def places(minutes: int = 60) -> list[int]:
    return oracle.instants(FIRST, LAST, MADRID, minutes)


def test_terms_are_added_and_taken_away_by_their_factors() -> None:
    account = world.account()
    one, two = measured(account, "A"), measured(account, "B", seed=2)
    series = calculated(account, [plus(one.point, "0.5"), less(two.point, "2")])

    made = seen(series)

    told = [0.5 * one.told[each] - 2 * two.told[each] for each in places()]
    assert made.curve.values == told
    assert made.figures.total == sum(told)


def test_a_calculated_series_has_the_coarsest_resolution_of_its_terms() -> None:
    account = world.account()
    one, two = measured(account, "A", minutes=15), measured(account, "B", seed=2)

    made = seen(calculated(account, [plus(one.point), plus(two.point)]))

    hours = oracle.coarser(one.told, FIRST, LAST, MADRID, 60)
    assert made.minutes == 60
    assert made.curve.values == [hours[each] + two.told[each] for each in places()]


@pytest.mark.parametrize("minutes", [None, WHOLE_DAY])
def test_a_gap_in_one_term_is_a_gap(minutes: int | None) -> None:
    account = world.account()
    one = measured(account, "A")
    two = world.point(world.meter(account, "B"), 60)
    gap = places()[30:33]
    world.tell(two, [(each, 7.0) for each in places() if each not in gap])

    made = seen(calculated(account, [plus(one.point), plus(two.point)]), minutes)

    if minutes is None:
        assert made.curve.values == [
            None if each in gap else one.told[each] + 7.0 for each in places()
        ]
        assert made.figures.missing == 3
    else:
        assert [each is None for each in made.curve.values] == [False, True, *[False] * 5]
    assert made.curve.partial == []


def test_before_the_first_reading_of_a_term_all_is_a_gap() -> None:
    account = world.account()
    one = measured(account, "A")
    two = world.point(world.meter(account, "B"), 60)
    born = places()[50]
    world.tell(two, [(each, 7.0) for each in places() if each >= born])

    made = seen(calculated(account, [plus(one.point), less(two.point)]))

    assert made.curve.values == [
        one.told[each] - 7.0 if each >= born else None for each in places()
    ]


def test_each_version_counts_on_its_own_days() -> None:
    account = world.account()
    one, two = measured(account, "A"), measured(account, "B", seed=2)
    series = calculated(account, [plus(one.point)])
    changed = FIRST + 3 * ONE_DAY
    calculating.change_terms(
        series,
        [plus(one.point, "3"), less(two.point)],
        since=changed,
        by=make.commercial(),
        at=make.NOON,
    )

    made = seen(series)

    turn = oracle.begins(changed, MADRID)
    assert made.curve.values == [
        one.told[each] if each < turn else 3 * one.told[each] - two.told[each] for each in places()
    ]


@pytest.mark.parametrize("by", ALL_BYS)
def test_the_parts_of_a_calculated_series_add_up_to_the_whole(by: By) -> None:
    account = world.account()
    north, south = world.site(account, "Norte"), world.site(account, "Sur")
    world.supply(account, "S", north)
    one = measured(account, "A", north)
    two, three = measured(account, "B", south, seed=2), measured(account, "C", seed=3)
    gone = world.point(world.meter(account, "D", south), 60)
    world.tell(gone, [(each, 5.0) for n, each in enumerate(places()) if n % 7])
    series = calculated(
        account, [plus(one.point), less(two.point), plus(three.point, "2"), plus(gone.point)]
    )
    made = seen(series)

    sites, periods = by_site(account, made, by), by_period(account, made, by)

    rows = buckets(made, by, now=CAME)
    assert set(sites.names) == {"Norte", "Sur", "Sin emplazamiento"}
    assert periods is not None
    assert "sin tarifa" in periods.names
    for row in rows:
        assert sum(sites.of(row.starts)) == (row.total or 0)
        assert sum(periods.of(row.starts)) == (row.total or 0)


def test_a_calculated_series_is_compared_as_a_whole() -> None:
    account = world.account()
    one = world.point(world.meter(account, "A"), 60)
    two = world.point(world.meter(account, "B"), 60)
    for fed, value in ((one, 9.0), (two, 4.0)):
        world.flat(fed, FIRST - 364 * ONE_DAY, LAST - 364 * ONE_DAY, value)
    world.flat(one, FIRST, LAST, 12.0)
    world.flat(two, FIRST, FIRST + 2 * ONE_DAY, 4.0)

    made = seen(calculated(account, [plus(one.point), less(two.point)]), versus=Versus.WEEKDAY)

    assert made.against is not None
    found = made.against.comparison
    assert (found.own, found.other, found.parts) == (48 * 8.0, 48 * 5.0, 1)
    assert (found.compared, found.left_out) == (48 * 3600, (5 * 24 - 1) * 3600)
