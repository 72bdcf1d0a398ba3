from datetime import UTC, date, datetime

import pytest

from tests import make
from vatio.accounts import coverage, renewal
from vatio.accounts.holdings import held
from vatio.accounts.models import Account, Term
from vatio.catalogue import publishing
from vatio.dates import start_of

pytestmark = pytest.mark.django_db


def renew(account: Account, *, on: date, asked_on: date | None = None) -> Term:
    at = make.noon(on)
    asked_at = make.noon(asked_on) if asked_on else at
    return renewal.renew(account, asked_at=asked_at, at=at, by=make.commercial())


def test_an_early_renewal_queues_behind_the_running_term():
    hotel = make.account(starts_on=date(2026, 1, 31))

    term = renew(hotel, on=date(2026, 3, 1))

    assert (term.starts_on, term.ends_on) == (date(2027, 1, 31), date(2028, 1, 31))
    assert hotel.covered_until == date(2028, 1, 31)


def test_a_late_renewal_starts_today():
    hotel = make.account(starts_on=date(2025, 1, 1))

    term = renew(hotel, on=date(2026, 3, 10))

    assert (term.starts_on, term.ends_on) == (date(2026, 3, 10), date(2027, 3, 10))


def test_a_renewal_asked_in_time_and_accepted_in_grace_loses_no_days():
    hotel = make.account(starts_on=date(2025, 1, 1))

    term = renew(hotel, on=date(2026, 1, 30), asked_on=date(2025, 12, 31))

    assert (term.starts_on, term.ends_on) == (date(2026, 1, 1), date(2027, 1, 1))


def test_a_renewal_accepted_when_grace_is_over_starts_today_though_asked_in_time():
    hotel = make.account(starts_on=date(2025, 1, 1))

    term = renew(hotel, on=date(2026, 1, 31), asked_on=date(2025, 12, 31))

    assert term.starts_on == date(2026, 1, 31)


def test_a_renewal_asked_after_the_end_starts_today_though_in_grace():
    hotel = make.account(starts_on=date(2025, 1, 1))

    term = renew(hotel, on=date(2026, 1, 12), asked_on=date(2026, 1, 2))

    assert term.starts_on == date(2026, 1, 12)


def test_a_leap_day_comes_back_after_four_yearly_renewals():
    hotel = make.account(starts_on=date(2028, 2, 29))
    ends = [hotel.covered_until]

    for year in (2029, 2030, 2031):
        ends.append(renew(hotel, on=date(year, 2, 1)).ends_on)

    assert ends == [
        date(2029, 2, 28),
        date(2030, 2, 28),
        date(2031, 2, 28),
        date(2032, 2, 29),
    ]


def test_a_late_renewal_has_a_new_anchor():
    hotel = make.account(starts_on=date(2024, 2, 29))

    term = renew(hotel, on=date(2026, 4, 30))

    assert (term.anchor_day, term.ends_on) == (30, date(2027, 4, 30))


def test_only_one_term_may_wait():
    hotel = make.account(starts_on=date(2026, 1, 1))
    renew(hotel, on=date(2026, 5, 1))

    with pytest.raises(renewal.AlreadyRenewed):
        renew(hotel, on=date(2026, 5, 2))

    assert hotel.terms.count() == 2


def test_an_account_that_has_yet_to_start_cannot_be_renewed():
    hotel = make.account(starts_on=date(2026, 12, 1))

    with pytest.raises(renewal.NotStarted):
        renew(hotel, on=date(2026, 11, 24))

    assert hotel.terms.count() == 1


def test_a_renewal_keeps_the_licence_and_the_sum_of_the_extras():
    version = make.licence()
    hotel = make.account(
        starts_on=date(2026, 1, 1),
        version=version,
        totals=make.Quantities(15, 7, None, 3),
    )

    grant = renew(hotel, on=date(2026, 6, 1)).grants.get()

    assert (grant.licence, grant.extra_meters, grant.extra_supply_points) == (version, 5, 2)
    assert (grant.extra_data_points, grant.extra_rtc_lines) == (0, 3)


def test_a_renewal_closed_on_its_first_day_leaves_the_old_end():
    hotel = make.account(starts_on=date(2025, 1, 1))
    term = renew(hotel, on=date(2026, 3, 10))

    Term.objects.filter(pk=term.pk).update(closed_on=date(2026, 3, 10), closed_by=term.agreement)
    coverage.write(hotel, at=make.noon(date(2026, 3, 10)))

    assert hotel.covered_until == date(2026, 1, 1)
    assert hotel.ends_at == datetime(2025, 12, 31, 23, tzinfo=UTC)


def test_the_day_is_that_of_the_accounts_zone():
    hotel = make.account(starts_on=date(2026, 5, 3), time_zone="Atlantic/Canary")

    assert hotel.ends_at == start_of(date(2027, 5, 3), "Atlantic/Canary")
    assert hotel.ends_at == datetime(2027, 5, 2, 23, tzinfo=UTC)


def test_a_renewal_keeps_a_licence_that_is_retired_by_then():
    version = make.licence("Básica Mtr")
    hotel = make.account(version=version)
    publishing.retire(version, by=make.commercial(), at=make.NOON)

    renewal.renew(hotel, asked_at=make.NOON, at=make.NOON, by=make.commercial())

    holding = held(hotel, date(2027, 5, 3))
    assert holding is not None
    assert (holding.licence, holding.totals.meters) == ("Básica Mtr", 10)
