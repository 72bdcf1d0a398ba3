from datetime import date

import pytest
from django.db import connection

from tests import make
from tests.metering.installed import install
from tests.readings.filled import fill
from tests.readings.stored import put, seconds, series
from vatio.accounts.models import Account
from vatio.metering.models import DataSource, Series
from vatio.readings import checking, following, orphans
from vatio.readings.checking import Kept
from vatio.readings.models import Day, Delivery, MonthTotals, State, Touched
from vatio.readings.orphans import Orphan
from vatio.readings.ranks import Flag, How, Origin, quality
from vatio.readings.series import SeriesKey
from vatio.units import Quantities

pytestmark = pytest.mark.django_db

CAME = seconds("2026-04-02T00:00")
TENTH = date(2026, 3, 10)
INVALID = quality(Origin.INSERTION, How.MEASURED, Flag.INVALID)
DOUBTFUL = quality(Origin.INSERTION, How.MEASURED, Flag.DOUBTFUL | Flag.FIRM)


def read() -> SeriesKey:
    """Store two days, in one of which qualities differ and a value is invalid; follow them."""
    key = series(60)
    begins = seconds("2026-03-09T23:00")
    put(key, [(begins + 3600 * hour, 100.0 + hour) for hour in range(24)], at=CAME)
    put(key, [(begins + 86_400, 7.5), (begins + 90_000, 900.0, INVALID)], at=CAME)
    put(key, [(begins + 93_600, 0.1, DOUBTFUL), (begins + 97_200, 0.2)], at=CAME)
    following.follow()
    return key


def differing(key: SeriesKey) -> list[tuple[Kept, date | None]]:
    found = checking.compare()
    assert {(each.account_id, each.series_id) for each in found} <= {(key.account_id, key.id)}
    return [(each.what, each.day) for each in found]


def test_what_was_stored_agrees_also_with_what_is_invalid():
    key = read()
    day = Day.objects.get(series_id=key.id, day=date(2026, 3, 11))
    assert (day.present, day.most, day.qualities is None) == (3, 7.5, False)

    assert checking.compare() == []
    assert orphans.find() == []


def test_whatever_an_account_can_have_agrees():
    hotel = make.account(totals=Quantities(10, 5, None, 2))
    install(hotel, by=make.commercial(), at=make.NOON)
    fill(hotel)
    following.follow()

    assert (checking.compare(), orphans.find()) == ([], [])


@pytest.mark.parametrize(
    "wrong",
    [{"total": 1.0}, {"present": 3}, {"least": None}, {"most": 9e9}, {"rank": 9}],
)
@pytest.mark.parametrize("day", [TENTH, date(2026, 3, 11)])
def test_a_day_that_differs_from_its_values_is_told_and_mended(wrong, day):
    key = read()
    before = list(Day.objects.order_by("day").values())
    Day.objects.filter(day=day).update(**wrong if wrong != {"present": 3} else {"present": 4})

    assert (Kept.DAY, day) in differing(key)
    checking.repair(key.account_id)

    assert checking.compare() == []
    assert [dict(each) for each in Day.objects.order_by("day").values()] == before


def test_a_total_may_differ_by_what_adding_and_taking_away_leaves():
    key = read()
    day = Day.objects.get(series_id=key.id, day=date(2026, 3, 11))

    Day.objects.filter(day=day.day).update(total=day.total + 1e-12)

    assert (Kept.DAY, day.day) not in differing(key)


@pytest.mark.parametrize("wrong", ["totals", "presents", "highest"])
def test_a_month_that_differs_from_its_days_is_told_and_mended(wrong):
    key = read()
    before = MonthTotals.objects.values().get()
    other = [None] * 9 + [1] + before[wrong][10:]
    MonthTotals.objects.update(**{wrong: other})

    assert differing(key) == [(Kept.MONTH, date(2026, 3, 1))]
    checking.repair(key.account_id)

    assert checking.compare() == []
    assert MonthTotals.objects.values().get() == before


def test_a_month_that_lacks_is_written_and_one_of_no_day_is_emptied():
    key = read()
    MonthTotals.objects.update(month=date(2026, 5, 1))

    assert differing(key) == [(Kept.MONTH, date(2026, 3, 1)), (Kept.MONTH, date(2026, 5, 1))]
    checking.repair(key.account_id)

    assert checking.compare() == []
    assert set(MonthTotals.objects.get(month=date(2026, 5, 1)).totals) == {None}


def test_a_month_that_waits_to_be_followed_does_not_differ():
    key = read()
    MonthTotals.objects.all().delete()

    Touched.objects.create(
        account_id=key.account_id, series_id=key.id, begins_at=make.NOON, ends_at=make.NOON
    )

    assert checking.compare() == []


def test_the_first_day_is_told_as_the_readings_have_it():
    key = read()
    Series.objects.filter(pk=key.id).update(first_reading_on=date(2026, 3, 11))
    State.objects.update(first_on=None)

    assert differing(key) == [(Kept.FIRST, TENTH)]
    checking.repair(key.account_id)

    assert checking.compare() == []
    assert Series.objects.get(pk=key.id).first_reading_on == TENTH
    assert State.objects.get().first_on == TENTH


def test_a_first_day_before_the_readings_stands_where_metering_tells_it():
    key = read()
    Series.objects.filter(pk=key.id).update(first_reading_on=date(2026, 3, 9))
    assert checking.compare() == []

    State.objects.update(first_on=date(2026, 3, 8))
    assert differing(key) == [(Kept.FIRST, date(2026, 3, 8))]
    checking.repair(key.account_id)

    assert checking.compare() == []
    assert Series.objects.get(pk=key.id).first_reading_on == date(2026, 3, 8)


def test_an_account_that_is_being_deleted_is_neither_compared_nor_repaired():
    key = read()
    Day.objects.update(total=1.0)
    Account.objects.update(closed_at=make.NOON)

    assert checking.compare() == []
    checking.repair(key.account_id)
    checking.repair(999)

    assert set(Day.objects.values_list("total", flat=True)) == {1.0}


def rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def test_rows_of_a_series_that_is_gone_are_told_and_deleted_and_no_others():
    hotel = make.account(totals=Quantities(10, 5, None, 2))
    install(hotel, by=make.commercial(), at=make.NOON)
    interval, register = fill(hotel)
    Series.objects.filter(pk=register.id).delete()

    told = orphans.find()
    orphans.mend()

    assert {(each.account_id, each.of) for each in told} == {(hotel.pk, register.id)}
    assert {each.table: each.rows for each in told} == {
        "readings_day": 1,
        "readings_state": 1,
        "readings_registerreading": 1,
        "readings_registerfinding": 1,
        "readings_touched": 1,
    }
    assert orphans.find() == []
    assert set(Day.objects.values_list("series_id", flat=True)) == {interval.id}


def test_what_was_pending_of_a_source_that_is_gone_goes_and_what_was_delivered_stays():
    hotel = make.account(totals=Quantities(10, 5, None, 2))
    install(hotel, by=make.commercial(), at=make.NOON)
    fill(hotel)
    source = Delivery.objects.exclude(source_id=None).get().source_id
    delivered = Delivery.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE metering_datapoint SET source_id = NULL")
        cursor.execute("DELETE FROM metering_sourcedevice")
        cursor.execute("DELETE FROM metering_sourcetoken")
    DataSource.objects.all().delete()

    told = orphans.find()
    orphans.mend()

    assert told == [
        Orphan("readings_pendingquantity", hotel.pk, source, 1),
        Orphan("readings_pendingreading", hotel.pk, source, 1),
        Orphan("readings_delivery", hotel.pk, source, 1),
    ]
    assert orphans.find() == []
    assert (Delivery.objects.count(), Delivery.objects.exclude(source_id=None).count()) == (
        delivered,
        0,
    )


def test_whatever_is_of_an_account_that_is_gone_goes():
    hotel = make.account(totals=Quantities(10, 5, None, 2))
    install(hotel, by=make.commercial(), at=make.NOON)
    fill(hotel)
    tables = {owner.table for owner in orphans.OWNERS}
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(f"UPDATE {table} SET account_id = 999999")

    told = orphans.find()
    orphans.mend()

    assert {each.table for each in told} == tables
    assert {each.account_id for each in told} == {999999}
    assert {table: rows(table) for table in tables} == dict.fromkeys(tables, 0)


def test_a_series_of_another_account_is_no_owner():
    key = read()
    other = series(60)
    State.objects.create(account_id=key.account_id, series_id=other.id)

    assert orphans.find() == [Orphan("readings_state", key.account_id, other.id, 1)]


def test_registers_that_begin_no_slot_agree():
    key = series(60, kind="register")
    put(key, [(seconds("2026-03-10T10:17"), 5.0)], at=CAME)

    assert checking.compare() == []
