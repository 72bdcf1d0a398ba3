from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests import make
from tests.counts import full_or_tenth
from tests.portfolios.test_ranking import fill
from vatio.accounts import adjusting, current_holdings, holdings
from vatio.accounts.models import Account, CurrentHolding
from vatio.entitlements.question import Room
from vatio.metering import retiring
from vatio.portfolios.account_rows import account_rows
from vatio.units import Quantities, Unit


class TestAccountRows(TestCase):
    """What rows say against what each account's terms and grants say, copies fresh or not."""

    @given(
        seeds=st.lists(st.integers(0, 700), min_size=2, max_size=8),
        later=st.integers(-300, 600),
        copies=st.sampled_from(["as written", "refreshed", "none"]),
    )
    @settings(
        max_examples=full_or_tenth(30),
        deadline=None,
        suppress_health_check=[HealthCheck.differing_executors],
    )
    def test_a_row_says_what_is_held_on_its_day(
        self, seeds: list[int], later: int, copies: str
    ) -> None:
        fill(len(seeds), seeds)
        at = make.NOON + timedelta(days=later)
        if copies == "refreshed":
            current_holdings.refresh(at=at)
        elif copies == "none":
            CurrentHolding.objects.all().delete()
        accounts = list(Account.objects.order_by("-name"))
        nuria = make.superadmin(accounts[0].organisation)
        expected = holdings.shown(accounts, at=at)

        rows = account_rows([account.pk for account in accounts], nuria, at=at)

        assert [row.account.pk for row in rows] == [account.pk for account in accounts]
        for row in rows:
            held = expected.get(row.account.pk)
            assert (row.holding is None) == (held is None)
            if held is not None and row.holding is not None:
                assert row.holding.totals == held.totals
                assert row.holding.licence == held.licence
                assert row.holding.ends_on == held.ends_on
                assert row.holding.anchor_day == held.anchor_day


def test_a_row_of_an_account_that_is_gone_is_left_out(db: None) -> None:
    hotel = make.account()
    nuria = make.superadmin(hotel.organisation)

    rows = account_rows([hotel.pk + 1, hotel.pk], nuria, at=make.NOON)

    assert [row.key for row in rows] == [str(hotel.uid)]


def test_courtesy_days_are_told_from_a_renewal(db: None) -> None:
    hotel = make.account(starts_on=date(2026, 1, 1))
    elena = make.commercial()
    adjusting.give_courtesy(hotel, 10, reason="Obras", by=elena, at=make.NOON)

    (row,) = account_rows([hotel.pk], elena, at=make.NOON)

    assert (row.is_courtesy, row.renewed_until) == (True, date(2027, 1, 11))
    assert not row.can_undo


def test_a_row_tells_what_is_used_once_something_is_installed(db: None) -> None:
    hotel, empty = make.account("Hotel"), make.account("Vacía")
    make.meter(hotel)
    retiring.retire(make.meter(empty), by=make.commercial(), at=make.NOON)
    elena = make.commercial()

    full, none = account_rows([hotel.pk, empty.pk], elena, at=make.NOON)

    assert full.used == {Unit.METERS: 1}
    assert full.rooms == (Room(10, 1), Room(5, 0), Room(None, 0), Room(0, 0))
    assert (none.used, none.rooms) == ({}, ())


def test_a_row_tells_more_used_than_held(db: None) -> None:
    hotel, elena = make.account(), make.commercial()
    for _each in range(3):
        make.meter(hotel)
    less = Quantities(2, 5, None, 0)
    adjusting.adjust_quantities(hotel, less, reason="Menos", by=elena, at=make.NOON)

    (row,) = account_rows([hotel.pk], elena, at=make.NOON)

    meters = row.rooms[0]
    assert (meters.used, meters.held, meters.over, meters.tenths) == (3, 2, 1, 10)
