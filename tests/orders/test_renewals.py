from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests import make
from tests.counts import full_or_tenth
from vatio import pagination
from vatio.accounts import adjusting, non_renewal, renewal
from vatio.accounts.models import Account, Term
from vatio.dates import add_months, day_at
from vatio.orders import deciding, renewals
from vatio.orders.models import Order
from vatio.orders.renewals import Due, Standing
from vatio.refusal import Refused

pytestmark = pytest.mark.django_db

AT = make.NOON
FIRST, UNTIL = date(2026, 11, 1), date(2027, 11, 1)
Counts = dict[tuple[date, Standing], int]


def counts(at: datetime = AT, since: date = FIRST, until: date = UNTIL) -> Counts:
    found = renewals.counted(Account.objects.all(), since=since, until=until, at=at)
    return {(each.on, each.standing): each.accounts for each in found}


def walked(size: int, descending: bool = False) -> list[tuple[date, str]]:
    """Read every account that is listed, some at a time."""
    seen: list[Due] = []
    while True:
        beyond = [seen[-1].due_on, seen[-1].id] if seen else []
        found = renewals.listed(
            Account.objects.all(),
            since=FIRST,
            until=UNTIL,
            at=AT,
            size=size,
            beyond=beyond,
            descending=descending,
        )
        if not found:
            return [(each.due_on, each.account.name) for each in seen]
        seen += found


def ending(on: date, name: str = "", **about: object) -> Account:
    return make.account(name, starts_on=add_months(on, -12, anchor_day=on.day), months=12, **about)  # type: ignore[arg-type]


def test_an_account_stands_on_the_day_on_which_its_running_term_ends() -> None:
    ending(date(2026, 12, 3))

    assert counts() == {(date(2026, 12, 3), Standing.UNDECIDED): 1}


def test_a_renewed_account_stands_at_its_running_terms_end_until_its_next_term_begins() -> None:
    hotel = ending(date(2026, 12, 3))
    renewal.renew(hotel, asked_at=AT, at=AT, by=make.commercial())

    last_day, first_day = make.noon(date(2026, 12, 2)), make.noon(date(2026, 12, 3))

    wide = date(2028, 1, 1)
    assert counts(until=wide) == {(date(2026, 12, 3), Standing.RENEWED): 1}
    assert counts(last_day, until=wide) == {(date(2026, 12, 3), Standing.RENEWED): 1}
    assert counts(first_day, until=wide) == {(date(2027, 12, 3), Standing.UNDECIDED): 1}


def test_of_what_is_known_a_renewal_counts_before_a_request_and_a_request_before_leaving() -> None:
    end = date(2026, 12, 3)
    asked, left = ending(end), ending(end)
    make.renewal_order(asked, at=AT)
    Account.objects.filter(pk__in=[asked.pk, left.pk]).update(not_renewing_since=AT)

    before = counts()
    deciding.accept(Order.objects.get(), by=make.commercial(), at=AT)

    assert before == {(end, Standing.ASKED): 1, (end, Standing.LEAVING): 1}
    assert counts() == {(end, Standing.RENEWED): 1, (end, Standing.LEAVING): 1}


def test_an_expired_account_stands_where_its_last_term_ended() -> None:
    ending(date(2026, 11, 10))
    ending(date(2026, 10, 31))

    assert counts() == {(date(2026, 11, 10), Standing.UNDECIDED): 1}


def test_an_account_that_has_yet_to_start_stands_nowhere_until_its_first_day() -> None:
    make.account(starts_on=date(2026, 11, 25), months=3, time_zone="Atlantic/Canary")

    last_minute = datetime(2026, 11, 24, 23, 59, tzinfo=UTC)

    assert counts(last_minute) == {}
    assert counts(last_minute + timedelta(minutes=1)) == {
        (date(2027, 2, 25), Standing.UNDECIDED): 1
    }


def test_a_month_begins_and_ends_by_the_days_of_each_accounts_zone() -> None:
    for time_zone in ("Europe/Madrid", "Atlantic/Canary", "America/Santiago", "Pacific/Auckland"):
        ending(date(2026, 12, 1), time_zone=time_zone)
        ending(date(2027, 1, 1), time_zone=time_zone)

    assert counts(since=date(2026, 12, 1), until=date(2027, 1, 1)) == {
        (date(2026, 12, 1), Standing.UNDECIDED): 4
    }


def test_an_account_of_29_february_ends_on_its_clamped_day() -> None:
    make.account(starts_on=date(2024, 2, 29), months=36)

    assert counts() == {(date(2027, 2, 28), Standing.UNDECIDED): 1}


@pytest.mark.parametrize("descending", [False, True])
def test_every_account_is_listed_once_in_the_order_of_the_ends(descending: bool) -> None:
    for day, name in ((3, "c"), (1, "a"), (3, "d"), (2, "b"), (3, "e")):
        ending(date(2026, 12, day), name)

    expected = [(date(2026, 12, d), n) for d, n in ((1, "a"), (2, "b"), (3, "c"), (3, "d"))]
    expected.append((date(2026, 12, 3), "e"))
    assert walked(2, descending) == (expected[::-1] if descending else expected)


@pytest.mark.parametrize("beyond", [["x", 1], ["2026-12-01", "x"], [7, 7], [None, None]])
def test_a_place_that_is_none_is_an_error_of_its_value(beyond: list[object]) -> None:
    with pytest.raises((ValueError, TypeError)):
        renewals.listed(
            Account.objects.all(), since=FIRST, until=UNTIL, at=AT, size=5, beyond=beyond
        )


def test_counting_and_listing_take_as_many_statements_for_forty_accounts_as_for_one() -> None:
    statements = []
    for more in (1, 39):
        for _ in range(more):
            ending(date(2026, 12, 3))
        with CaptureQueriesContext(connection) as sent:
            counts()
            walked(50)
        statements.append(len(sent))

    assert statements[0] == statements[1]


def naive(at: datetime) -> Counter[tuple[date, Standing]]:
    """Count again, one account after the other, from its terms and orders alone."""
    found: Counter[tuple[date, Standing]] = Counter()
    for account in Account.objects.all():
        today = day_at(at, account.time_zone)
        lived = [
            (term.starts_on, term.closed_on or term.ends_on)
            for term in Term.objects.filter(account=account, cancelled_at=None)
        ]
        lived = sorted(span for span in lived if span[0] < span[1])
        if not lived or lived[0][0] > today:
            continue
        begun = [span for span in lived if span[0] <= today]
        open_orders = Order.objects.filter(account=account, kind="renewal", decided_at=None)
        if len(begun) < len(lived):
            standing = Standing.RENEWED
        elif open_orders.exists():
            standing = Standing.ASKED
        elif account.not_renewing_since:
            standing = Standing.LEAVING
        else:
            standing = Standing.UNDECIDED
        found[begun[-1][1], standing] += 1
    return found


LIVES = st.lists(
    st.tuples(
        st.integers(-40, 400),
        st.sampled_from([1, 6, 12, 13]),
        st.sampled_from(["Europe/Madrid", "Atlantic/Canary", "Pacific/Auckland"]),
        st.lists(st.sampled_from(["renew", "ask", "leave", "early", "courtesy"]), max_size=3),
    ),
    min_size=1,
    max_size=8,
)


class TestFigures(TestCase):
    """Random accounts and deeds, against a naive count."""

    @given(lives=LIVES, later=st.integers(0, 420), hour=st.integers(0, 23))
    @settings(
        max_examples=full_or_tenth(60),
        deadline=None,
        suppress_health_check=[HealthCheck.differing_executors],
    )
    def test_the_figures_and_the_list_equal_a_naive_count(
        self, lives: list[tuple[int, int, str, list[str]]], later: int, hour: int
    ) -> None:
        for ends_in, months, time_zone, deeds in lives:
            end = AT.date() + timedelta(days=ends_in)
            starts_on = add_months(end, -months, anchor_day=end.day)
            account = make.account(starts_on=starts_on, months=months, time_zone=time_zone)
            for deed in deeds:
                try:
                    do(deed, Account.objects.get(pk=account.pk))
                except Refused:
                    continue
        at = max(AT, datetime(2026, 11, 24, hour, tzinfo=UTC) + timedelta(days=later))
        first = at.date().replace(day=1)
        until = add_months(first, 12, anchor_day=1)

        figures = counts(at, first, until)
        listed = renewals.listed(Account.objects.all(), since=first, until=until, at=at, size=100)

        within = {key: n for key, n in naive(at).items() if first <= key[0] < until}
        assert figures == within
        assert Counter((each.due_on, each.standing) for each in listed) == within


def do(deed: str, account: Account) -> None:
    boss = make.commercial()
    if deed == "renew":
        renewal.renew(account, asked_at=AT, at=AT, by=boss)
    elif deed == "ask":
        make.renewal_order(account, at=AT)
    elif deed == "leave":
        non_renewal.leave(account, by=boss, at=AT)
    elif deed == "early":
        today = day_at(AT, account.time_zone)
        adjusting.end_early(account, today + timedelta(days=9), reason="x", by=boss, at=AT)
    else:
        adjusting.give_courtesy(account, 20, reason="x", by=boss, at=AT)


def test_a_page_of_those_that_end_between_two_days_leads_to_its_neighbours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pagination.page_of, "__kwdefaults__", {"size": 2})
    for day in (date(2026, 12, 3), date(2026, 12, 3), date(2026, 12, 31), date(2027, 1, 1)):
        ending(day)
    december = {"since": date(2026, 12, 1), "until": date(2027, 1, 1), "at": AT}

    first = renewals.page(Account.objects.all(), parameters={"month": "2026-12"}, **december)
    last = renewals.page(Account.objects.all(), parameters=first.next or {}, **december)
    back = renewals.page(Account.objects.all(), parameters=last.previous or {}, **december)
    lost = renewals.page(Account.objects.all(), parameters={"after": "WyJ4IiwgMV0"}, **december)

    assert [each.due_on for each in first.rows] == [date(2026, 12, 3), date(2026, 12, 3)]
    assert [each.due_on for each in last.rows] == [date(2026, 12, 31)]
    assert (first.first, last.first, last.next) == (None, {}, None)
    assert back.rows == first.rows == lost.rows
