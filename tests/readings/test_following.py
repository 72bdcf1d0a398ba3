from collections.abc import Callable
from datetime import UTC, date, datetime
from threading import Barrier

import pytest
from django.db import connection, transaction

from tests import make
from tests.races import together
from tests.readings.stored import put, seconds, series
from vatio.accounts.locking import lock
from vatio.accounts.models import Account
from vatio.readings import following, months
from vatio.readings.models import MonthTotals, State, Touched
from vatio.readings.series import SeriesKey

pytestmark = pytest.mark.django_db

CAME = seconds("2026-04-02T00:00")


def one_slot(key: SeriesKey, at: str, value: float) -> None:
    """Change a slot as a road would that leaves the months to whoever follows."""
    instant = seconds(at)
    put(key, [(instant, value)], at=CAME)
    MonthTotals.objects.filter(series_id=key.id).update(totals=[], presents=[], highest=[])


def totals(key: SeriesKey) -> dict[date, dict[int, float]]:
    """List the totals of the days that have one, by month."""
    found = MonthTotals.objects.filter(account_id=key.account_id, series_id=key.id)
    return {
        each.month: {n + 1: total for n, total in enumerate(each.totals) if total is not None}
        for each in found
    }


def test_the_months_of_the_local_days_that_were_touched_are_written_anew():
    key = series(60)
    one_slot(key, "2026-03-31T22:00", 7.0)

    assert following.follow() == 1

    assert totals(key) == {date(2026, 4, 1): {1: 7.0}}
    assert not Touched.objects.exists()
    assert following.follow() == 0


def test_days_far_apart_take_the_months_between_them_along():
    key = series(60)
    put(key, [(seconds("2025-12-31T22:00"), 1.0), (seconds("2026-02-28T23:00"), 2.0)], at=CAME)
    MonthTotals.objects.all().delete()

    following.follow()

    assert totals(key) == {
        date(2025, 12, 1): {31: 1.0},
        date(2026, 1, 1): {},
        date(2026, 2, 1): {},
        date(2026, 3, 1): {1: 2.0},
    }


def test_more_than_a_batch_is_followed_batch_by_batch_account_by_account(
    monkeypatch: pytest.MonkeyPatch,
):
    keys = [series(60) for _time in range(5)]
    for key in keys:
        one_slot(key, "2026-04-01T10:00", 3.0)
    monkeypatch.setattr(following, "AT_A_TIME", 2)

    assert following.follow() == 5

    assert {key.id: totals(key) for key in keys} == {
        key.id: {date(2026, 4, 1): {1: 3.0}} for key in keys
    }


def test_a_series_that_is_gone_is_let_go_of():
    key = series(60)
    Touched.objects.create(
        account_id=key.account_id, series_id=999, begins_at=make.NOON, ends_at=make.NOON
    )

    assert following.follow() == 1

    assert not Touched.objects.exists()


def test_an_account_that_is_being_deleted_is_left_alone():
    key = series(60)
    one_slot(key, "2026-04-01T10:00", 3.0)
    Account.objects.update(closed_at=make.NOON)

    assert following.follow() == 0

    assert Touched.objects.count() == 1


def test_what_fails_leaves_the_claim_to_the_next(monkeypatch: pytest.MonkeyPatch):
    key = series(60)
    one_slot(key, "2026-04-01T10:00", 3.0)

    def fail(account_id: int, written: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(months, "write", fail)
        following.follow()

    assert following.follow() == 1
    assert totals(key) == {date(2026, 4, 1): {1: 3.0}}


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_what_somebody_else_has():
    hotel = make.account()
    mine, theirs = series(60, of=hotel), series(60)
    for key in (mine, theirs):
        one_slot(key, "2026-04-01T10:00", 3.0)
    held, done = Barrier(2), Barrier(2)

    def change() -> int:
        with transaction.atomic():
            lock(Account.objects.get(pk=hotel.pk))
            held.wait(timeout=30)
            done.wait(timeout=30)
        return 0

    def follow() -> int:
        held.wait(timeout=30)
        followed = following.follow()
        done.wait(timeout=30)
        return followed

    followed, refused = together([change, follow])

    assert (followed, refused) == ([0, 1], [])
    assert list(Touched.objects.values_list("series_id", flat=True)) == [mine.id]


@pytest.mark.django_db(transaction=True)
def test_months_are_right_however_merging_and_following_meet():
    keys = [series(60, of=hotel) for hotel in [make.account()] for _time in range(3)]
    base = seconds("2026-03-30T00:00")

    def merge(number: int) -> Callable[[], int]:
        def act() -> int:
            for turn in range(12):
                key = keys[(turn + number) % 3]
                put(key, [(base + 3600 * (turn * 4 + number), 1.0 + turn)], at=CAME)
            return 0

        return act

    def follow() -> int:
        return sum(following.follow() for _time in range(40))

    done, refused = together([merge(0), merge(1), follow, follow])
    following.follow()

    assert (len(done), refused) == (4, [])
    for key in keys:
        written = MonthTotals.objects.filter(series_id=key.id)
        before = list(written.order_by("month").values_list("month", "totals", "presents"))
        months.write(key.account_id, {(key.id, month) for month, *_rest in before})
        assert list(written.order_by("month").values_list("month", "totals", "presents")) == before
    assert State.objects.count() == 3


def test_totals_have_the_running_day_of_each_zone_though_its_month_is_a_copy():
    mainland = series(60)
    islands = series(60, time_zone="Atlantic/Canary", of=Account.objects.get())
    for key in (mainland, islands):
        put(key, [(seconds("2026-03-30T10:00"), 4.0), (seconds("2026-03-31T21:00"), 5.0)], at=CAME)
    put(islands, [(seconds("2026-03-31T22:00"), 6.0)], at=CAME)
    MonthTotals.objects.update(totals=[None] * 29 + [4.0, None])
    known = {mainland.id: mainland, islands.id: islands}

    at = datetime(2026, 3, 31, 22, 45, tzinfo=UTC)
    found = months.totals(known, date(2026, 3, 1), date(2026, 5, 1), at=at)

    assert found[islands.id][date(2026, 3, 1)].totals[29:] == [4.0, 11.0]
    assert found[mainland.id][date(2026, 3, 1)].totals[29:] == [4.0, None]
    assert found[mainland.id][date(2026, 3, 1)].presents[29:] == [1, 1]
    assert date(2026, 4, 1) not in found[islands.id]


def test_a_running_day_in_a_month_that_nobody_wrote_yet_makes_the_month():
    key = series(60)
    put(key, [(seconds("2026-04-01T06:00"), 5.0), (seconds("2026-04-01T07:00"), 7.0)], at=CAME)
    MonthTotals.objects.all().delete()
    at = datetime(2026, 4, 1, 9, tzinfo=UTC)

    found = months.totals({key.id: key}, date(2026, 4, 1), date(2026, 5, 1), at=at)

    (april,) = found[key.id].values()
    assert (april.totals[0], april.presents[0], april.highest[0]) == (12.0, 2, 7.0)
    assert april.totals[1:] == [None] * 29


def test_totals_take_two_statements_for_many_series(django_assert_num_queries):
    hotel = make.account()
    known = {key.id: key for key in (series(60, of=hotel) for _time in range(4))}
    at = datetime(2026, 4, 1, 9, tzinfo=UTC)

    with django_assert_num_queries(2):
        assert months.totals(known, date(2026, 4, 1), date(2026, 5, 1), at=at) == {
            key: {} for key in known
        }
    assert months.totals({}, date(2026, 4, 1), date(2026, 5, 1), at=at) == {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM readings_monthtotals")
        assert cursor.fetchone() == (0,)
