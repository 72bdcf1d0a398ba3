from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.alerts.watching import follow, rule, stored
from tests.consumption import world
from tests.consumption.world import Fed
from tests.readings.stored import put
from vatio.alerts import evaluating
from vatio.alerts.models import AlertEpisode, AlertRule
from vatio.metering import calculating
from vatio.metering.calculating import TermDetails
from vatio.readings.slots import local_day

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 5, 11)
MADE = datetime(2026, 5, 10, 22, tzinfo=UTC)


def begin(day: date) -> int:
    return local_day(day, "Europe/Madrid").begins


def tell(fed: Fed, day: date, *values: float, hour: int = 0) -> None:
    """Tell hours of a day in kWh."""
    first = begin(day) + hour * 3600
    readings = [(first + n * 3600, kwh * 1000.0) for n, kwh in enumerate(values)]
    put(fed.key, readings, at=world.CAME)


def after(days: int, hours: int = 1) -> datetime:
    return MADE + timedelta(days=days, hours=hours)


def building() -> tuple[Fed, Fed, AlertRule, AlertRule]:
    """Two supply points of a site, and a rule on the site and on one of them."""
    account = world.account()
    nave = world.site(account, "Nave")
    taller = world.site(account, "Taller", nave)
    one = world.supply(account, "Uno", nave)
    two = world.supply(account, "Dos", taller)
    feds = [
        world.point(world.meter(account, name, measures=supply), 60)
        for name, supply in (("A", one), ("B", two))
    ]
    return feds[0], feds[1], rule(nave, threshold=20_000.0), rule(one)


def test_a_site_is_the_sum_of_its_supply_points_whichever_comes_first() -> None:
    one, two, of_site, of_supply = building()

    tell(one, MONDAY, 12, 12, 5, 5)
    follow(after(1))
    alone = stored(of_site)
    tell(two, MONDAY, 5, 9, 5, 5)
    follow(after(1))

    first = begin(MONDAY)
    assert alone == []
    assert stored(of_site) == [(first + 3600, first + 7200, 21_000.0, first + 3600)]
    assert stored(of_supply) == [(first, first + 7200, 12_000.0, first)]


def test_a_part_of_a_sum_can_break_a_threshold_and_cannot_calm_it() -> None:
    one, two, of_site, _of_supply = building()
    tell(one, MONDAY, 1, 22, 1, 1, 1)
    tell(two, MONDAY, 1)

    follow(after(1))

    first = begin(MONDAY)
    assert stored(of_site) == [(first + 3600, None, 22_000.0, first + 3600)]


def test_a_calculated_series_is_looked_at_by_its_terms() -> None:
    account = world.account()
    whole, part = (world.point(world.meter(account, name), 60) for name in ("A", "B"))
    rest = calculating.add_calculated(
        account,
        name="Resto",
        terms=[TermDetails(whole.point, 1), TermDetails(part.point, -1)],
        by=world.make.commercial(),
        at=world.AT,
    )
    looking = rule(rest)

    tell(whole, MONDAY, 15, 15, 15, 15, 15)
    follow(after(1))
    unknown = stored(looking)
    tell(part, MONDAY, 6, 3, 9, 9, 9)
    follow(after(1))

    first = begin(MONDAY)
    assert unknown == []
    assert stored(looking) == [(first + 3600, first + 7200, 12_000.0, first + 3600)]


def test_the_sum_of_a_day_is_an_episode_of_that_day_and_ends_with_it() -> None:
    fed = world.point(world.meter(world.account(), "A"), 60)
    looking = rule(fed.point, "day sum", threshold=100_000.0)
    tell(fed, MONDAY, *[10.0] * 11)

    follow(after(0, 12))
    running = stored(looking)
    evaluating.close_periods(at=after(0, 23))
    evening = stored(looking)
    evaluating.close_periods(at=after(1, 0))

    first, last = begin(MONDAY), begin(MONDAY) + 11 * 3600
    assert running == evening == [(first, None, 110_000.0, last)]
    assert stored(looking) == [(first, first + 86_400, 110_000.0, last)]


def test_weeks_and_months_are_summed_whole_whatever_the_day_a_rule_was_made_on() -> None:
    fed = world.point(world.meter(world.account(), "A"), 60)
    wednesday = datetime(2026, 5, 13, 10, tzinfo=UTC)
    week = rule(fed.point, "week sum", threshold=50_000.0, at=wednesday)
    month = rule(fed.point, "month sum", threshold=50_000.0, at=wednesday)
    for number in range(6):
        tell(fed, MONDAY + timedelta(days=number), 10)

    follow(after(8))

    assert [each[:3] for each in stored(week)] == [
        (begin(MONDAY), begin(date(2026, 5, 18)), 60_000.0)
    ]
    assert [each[:3] for each in stored(month)] == [(begin(date(2026, 5, 1)), None, 60_000.0)]


def test_above_the_contracted_power_of_the_period_warns_and_worsens() -> None:
    account = world.account()
    supply = world.supply(account, "Uno", kilowatts=20)
    fed = world.point(world.meter(account, "A", measures=supply), 60)
    looking = rule(supply, "power", threshold=None)

    tell(fed, MONDAY, 17, 18, 21, 17.2, 17, 17)
    follow(after(1))

    (episode,) = AlertEpisode.objects.filter(rule=looking)
    first = begin(MONDAY)
    assert stored(looking) == [(first + 3600, first + 4 * 3600, 1.05, first + 7200)]
    assert episode.worsened_at is not None
    assert episode.worsened_at.timestamp() == first + 7200


def test_a_night_above_usual_is_found_when_the_weeks_before_come_late_too() -> None:
    fed = world.point(world.meter(world.account(), "A"), 60)
    looking = rule(fed.point, "night", threshold=None)
    tell(fed, MONDAY, *[2.0] * 4, hour=1)
    follow(after(1))
    unknown = stored(looking)

    for week in range(4, 0, -1):
        tell(fed, MONDAY - timedelta(days=7 * week), *[1.5] * 4, hour=1)
        follow(after(1))

    assert unknown == []
    night = begin(MONDAY) + 3600
    assert stored(looking) == [(night, None, 2_000.0, night)]


def test_statements_do_not_grow_with_the_rules_on_a_thing_nor_with_data_points() -> None:
    account = world.account()
    supplies = [world.supply(account, f"S{n}", kilowatts=10) for n in range(12)]
    feds = [
        world.point(world.meter(account, f"M{n}", measures=supply), 60)
        for n, supply in enumerate(supplies)
    ]
    counts = []
    for some in (feds[:2], feds):
        for fed in some:
            for level in (5_000.0, 10_000.0, 15_000.0):
                rule(fed.point, threshold=level)
            rule(fed.point, "power", threshold=None)
            tell(fed, MONDAY, 12, 12, 1, 1)
        with CaptureQueriesContext(connection) as asked:
            follow(after(1))
        counts.append(len(asked))
        AlertEpisode.objects.all().delete()
        AlertRule.objects.all().delete()
        for fed in some:
            tell(fed, MONDAY, 11, 11, 2, 2)
        follow(after(1))

    assert counts[0] == counts[1]


def test_a_daily_series_is_looked_at_by_days() -> None:
    fed = world.point(world.meter(world.account(), "A"), 1440)
    looking = rule(fed.point, threshold=1_000.0)

    for day, kwh in ((0, 12), (1, 36), (2, 12), (3, 12)):
        put(fed.key, [(begin(MONDAY + timedelta(days=day)), kwh * 1000.0)], at=world.CAME)
        follow(after(5))

    assert stored(looking) == [
        (
            begin(MONDAY + timedelta(days=1)),
            begin(MONDAY + timedelta(days=2)),
            1_500.0,
            begin(MONDAY + timedelta(days=1)),
        )
    ]
