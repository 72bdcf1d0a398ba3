from datetime import UTC, date, datetime, timedelta

import pytest

from tests.demo.measuring import TODAY, account, interval, measure, the_series
from vatio.accounts.models import Account
from vatio.demo import filling
from vatio.demo.energy.receiving import received
from vatio.demo.energy.values import values
from vatio.demo_clock.filled import percent_filled
from vatio.demo_clock.models import Fill
from vatio.readings.models import Day, Delivery, Revision
from vatio.readings.ranks import Flag, Origin, flags_of, origin_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def fill() -> int:
    chunks = 0
    while filling.fill_next(at=NOW):
        chunks += 1
    return chunks


def days_of(of: Account) -> list[Day]:
    return list(Day.objects.filter(series_id=interval(of).pk).order_by("day"))


def rows() -> list[object]:
    return [
        [*model.objects.order_by("pk").values_list()] for model in (Day, Delivery, Revision, Fill)
    ]


def test_a_history_holds_what_was_made_day_by_day_though_clocks_change() -> None:
    hotel = account("Hotel A", kind="files", minutes=60, days=20)

    fill()

    own = the_series(hotel)
    stored = days_of(hotel)
    assert [each.day for each in stored] == [TODAY - timedelta(days=n) for n in range(20, 0, -1)]
    assert [each.values for each in stored] == [
        received(own.profile, day=each.day, time_zone="Europe/Madrid", minutes=60).values
        for each in stored
    ]
    assert {len(each.values) for each in stored} == {24, 25}


def test_filling_again_changes_nothing() -> None:
    account("Hotel A", kind="files", minutes=60, days=20)
    fill()
    before = rows()

    assert fill() == 0

    assert rows() == before


def test_a_chunk_that_fails_leaves_nothing_and_the_next_goes_on_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hotel = account("Hotel A", kind="files", minutes=60, days=30)
    monkeypatch.setattr(filling, "CHUNK", 200)
    filling.fill_next(at=NOW)
    after_one = rows()
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(filling, "save", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        filling.fill_next(at=NOW)
    assert rows() == after_one

    fill()

    assert [each.day for each in days_of(hotel)] == [
        TODAY - timedelta(days=n) for n in range(30, 0, -1)
    ]


def test_the_progress_is_told_until_the_history_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    account("Hotel A", kind="files", minutes=60, days=28)
    monkeypatch.setattr(filling, "CHUNK", 24 * 7)

    told = [percent_filled()]
    while filling.fill_next(at=NOW):
        told.append(percent_filled())

    assert told == [0, 25, 50, 75, None]


def test_a_gateways_history_is_of_registers_whose_differences_are_what_was_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hotel = account("Hotel Lugo 012", kind="insertion", minutes=15, days=16)
    monkeypatch.setattr(filling, "CHUNK", 96 * 8)

    assert fill() == 2

    own = the_series(hotel)
    assert own.series.is_register
    made = [
        values(own.profile, day=each.day, time_zone="Europe/Madrid", minutes=15)
        for each in days_of(hotel)
    ]
    stored = [each.values for each in days_of(hotel)]
    assert (stored[-1][-1], len(stored)) == (None, 16)
    assert stored[-1][:-1] == made[-1][:-1]
    assert stored[:-1] == made[:-1]


def test_what_a_distributor_billed_is_firm_and_what_is_newer_is_not() -> None:
    market = account("Mercado", kind="files", minutes=60, days=90)
    measure(market)

    fill()

    first, last = (each.quality for each in (days_of(market)[0], days_of(market)[-1]))
    assert (origin_of(first), flags_of(first)) == (Origin.INVOICE, Flag.FIRM)
    assert (origin_of(last), flags_of(last)) == (Origin.DISTRIBUTOR, Flag.NONE)
    names = Delivery.objects.order_by("id").values_list("file_name", flat=True)
    assert [name[:4] for name in names] == ["F5D_", "P1D_"]


def test_the_files_of_the_days_that_pass_follow() -> None:
    hotel = account("Hotel A", kind="files", minutes=60, days=3)
    fill()

    filling.bring_days(at=NOW + timedelta(days=2))
    filling.bring_days(at=NOW + timedelta(days=2, hours=3))

    assert [each.day for each in days_of(hotel)][-2:] == [TODAY, TODAY + timedelta(days=1)]
    assert Delivery.objects.count() == 2


def test_an_account_whose_grace_is_over_gets_no_more_files() -> None:
    hotel = account("Hotel A", kind="files", minutes=60, days=3)
    fill()
    Account.objects.filter(pk=hotel.pk).update(covered_until=date(2026, 9, 1))

    filling.bring_days(at=NOW + timedelta(days=2))

    assert days_of(hotel)[-1].day == TODAY - timedelta(days=1)


def test_outside_the_demo_there_is_nothing_to_fill() -> None:
    assert filling.fill_next(at=NOW) is False
    filling.bring_days(at=NOW)

    assert (Day.objects.count(), percent_filled()) == (0, None)
