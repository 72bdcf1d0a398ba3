from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from vatio.metering import retiring
from vatio.metering.past import UsageStep, entitlement_on, usage_steps
from vatio.units import Unit

pytestmark = pytest.mark.django_db


def test_usage_is_told_by_the_days_of_the_account() -> None:
    hotel, elena = make.account(starts_on=date(2026, 1, 1)), make.commercial()
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    first = make.meter(hotel, at=late)
    make.meter(hotel, at=late + timedelta(hours=1))
    make.supply_point(hotel, at=late + timedelta(days=1))
    retiring.retire(first, by=elena, at=late + timedelta(days=2))

    with CaptureQueriesContext(
        connection,
    ) as asked:
        steps = usage_steps(hotel)

    assert steps == [
        UsageStep(Unit.METERS, date(2026, 11, 21), 2),
        UsageStep(Unit.SUPPLY_POINTS, date(2026, 11, 22), 1),
        UsageStep(Unit.METERS, date(2026, 11, 23), 1),
    ]
    assert len(asked) == 1
    for step in steps:
        assert entitlement_on(hotel, step.day).rooms[step.unit].used == step.used


def test_a_day_on_which_nothing_changed_in_the_end_is_no_step() -> None:
    hotel = make.account()
    retiring.retire(make.meter(hotel), by=make.commercial(), at=make.NOON + timedelta(hours=1))

    assert usage_steps(hotel) == []
