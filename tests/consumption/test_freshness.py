from datetime import UTC, datetime, timedelta

import pytest

from tests import make
from tests.consumption import world
from tests.consumption.world import Fed
from tests.readings.stored import put
from vatio.accounts.models import Account
from vatio.consumption.account_freshness import Freshness, SourceFreshness, sources
from vatio.metering import installing
from vatio.metering.models import DataSource, Meter, Series, SourceDevice

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
LAST = datetime(2026, 10, 25, 1, tzinfo=UTC)
CAME = datetime(2026, 10, 25, 2, 10, tzinfo=UTC)


def source(of: Account, name: str, kind: str) -> DataSource:
    return installing.add_source(of, name=name, kind=kind, by=make.commercial(), at=make.NOON)


def point(of: Meter, minutes: int, of_source: DataSource | None = None) -> Fed:
    made = installing.add_data_point(
        of,
        quantity=402,
        minutes=minutes,
        source=of_source,
        by=make.commercial(),
        at=make.NOON,
    )
    return world.fed(Series.objects.get(data_point=made))


def read(fed: Fed, at: datetime = LAST) -> None:
    put(fed.key, [(at.timestamp(), 5.0)], at=CAME.timestamp())


def only(account: Account, at: datetime) -> SourceFreshness:
    (found,) = sources(account, at=at)
    return found


@pytest.mark.parametrize(
    ("kind", "minutes", "limit"),
    [
        ("insertion", 15, 2 * HOUR),
        ("insertion", 60, 2 * HOUR),
        ("insertion", 1440, 48 * HOUR),
        ("collector", 15, 26 * HOUR),
    ],
)
def test_a_source_is_late_so_long_after_the_end_of_its_last_interval(
    kind: str, minutes: int, limit: timedelta
) -> None:
    account = world.account(time_zone="UTC")
    fed = point(world.meter(account, "M"), minutes, source(account, "S", kind))
    last = LAST if minutes < 1440 else datetime(2026, 10, 23, tzinfo=UTC)
    read(fed, last)
    ended = last + timedelta(minutes=minutes)

    fresh, late = (only(account, ended + limit + more) for more in (0 * SECOND, SECOND))

    assert (fresh.kind, fresh.points, fresh.fresh) == (kind, 1, Freshness(ended, 1, 0))
    assert late.fresh == Freshness(ended, 1, 1)


@pytest.mark.parametrize("kind", ["files", "by hand"])
def test_what_people_bring_is_never_late(kind: str) -> None:
    account = world.account()
    read(point(world.meter(account, "M"), 60, source(account, "S", kind)))

    assert only(account, LAST + 1000 * HOUR).fresh == Freshness(LAST + HOUR, 0, 0)


@pytest.mark.parametrize(("kind", "late"), [("insertion", 1), ("files", 0), ("by hand", 0)])
def test_a_gateway_from_which_nothing_ever_came_is_late(kind: str, late: int) -> None:
    account = world.account()
    point(world.meter(account, "M"), 60, source(account, "S", kind))

    found = only(account, make.NOON + 3 * HOUR)

    assert found.fresh == Freshness(None, late, late)


def test_a_source_that_feeds_nothing_is_not_late() -> None:
    account = world.account()
    source(account, "S", "insertion")

    found = only(account, LAST)

    assert (found.name, found.points, found.fresh) == ("S", 0, Freshness())


def test_points_of_no_source_are_a_row_without_a_name_and_last() -> None:
    account = world.account()
    gateway = source(account, "Zeta", "insertion")
    read(point(world.meter(account, "A"), 15, gateway), LAST + HOUR / 2)
    for number in range(2):
        read(point(world.meter(account, f"B{number}"), 60), LAST - number * HOUR)
    source(account, "alfa", "files")

    found = sources(account, at=LAST)

    assert [(each.uid is None, each.name, each.points, each.fresh.last_at) for each in found] == [
        (False, "alfa", 0, None),
        (False, "Zeta", 1, LAST + HOUR * 3 / 4),
        (True, "", 2, LAST + HOUR),
    ]
    assert found[2].kind == "files"


def test_a_point_without_a_source_of_its_own_is_fed_by_that_of_its_device() -> None:
    account = world.account()
    gateway = source(account, "G", "insertion")
    meter = world.meter(account, "M")
    SourceDevice.objects.create(
        account=account, organisation=account.organisation, source=gateway, did="1", meter=meter
    )
    read(point(meter, 15))

    found = only(account, LAST)

    assert (found.uid, found.points, found.fresh) == (
        gateway.uid,
        1,
        Freshness(LAST + HOUR / 4, 1, 0),
    )


def test_the_newest_of_a_sources_series_counts_and_each_point_once() -> None:
    account = world.account()
    gateway = source(account, "G", "insertion")
    first = point(world.meter(account, "A"), 15, gateway)
    read(first)
    read(world.another(first, 60), LAST + HOUR)
    read(point(world.meter(account, "B"), 15, gateway), LAST - HOUR)

    found = only(account, LAST + 4 * HOUR)

    assert (found.points, found.fresh) == (2, Freshness(LAST + 2 * HOUR, 2, 1))


def test_other_accounts_and_retired_points_feed_nothing() -> None:
    account, other = world.account(), world.account()
    gateway = source(account, "G", "insertion")
    fed = point(world.meter(account, "M"), 15, gateway)
    read(fed)
    read(point(world.meter(other, "M"), 15, source(other, "G", "insertion")), LAST + HOUR)
    fed.point.__class__.objects.filter(pk=fed.key.data_point_id).update(service="retired")

    found = only(account, LAST + 9 * HOUR)

    assert (found.points, found.fresh) == (0, Freshness(LAST + HOUR / 4, 0, 0))
    assert only(other, LAST).fresh.last_at == LAST + HOUR * 5 / 4
