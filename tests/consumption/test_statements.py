from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.consumption import world
from tests.consumption.world import AT, CAME
from vatio.accounts.models import Account
from vatio.analysis.comparing import Versus
from vatio.consumption import looking, overview, subjects
from vatio.consumption.buckets import By
from vatio.consumption.looking import Look, look
from vatio.consumption.parts import by_period, by_site
from vatio.consumption.subjects import whole_account
from vatio.readings.slots import ONE_DAY, WHOLE_DAY

pytestmark = pytest.mark.django_db

MANY = 60
DAY = date(2026, 11, 20)
UNTIL = DAY + 2 * ONE_DAY


def installed(count: int) -> Account:
    account = world.account()
    for number in range(count):
        place = world.site(account, f"Nave {number}")
        territory = "canarias" if number % 2 else "peninsula"
        supply = world.supply(account, f"S{number}", place, territory=territory)
        fed = world.point(world.meter(account, f"M{number}", place, measures=supply), 60)
        days = world.another(fed, WHOLE_DAY)
        world.flat(fed, DAY, UNTIL)
        world.flat(fed, DAY - 364 * ONE_DAY, UNTIL - 364 * ONE_DAY)
        world.flat(days, DAY, UNTIL, 20.0)
    return account


@pytest.fixture(scope="module")
def two(module_transaction: None) -> tuple[Account, Account]:
    return installed(2), installed(MANY)


def statements(deed: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        deed()
    return [each["sql"] for each in captured.captured_queries]


def same(two: tuple[Account, Account], deed: Callable[[Account], object]) -> tuple[int, int]:
    found = [Account.objects.get(pk=each.pk) for each in two]
    few, many = (statements(partial(deed, account)) for account in found)
    return len(few), len(many)


@pytest.mark.parametrize(
    ("minutes", "versus", "expected"),
    [
        (None, Versus.NOTHING, 6),
        (60, Versus.NOTHING, 5),
        (WHOLE_DAY, Versus.NOTHING, 6),
        (None, Versus.WEEKDAY, 12),
        (WHOLE_DAY, Versus.WEEKDAY, 12),
    ],
)
def test_looking_at_many_things_takes_as_many_statements(
    two: tuple[Account, Account], minutes: int | None, versus: Versus, expected: int
) -> None:
    few, many = same(
        two,
        lambda account: look(
            account,
            whole_account(account),
            DAY,
            UNTIL,
            now=CAME,
            minutes=minutes,
            versus=versus,
        ),
    )

    assert few == many == expected


@pytest.mark.parametrize(("part", "expected"), [(by_site, 3), (by_period, 1)])
def test_parts_of_many_things_take_as_many_statements(
    two: tuple[Account, Account], part: Callable[[Account, Look, By], object], expected: int
) -> None:
    looks = {
        account.pk: look(account, whole_account(account), DAY, UNTIL, now=CAME) for account in two
    }

    few, many = same(two, lambda account: part(account, looks[account.pk], By.DAY))

    assert few == many == expected


def test_choices_of_many_things_take_as_many_statements(two: tuple[Account, Account]) -> None:
    few, many = same(two, subjects.choices)

    assert few == many == 5
    (_sites, supplies, points) = [found for kind, found in subjects.choices(two[1])][:3]
    assert len(supplies) == len(points) == MANY


def test_an_overview_of_many_things_takes_as_many_statements(
    two: tuple[Account, Account],
) -> None:
    few, many = same(two, lambda account: overview.overview(account, at=AT))

    assert few == many == 34


def test_of_a_long_span_hours_are_read_and_then_days_and_several_things_share_what_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    account = world.account()
    world.flat(world.point(world.meter(account, "A"), 15), DAY, UNTIL)
    subject = whole_account(account)

    def minutes(days: int, among: int = 1) -> int:
        since = UNTIL - days * ONE_DAY
        return look(account, subject, since, UNTIL, now=CAME, among=among).minutes

    monkeypatch.setattr(looking, "MOST_VALUES", 960)

    assert [minutes(2), minutes(2, among=8), minutes(2, among=40)] == [15, 60, WHOLE_DAY]
