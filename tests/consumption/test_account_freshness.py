from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.metering.installed import install
from tests.readings.stored import put, series
from vatio.accounts.models import Account
from vatio.consumption import account_freshness
from vatio.consumption.account_freshness import NEVER, Freshness
from vatio.metering.models import DataPoint, DataSource, RtcLine

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def source(account: Account, kind: DataSource.Kind) -> DataSource:
    return DataSource.objects.create(
        account=account,
        organisation_id=account.organisation_id,
        name=kind,
        kind=kind,
        created_at=make.NOON,
    )


def point(account: Account, kind: DataSource.Kind | None, ended: datetime | None) -> DataPoint:
    key = series(60, of=account)
    if ended is not None:
        put(key, [((ended - HOUR).timestamp(), 5.0)], at=ended.timestamp())
    made = DataPoint.objects.get(pk=key.data_point_id)
    made.source = source(account, kind) if kind else None
    made.service_since = AT - 2 * HOUR
    made.save(update_fields=["source", "service_since"])
    return made


def test_the_last_data_is_the_end_of_the_last_slot_of_any_point() -> None:
    account = make.account()
    point(account, None, AT - 9 * HOUR)
    point(account, DataSource.Kind.FILES, AT - 30 * HOUR)

    found = account_freshness.of_accounts([account.pk], at=AT)

    assert found[account.pk] == Freshness(AT - 9 * HOUR, expected=0, late=0)


@pytest.mark.parametrize(
    ("kind", "hours", "late"),
    [
        (DataSource.Kind.INSERTION, 2, 0),
        (DataSource.Kind.INSERTION, 3, 1),
        (DataSource.Kind.FILES, 3000, 0),
        (DataSource.Kind.BY_HAND, 3000, 0),
        (None, 3000, 0),
    ],
)
def test_what_a_gateway_sends_is_late_after_two_hours_and_a_file_never(
    kind: DataSource.Kind | None, hours: int, late: int
) -> None:
    account = make.account()
    point(account, kind, AT - hours * HOUR)

    found = account_freshness.of_accounts([account.pk], at=AT)

    assert found[account.pk].late == late


def test_a_series_of_days_is_late_after_two_days() -> None:
    account = make.account()
    key = series(1440, of=account)
    gateway = source(account, DataSource.Kind.INSERTION)
    DataPoint.objects.filter(pk=key.data_point_id).update(source=gateway)
    put(key, [(datetime(2026, 11, 21, 23, tzinfo=UTC).timestamp(), 5.0)], at=AT.timestamp())

    on_time = account_freshness.of_accounts([account.pk], at=datetime(2026, 11, 24, 22, tzinfo=UTC))
    late = account_freshness.of_accounts(
        [account.pk], at=datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    )

    assert (on_time[account.pk].late, late[account.pk].late) == (0, 1)


def test_a_point_that_never_spoke_is_late_from_its_acceptance_on() -> None:
    account = make.account()
    point(account, DataSource.Kind.INSERTION, None)

    on_time = account_freshness.of_accounts([account.pk], at=AT)
    late = account_freshness.of_accounts([account.pk], at=AT + HOUR)

    assert (on_time[account.pk], late[account.pk]) == (Freshness(None, 1, 0), Freshness(None, 1, 1))


def test_a_retired_point_is_never_late_and_its_last_data_stay() -> None:
    account = make.account()
    own = point(account, DataSource.Kind.INSERTION, AT - 100 * HOUR)
    DataPoint.objects.filter(pk=own.pk).update(service="retired")

    found = account_freshness.of_accounts([account.pk], at=AT)

    assert found[account.pk] == Freshness(AT - 100 * HOUR, 0, 0)


def test_a_meter_that_is_called_is_late_after_26_hours() -> None:
    version = make.licence("Con líneas", meters=10, supply_points=5, rtc_lines=2)
    account = make.account(version=version)
    installed = install(account, by=make.commercial(), at=make.NOON)
    assert RtcLine.objects.filter(account=account, service="accepted").exists()
    own = installed.line.meter.data_points.in_service()
    own.update(source=None, service_since=AT)

    on_time = account_freshness.of_accounts([account.pk], at=AT + 26 * HOUR)[account.pk]
    late = account_freshness.of_accounts([account.pk], at=AT + 27 * HOUR)[account.pk]

    assert late.late - on_time.late == own.count() > 0


def test_many_accounts_take_one_statement_and_none_takes_none() -> None:
    accounts = [make.account() for _ in range(3)]
    for account in accounts:
        point(account, None, AT)

    with CaptureQueriesContext(connection) as counted:
        found = account_freshness.of_accounts([each.pk for each in accounts], at=AT)
        nothing = account_freshness.of_accounts([], at=AT)

    assert len(counted) == 1
    assert len(found) == 3
    assert nothing == {}
    assert account_freshness.last_data([accounts[0].pk], at=AT) == {accounts[0].pk: AT}
    assert not NEVER.is_late


def test_each_source_is_as_fresh_as_the_points_that_it_feeds() -> None:
    account = make.account()
    gateway = point(account, DataSource.Kind.INSERTION, AT - 5 * HOUR)
    files = point(account, DataSource.Kind.FILES, AT - 90 * HOUR)
    point(account, None, AT)
    source(account, DataSource.Kind.BY_HAND)

    found = account_freshness.of_sources(account.pk, at=AT)

    assert found == {
        gateway.source_id: Freshness(AT - 5 * HOUR, 1, 1),
        files.source_id: Freshness(AT - 90 * HOUR, 0, 0),
    }
