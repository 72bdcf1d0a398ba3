"""Whether an account has expired is answered in many places: they agree at every instant."""

from datetime import UTC, date, datetime, timedelta

from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests import make
from tests.counts import full_or_tenth
from vatio.accounts.expiry import GRACE_DAYS, collects, is_expired, is_in_grace
from vatio.accounts.models import Account
from vatio.dates import day_at, start_of
from vatio.orders.lockout import is_shut
from vatio.portfolios.account_rows import account_rows
from vatio.web.shell.tabs import tabs

MINUTE = timedelta(minutes=1)


class TestStanding(TestCase):
    """The list's zones, its rows, the rules and the door, at instants around an end."""

    @given(
        time_zone=st.sampled_from(["Europe/Madrid", "Atlantic/Canary", "America/Santiago"]),
        end=st.dates(date(2025, 1, 1), date(2028, 12, 31)),
        minutes=st.one_of(
            st.integers(-3, 3),
            st.integers(-3, 3).map(lambda minute: minute + GRACE_DAYS * 24 * 60),
            st.integers(-60 * 24 * 40, 60 * 24 * 40),
        ),
        asked=st.booleans(),
    )
    @example(time_zone="Europe/Madrid", end=date(2026, 3, 29), minutes=0, asked=False)
    @example(time_zone="Atlantic/Canary", end=date(2026, 10, 25), minutes=-1, asked=True)
    @settings(
        max_examples=full_or_tenth(60),
        deadline=None,
        suppress_health_check=[HealthCheck.differing_executors],
    )
    def test_all_answers_agree(self, time_zone: str, end: date, minutes: int, asked: bool) -> None:
        opened = end - timedelta(days=365)
        made = make.account(starts_on=opened, months=12, time_zone=time_zone)
        hotel = Account.objects.get(pk=made.pk)
        assert hotel.covered_until is not None
        nuria = make.superadmin(hotel.organisation)
        at = start_of(hotel.covered_until, time_zone) + minutes * MINUTE
        if asked:
            make.renewal_order(
                hotel, by=nuria, at=start_of(hotel.covered_until, time_zone) - MINUTE
            )

        today = day_at(at, time_zone)
        expired = today >= hotel.covered_until
        collected = today < hotel.covered_until + timedelta(days=GRACE_DAYS)
        (line,) = account_rows([hotel.pk], nuria, at=at)
        active, ended, _orders = tabs(hotel.organisation, at=at, current="accounts")

        assert is_expired(hotel, at=at) == expired
        assert line.is_expired == expired
        assert (active.count, ended.count) == (int(not expired), int(expired))
        assert Account.objects.filter(ends_at__lte=at).exists() == expired
        assert collects(hotel, today=today) == collected
        assert line.collects == (expired and collected)
        assert is_in_grace(hotel, at=at) == (expired and collected)
        assert is_shut(hotel, at=at) == (expired and not (asked and collected))


def test_readings_are_not_collected_before_the_first_day(db: None) -> None:
    hotel = make.account(starts_on=date(2027, 1, 1))

    assert not collects(hotel, today=date(2026, 12, 31))
    assert collects(hotel, today=date(2027, 1, 1))


def test_the_page_of_an_expired_account_says_what_is_left_of_grace(
    db: None, client: Client
) -> None:
    today = datetime.now(UTC).date()
    hotel = make.account(starts_on=today - timedelta(days=21 + 365), months=12)
    client.force_login(make.superadmin(hotel.organisation))

    page = client.get(reverse("account", args=[hotel.uid])).content.decode()

    assert "Gracia" in page
    assert "días de 30" in page
