from datetime import UTC, date, datetime

import pytest

from tests.consumption import oracle, world
from tests.consumption.world import Fed
from vatio.accounts.models import Account
from vatio.consumption.overview import Overview, overview
from vatio.demo.energy.profiles import Profile
from vatio.readings.slots import ONE_DAY

pytestmark = pytest.mark.django_db

MADRID = "Europe/Madrid"
TODAY = date(2026, 11, 12)


@pytest.fixture(scope="module")
def told(module_transaction: None) -> Fed:
    account = world.account()
    place = world.site(account, "Hotel")
    supply = world.supply(account, "S", place)
    fed = world.point(world.meter(account, "M", place, measures=supply), 60)
    profile = Profile("hotels", "", 402, 31, 60.0)
    world.tell_demo(fed, profile, date(2025, 10, 1), date(2025, 12, 2))
    world.tell_demo(fed, profile, date(2026, 9, 1), TODAY + ONE_DAY)
    return fed


def of_days(fed: Fed, since: date, until: date) -> float:
    return oracle.total(fed.told, oracle.instants(since, until, MADRID, 60))


def seen(fed: Fed, at: datetime) -> Overview:
    return overview(Account.objects.get(pk=fed.key.account_id), at=at)


def test_an_overview_adds_up_the_days_of_the_account(told: Fed) -> None:
    made = seen(told, datetime(2026, 11, 12, 9, tzinfo=UTC))

    assert made.today == TODAY
    assert (made.last_day.day, made.week_before.day) == (date(2026, 11, 11), date(2026, 11, 4))
    assert made.last_day.total == of_days(told, date(2026, 11, 11), TODAY)
    assert made.week_before.total == of_days(told, date(2026, 11, 4), date(2026, 11, 5))
    assert [each.day for each in made.lately.days] == oracle.days(date(2026, 10, 13), TODAY)
    assert made.lately.figures.total == of_days(told, date(2026, 10, 13), TODAY)
    assert made.month.figures.total == of_days(told, date(2026, 11, 1), TODAY)
    assert made.sites.names == ["Hotel"]


def test_the_month_stands_beside_last_year_by_weekday_and_last_month_by_date(told: Fed) -> None:
    made = seen(told, datetime(2026, 11, 12, 9, tzinfo=UTC))

    year, month = made.month.against, made.against_month.against
    assert year is not None
    assert month is not None
    assert year.comparison.own == month.comparison.own == made.month.figures.total
    assert year.comparison.other == of_days(told, date(2025, 11, 2), date(2025, 11, 13))
    assert month.comparison.other == of_days(told, date(2026, 10, 1), date(2026, 10, 12))
    assert (year.comparison.left_out, month.comparison.left_out) == (0, 0)


def test_on_the_first_of_a_month_it_is_the_month_that_ended(told: Fed) -> None:
    made = seen(told, datetime(2026, 11, 1, 9, tzinfo=UTC))

    assert (made.month.since, made.month.until) == (date(2026, 10, 1), date(2026, 11, 1))
    assert made.month.figures.total == of_days(told, date(2026, 10, 1), date(2026, 11, 1))
    against = made.against_month.against
    assert against is not None
    assert against.comparison.own == of_days(told, date(2026, 10, 1), date(2026, 10, 31))
    assert against.comparison.other == of_days(told, date(2026, 9, 1), date(2026, 10, 1))


@pytest.mark.parametrize(("hour", "today"), [(22, date(2026, 11, 11)), (23, date(2026, 11, 12))])
def test_the_day_is_that_of_the_accounts_clock(told: Fed, hour: int, today: date) -> None:
    made = seen(told, datetime(2026, 11, 11, hour, tzinfo=UTC))

    assert made.today == today
    assert made.last_day.day == today - ONE_DAY
