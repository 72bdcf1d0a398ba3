from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests import make
from tests.counts import full_or_tenth
from tests.races import together
from vatio.accounts import adjusting, configuring, current_holdings, growth, renewal, undoing
from vatio.accounts.holdings import shown, shown_day
from vatio.accounts.locking import lock
from vatio.accounts.models import Account, CurrentHolding
from vatio.catalogue.models import LicenceVersion
from vatio.refusal import Refused
from vatio.tenants.models import Person
from vatio.units import Quantities, Unit

pytestmark = pytest.mark.django_db

FIRST = date(2025, 1, 31)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["grow", "less", "upgrade", "renew", "undo", "end", "courtesy", "zone"]),
        st.integers(min_value=0, max_value=150),
    ),
    max_size=8,
)


def take(step: str, account: Account, better: LicenceVersion, *, by: Person, at: datetime) -> None:
    if step == "grow":
        growth.expand(account, Quantities(data_points=7), sms_credits=0, at=at, by=by)
    elif step == "less":
        adjusting.adjust_quantities(
            account, Quantities(data_points=at.day), reason="Baja", by=by, at=at
        )
    elif step == "upgrade":
        growth.upgrade(account, better, at=at, by=by)
    elif step == "renew":
        renewal.renew(account, asked_at=at, at=at, by=by)
    elif step == "undo":
        undoing.undo(account, by=by, at=at)
    elif step == "end":
        adjusting.end_early(account, at.date() + timedelta(days=3), reason="Baja", by=by, at=at)
    elif step == "courtesy":
        adjusting.give_courtesy(account, 20, reason="Obras", by=by, at=at)
    else:
        elsewhere = "Pacific/Auckland" if at.day % 2 else "America/Los_Angeles"
        if account.time_zone == elsewhere:
            raise Refused("Nothing changes, and so nothing is written.")
        details = configuring.Details.of(account)
        moved = configuring.Details(**{**vars(details), "time_zone": elsewhere})
        configuring.configure(account, moved, seen=details.mark, by=by, at=at)


class TestCurrentHoldings(TestCase):
    """The copies beside the accounts against what terms and grants say, over random lives."""

    @given(steps=STEPS, later=st.lists(st.integers(-400, 900), min_size=4, max_size=8))
    @settings(
        max_examples=full_or_tenth(80),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
    )
    def test_a_copy_is_right_on_every_day_of_its_interval(
        self, steps: list[tuple[str, int]], later: list[int]
    ) -> None:
        starter = make.licence("Starter DP", data_points=250)
        better = make.licence("Professional DP", data_points=1000, rtc_lines=2)
        hotel = make.account(starts_on=FIRST, version=starter)
        elena = make.commercial()
        at = written_at = make.noon(FIRST)

        for step, days in steps:
            at += timedelta(days=days)
            try:
                with transaction.atomic():
                    take(step, hotel, better, by=elena, at=at)
                    written_at = at
            except Refused:
                hotel.refresh_from_db()
        hotel.refresh_from_db()

        for days in [0, *later]:
            _compare(hotel, written_at + timedelta(days=days), now=days == 0)


def _compare(account: Account, at: datetime, *, now: bool) -> None:
    own = CurrentHolding.objects.filter(account=account).first()
    expected = shown([account], at=at).get(account.pk)
    day = shown_day(account, at=at)
    if own is None:
        assert expected is None or not now
        return
    covers = (
        day is not None
        and own.holds_from <= day
        and (own.changes_on is None or day < own.changes_on)
    )
    assert covers or not now, "what is written at a moment holds at that moment"
    if covers:
        assert expected is not None
        assert (own.term_id, own.licence_id) == (expected.term_id, expected.licence_id)
        assert tuple(getattr(own, unit) for unit in Unit) == expected.totals.listed


def test_a_renewal_that_waits_changes_what_is_held_on_its_first_day():
    hotel = make.account(starts_on=date(2026, 1, 1))

    renewal.renew(hotel, asked_at=make.NOON, at=make.NOON, by=make.commercial())

    own = CurrentHolding.objects.get(account=hotel)
    assert (own.holds_from, own.changes_on) == (date(2026, 1, 1), date(2027, 1, 1))


def test_once_its_day_has_come_a_copy_is_written_anew():
    hotel = make.account(starts_on=date(2026, 1, 1))
    waiting = renewal.renew(hotel, asked_at=make.NOON, at=make.NOON, by=make.commercial())
    eve = datetime(2026, 12, 31, 22, 59, tzinfo=make.NOON.tzinfo)

    assert current_holdings.refresh(at=eve) == 0
    assert current_holdings.refresh(at=eve + timedelta(minutes=1)) == 1
    assert current_holdings.refresh(at=eve + timedelta(minutes=1)) == 0

    own = CurrentHolding.objects.get(account=hotel)
    assert (own.term_id, own.holds_from, own.changes_on) == (waiting.pk, date(2027, 1, 1), None)


def test_an_account_that_held_nothing_after_all_has_no_copy():
    hotel = make.account(starts_on=date(2026, 1, 1))
    elena = make.commercial()

    adjusting.end_early(
        hotel, date(2026, 1, 1), reason="Error", by=elena, at=make.noon(date(2026, 1, 1))
    )

    assert hotel.covered_until == date(2026, 1, 1)
    assert not CurrentHolding.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_refresh_never_undoes_what_is_granted_meanwhile():
    elena = make.commercial()
    at = make.noon(date(2027, 3, 1))
    hotels = [make.account(f"Hotel {n}", starts_on=date(2026, 2, 1)) for n in range(3)]
    for hotel in hotels:
        renewal.renew(hotel, asked_at=make.NOON, at=make.NOON, by=elena)

    def grow(hotel: Account) -> None:
        with transaction.atomic():
            lock(hotel)
            growth.expand(hotel, Quantities(meters=5), sms_credits=0, at=at, by=elena)

    for hotel in hotels:
        together([lambda hotel=hotel: grow(hotel), lambda: current_holdings.refresh(at=at)])

    for hotel in hotels:
        hotel.refresh_from_db()
        _compare(hotel, at, now=True)
    connection.close()
