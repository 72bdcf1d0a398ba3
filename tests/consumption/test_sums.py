from dataclasses import dataclass
from datetime import date

import pytest

from tests.consumption import oracle, world
from tests.consumption.world import CAME, Fed
from vatio.accounts.models import Account
from vatio.analysis.comparing import Versus
from vatio.consumption.buckets import By, buckets
from vatio.consumption.looking import Look, look
from vatio.consumption.parts import by_period
from vatio.consumption.subjects import EnergySubject
from vatio.demo.energy.faults import Faults
from vatio.demo.energy.profiles import Profile
from vatio.readings.slots import WHOLE_DAY
from vatio.tariffs.periods import period_of

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 1, 15), date(2026, 5, 1)
AUTUMN, WINTER = date(2026, 10, 19), date(2026, 11, 2)
MADRID, CANARY = "Europe/Madrid", "Atlantic/Canary"
CASES = [("quarters", 15), ("hours", 60), ("canaries", 15)]
FAULTS = Faults(
    gap_on=date(2026, 3, 27), estimated_from=date(2026, 2, 10), doubtful_on=date(2026, 4, 7)
)


@dataclass
class Supplied:
    fed: Fed
    subject: EnergySubject
    account: Account
    territory: str

    def look(self, since: date, until: date, minutes: int | None = None, **more: Versus) -> Look:
        return look(self.account, self.subject, since, until, now=CAME, minutes=minutes, **more)

    def places(self, since: date, until: date, minutes: int = 0) -> list[int]:
        key = self.fed.key
        return oracle.instants(since, until, key.time_zone, minutes or key.minutes)


@pytest.fixture(scope="module")
def supplied(module_transaction: None) -> dict[str, Supplied]:
    account, made = world.account(), {}
    for number, (name, minutes) in enumerate(CASES):
        territory = "canarias" if name == "canaries" else "peninsula"
        supply = world.supply(account, name, territory=territory)
        fed = world.point(world.meter(account, name, measures=supply), minutes)
        profile = Profile("hotels", "", 402, 70 + number, 60.0, faults=FAULTS)
        noon = oracle.begins(date(2026, 4, 20), fed.key.time_zone) + 12 * 3600
        invalid = range(noon, noon + 3 * 3600, minutes * 60)
        world.tell_demo(fed, profile, FIRST, LAST, invalid=invalid)
        world.tell_demo(fed, profile, AUTUMN, WINTER)
        made[name] = Supplied(fed, world.of_supply(supply), account, territory)
    return made


@pytest.fixture(params=[name for name, _minutes in CASES])
def case(request: pytest.FixtureRequest, supplied: dict[str, Supplied]) -> Supplied:
    found: Supplied = supplied[request.param]
    return found


@pytest.mark.parametrize("since,until", [(FIRST, LAST), (AUTUMN, WINTER)])
def test_every_interval_is_what_was_told(case: Supplied, since: date, until: date) -> None:
    seen = case.look(since, until).curve

    places = case.places(since, until)
    assert list(seen.starts) == places
    assert seen.values == [case.fed.told.get(each) for each in places]


@pytest.mark.parametrize("by", [By.HOUR, By.DAY, By.MONTH])
@pytest.mark.parametrize("minutes", [None, 60, WHOLE_DAY])
def test_sums_by_hour_day_and_month_are_those_of_the_intervals(
    case: Supplied, by: By, minutes: int | None
) -> None:
    zone = case.fed.key.time_zone
    if by == By.HOUR and minutes == WHOLE_DAY:
        by = By.DAY
    keys = {
        By.HOUR: lambda instant: instant // 3600,
        By.DAY: lambda instant: oracle.at(instant, zone).date(),
        By.MONTH: lambda instant: oracle.at(instant, zone).month,
    }

    rows = buckets(case.look(FIRST, LAST, minutes), by, now=CAME)

    told = oracle.sums(case.fed.told, case.places(FIRST, LAST), keys[by])
    assert {keys[by](row.starts): row.total for row in rows if row.total is not None} == told
    assert len(rows) == len({keys[by](each) for each in case.places(FIRST, LAST)})


def test_sums_by_tariff_period_go_by_the_clock_of_the_territory(case: Supplied) -> None:
    seen = case.look(FIRST, LAST)

    parted = by_period(case.account, seen, By.MONTH)

    zone = case.fed.key.time_zone

    def period(instant: int) -> tuple[int, str]:
        local = oracle.at(instant, zone)
        return local.month, f"P{period_of(local, '3.0TD', case.territory)}"

    told = oracle.sums(case.fed.told, case.places(FIRST, LAST), period)
    assert parted is not None
    assert {
        (oracle.at(starts, zone).month, name): amount
        for starts, own in parted.amounts.items()
        for name, amount in own.items()
    } == told
    assert sum(sum(own.values()) for own in parted.amounts.values()) == seen.figures.total


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_a_day_of_23_and_one_of_25_hours_have_as_many(
    supplied: dict[str, Supplied], day: date, hours: int
) -> None:
    case = supplied["hours"]

    rows = buckets(case.look(day, day + oracle.ONE_DAY), By.HOUR, now=CAME)

    assert len(rows) == hours
    places = case.places(day, day + oracle.ONE_DAY)
    assert [row.total for row in rows] == [case.fed.told.get(each) for each in places]


def test_what_is_missing_estimated_and_doubtful_is_counted(case: Supplied) -> None:
    key, places = case.fed.key, case.places(FIRST, LAST)

    seen = case.look(FIRST, LAST)

    figures = seen.figures
    assert figures.expected == len(places)
    assert figures.present == len([each for each in places if each in case.fed.told])
    assert figures.missing == (60 + 3) * 60 // key.minutes
    assert figures.estimated == len(case.fed.estimated) == 3 * 1440 // key.minutes
    assert figures.doubtful == len(case.fed.doubtful) == 1
    assert figures.partial == 0
    (doubtful,) = case.fed.doubtful
    assert seen.curve.doubtful == [(places.index(doubtful), places.index(doubtful) + 1)]


def test_mean_night_base_and_peak_are_those_of_the_intervals(case: Supplied) -> None:
    key, places = case.fed.key, case.places(FIRST, LAST)
    hour = 60 / key.minutes

    figures = case.look(FIRST, LAST).figures

    known = [case.fed.told[each] for each in places if each in case.fed.told]
    night = oracle.night(case.fed.told, places, key.time_zone)
    most, when = oracle.highest(case.fed.told, places)
    assert figures.total == sum(known)
    assert figures.mean == pytest.approx(sum(known) * hour / len(known), rel=1e-12)
    assert figures.base == pytest.approx(sum(night) * hour / len(night), rel=1e-12)
    assert (figures.most, figures.most_at) == (most * hour, when)


def test_hours_of_which_a_quarter_is_missing_are_told_as_partial(
    supplied: dict[str, Supplied],
) -> None:
    case = supplied["quarters"]
    day = date(2026, 1, 20)
    fed = world.point(world.meter(case.account, "Horno"), 15)
    places = oracle.instants(day, day + oracle.ONE_DAY, MADRID, 15)
    world.tell(fed, [(each, 250.0) for each in places if each not in places[41:46]])

    seen = look(case.account, world.of_point(fed), day, day + oracle.ONE_DAY, now=CAME, minutes=60)

    assert seen.curve.values == [1000.0] * 10 + [250.0, 500.0] + [1000.0] * 12
    assert seen.curve.partial == [(10, 12)]
    assert (seen.figures.partial, seen.figures.present) == (2, 24)
