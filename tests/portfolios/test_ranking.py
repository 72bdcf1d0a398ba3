from datetime import date, datetime, timedelta

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests import make
from tests.counts import full_or_tenth
from vatio.accounts import adjusting, growth, holdings, renewal
from vatio.accounts.models import Account, EndingCount
from vatio.catalogue.models import LicenceVersion
from vatio.entitlements.models import Usage
from vatio.portfolios import ranking
from vatio.refusal import Refused
from vatio.units import Quantities, Unit


def fill(count: int, seeds: list[int]) -> None:
    norte = make.organisation()
    elena = make.commercial()
    versions = [
        make.licence("Básica Mtr"),
        make.licence("Avanzada Mtr", meters=50, supply_points=25, rtc_lines=2),
        make.licence("Starter DP", data_points=250),
    ]
    for number, seed in zip(range(count), seeds, strict=False):
        version = versions[seed % 3]
        account = make.account(
            f"Hotel {number}",
            organisation=norte,
            starts_on=date(2025, 8, 1) + timedelta(days=seed),
            version=version,
            totals=version.defaults.plus(Quantities(seed % 5, seed % 3, seed % 7, seed % 2)),
        )
        at = make.noon(max(date(2026, 11, 24), account.opened_on or date.min))
        for _each in range(seed % 3):
            make.meter(account, at=make.noon(account.opened_on or date.min))
        try:
            if seed % 4 == 1:
                renewal.renew(account, asked_at=at, at=at, by=elena)
            if seed % 4 == 2 and seed % 3 == 0:
                growth.upgrade(account, versions[1], at=at, by=elena)
            if seed % 5 == 3:
                adjusting.end_early(
                    account, max(at.date(), account.opened_on), reason="Baja", by=elena, at=at
                )
        except Refused:
            continue


def naive(value: str, at: datetime) -> list[tuple[int, object]]:
    found = []
    accounts = list(Account.objects.all())
    shown = holdings.shown(accounts, at=at)
    for account in accounts:
        holding = shown.get(account.pk)
        if value in ranking.SHARES:
            unit = ranking.SHARES[value]
            held = holding.totals[unit] if holding else None
            row = Usage.objects.filter(account=account, unit=unit).first()
            used = row.used if row else 0
            share = used * 10_000 // held if held else -1
            found.append((account.pk, 10**10 * used if held == 0 and used else share))
        elif value == "licence":
            found.append((account.pk, _folded(holding.licence) if holding else ""))
        else:
            total = getattr(holding.totals, value) if holding else None
            found.append((account.pk, -1 if total is None else total))
    return sorted(found, key=lambda pair: (pair[1], pair[0]))


def _folded(name: str) -> str:
    return name.lower().replace("á", "a")


class TestRanked(TestCase):
    """The set-based order against the pages' own answer, account by account."""

    @given(
        seeds=st.lists(st.integers(0, 700), min_size=3, max_size=9),
        value=st.sampled_from(["licence", *Unit, *ranking.SHARES]),
        later=st.integers(0, 500),
    )
    @settings(
        max_examples=full_or_tenth(25),
        deadline=None,
        suppress_health_check=[HealthCheck.differing_executors],
    )
    def test_the_order_is_that_of_what_the_pages_show(
        self, seeds: list[int], value: str, later: int
    ) -> None:
        fill(len(seeds), seeds)
        at = make.NOON + timedelta(days=later)
        everything = Account.objects.all()

        upwards = ranking.ranked(everything, value, at=at, descending=False)
        downwards = ranking.ranked(everything, value, at=at, descending=True)

        assert upwards == naive(value, at)
        assert downwards == list(reversed(upwards))
        middle = upwards[len(upwards) // 2]
        rest = ranking.ranked(
            everything, value, at=at, descending=False, beyond=(middle[1], middle[0])
        )
        assert rest == upwards[len(upwards) // 2 + 1 :]

    @given(seeds=st.lists(st.integers(0, 700), min_size=3, max_size=9), later=st.integers(0, 500))
    @settings(
        max_examples=full_or_tenth(15),
        deadline=None,
        suppress_health_check=[HealthCheck.differing_executors],
    )
    def test_the_filter_by_licence_keeps_those_that_the_pages_show_with_it(
        self, seeds: list[int], later: int
    ) -> None:
        fill(len(seeds), seeds)
        at = make.NOON + timedelta(days=later)
        shown = holdings.shown(Account.objects.all(), at=at)

        for version in LicenceVersion.objects.all():
            kept = ranking.of_licence(Account.objects.all(), [version.pk], at=at)
            assert set(kept.values_list("pk", flat=True)) == {
                key for key, holding in shown.items() if holding.licence_id == version.pk
            }

    @given(seeds=st.lists(st.integers(0, 700), min_size=3, max_size=9))
    @settings(
        max_examples=full_or_tenth(15),
        deadline=None,
        suppress_health_check=[HealthCheck.differing_executors],
    )
    def test_the_counts_of_endings_are_those_of_the_accounts(self, seeds: list[int]) -> None:
        fill(len(seeds), seeds)

        counted = dict(
            EndingCount.objects.filter(accounts__gt=0).values_list("ends_at", "accounts")
        )

        for ends_at, number in counted.items():
            assert Account.objects.filter(ends_at=ends_at).count() == number
        total = EndingCount.objects.aggregate(total=Sum("accounts"))["total"]
        assert total == Account.objects.count()


@pytest.mark.django_db
def test_a_deleted_account_is_counted_no_longer() -> None:
    hotel = make.account()
    bare = Account.objects.create(
        organisation=hotel.organisation,
        name="Sin vigencia",
        client="Nadie",
        sector="other",
        created_at=make.NOON,
        opened_on=date(2026, 1, 1),
        covered_until=date(2026, 2, 1),
        ends_at=make.NOON,
    )
    assert EndingCount.objects.get(ends_at=make.NOON).accounts == 1

    Account.objects.filter(pk=bare.pk).delete()

    assert EndingCount.objects.get(ends_at=make.NOON).accounts == 0
