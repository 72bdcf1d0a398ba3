from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests import make
from tests.counts import full_or_tenth
from vatio.accounts import coverage
from vatio.accounts.agreeing import agree
from vatio.accounts.holdings import held
from vatio.accounts.models import Account, Agreement, Grant, Term
from vatio.catalogue.models import LicenceVersion
from vatio.dates import start_of
from vatio.units import Quantities, Unit

FIRST = date(2024, 2, 29)


@pytest.mark.django_db
def test_an_account_holds_its_licence_and_extras_from_its_first_day_to_its_last() -> None:
    hotel = make.account(starts_on=date(2026, 1, 31), months=1, totals=Quantities(12, 6, None, 1))

    days = [date(2026, 1, 30), date(2026, 1, 31), date(2026, 2, 27), date(2026, 2, 28)]
    found = [held(hotel, day) for day in days]

    assert [holding and holding.totals for holding in found] == [
        None,
        Quantities(12, 6, None, 1),
        Quantities(12, 6, None, 1),
        None,
    ]


@pytest.mark.django_db
def test_an_upgrade_keeps_the_extras_on_top() -> None:
    starter = make.licence("Starter DP", data_points=250)
    professional = make.licence("Professional DP", data_points=1000, rtc_lines=2)
    hotel = make.account(
        starts_on=date(2026, 1, 1), version=starter, totals=Quantities(None, 0, 265, 0)
    )
    term = hotel.terms.get()
    at = make.noon(date(2026, 3, 1))
    Grant.objects.create(
        account=hotel,
        organisation_id=hotel.organisation_id,
        term=term,
        agreement=agree(hotel, kind=Agreement.Kind.UPGRADE, at=at, by=make.commercial()),
        effective_on=date(2026, 3, 1),
        recorded_at=at,
        licence=professional,
    )

    before, after = held(hotel, date(2026, 2, 28)), held(hotel, date(2026, 3, 1))

    assert before is not None
    assert before.totals == Quantities(None, 0, 265, 0)
    assert after is not None
    assert after.totals == Quantities(None, 0, 1015, 2)
    assert (
        held(hotel, date(2026, 3, 1), known_at=make.noon(date(2026, 2, 1))).totals.data_points
        == 265
    )


@dataclass
class Known:
    """A term as the oracle remembers it, written apart from the code under test."""

    starts_on: date
    ends_on: date
    agreed_at: datetime
    grants: list[tuple[date, datetime, LicenceVersion | None, tuple[int, ...]]]
    closed: tuple[date, datetime] | None = None
    cancelled_at: datetime | None = None


def oracle(terms: list[Known], on: date, known_at: datetime) -> tuple[int | None, ...] | None:
    for term in terms:
        if term.agreed_at > known_at:
            continue
        if term.cancelled_at is not None and term.cancelled_at <= known_at:
            continue
        end = term.ends_on
        if term.closed is not None and term.closed[1] <= known_at:
            end = term.closed[0]
        if not term.starts_on <= on < end:
            continue
        licence, extras = None, [0, 0, 0, 0]
        for effective_on, recorded_at, granted, added in term.grants:
            if effective_on <= on and recorded_at <= known_at:
                licence = granted or licence
                extras = [a + b for a, b in zip(extras, added, strict=True)]
        if licence is None:
            return None
        return tuple(
            None if getattr(licence, unit) is None else getattr(licence, unit) + extra
            for unit, extra in zip(Unit, extras, strict=True)
        )
    return None


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["grow", "upgrade", "follow", "close", "cancel"]),
        st.integers(min_value=1, max_value=200),
        st.integers(min_value=0, max_value=9),
    ),
    max_size=10,
)


class TestHeld(TestCase):
    """`held` over random lives of an account, against the oracle."""

    @given(
        steps=STEPS,
        asked=st.lists(
            st.tuples(st.integers(-30, 1500), st.integers(-10, 1500)), min_size=3, max_size=8
        ),
    )
    @settings(
        max_examples=full_or_tenth(60), deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    def test_what_is_held_is_what_the_oracle_says(
        self, steps: list[tuple[str, int, int]], asked: list[tuple[int, int]]
    ) -> None:
        hotel, terms = _live(steps)

        for day, known in asked:
            on = FIRST + timedelta(days=day)
            known_at = make.noon(FIRST + timedelta(days=known))
            holding = held(hotel, on, known_at=known_at)
            found = tuple(n for _, n in holding.totals.items()) if holding else None
            assert found == oracle(terms, on, known_at)

    @given(steps=STEPS)
    @settings(
        max_examples=full_or_tenth(40), deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    def test_coverage_repeats_what_the_terms_say(self, steps: list[tuple[str, int, int]]) -> None:
        hotel, terms = _live(steps)
        coverage.write(hotel, at=make.NOON)

        ends = [
            (term.closed[0] if term.closed else term.ends_on)
            for term in terms
            if term.cancelled_at is None
            and (term.closed is None or term.closed[0] > term.starts_on)
        ]
        expected = max(ends) if ends else FIRST
        assert hotel.covered_until == expected
        assert hotel.ends_at == start_of(expected, hotel.time_zone)
        assert hotel.opened_on == FIRST


def _live(steps: list[tuple[str, int, int]]) -> tuple[Account, list[Known]]:
    """Let an account live by random steps, writing rows and the oracle's memory side by side."""
    starter = make.licence("Starter DP", data_points=250)
    professional = make.licence("Professional DP", data_points=1000, rtc_lines=2)
    hotel = make.account(starts_on=FIRST, version=starter)
    by = make.commercial()
    rows = [hotel.terms.get()]
    at = rows[0].agreement.decided_at
    terms = [Known(FIRST, rows[0].ends_on, at, [(FIRST, at, starter, (0, 0, 0, 0))])]
    today = FIRST
    for step, days, amount in steps:
        today += timedelta(days=days)
        at = make.noon(today)
        row, term = rows[-1], terms[-1]
        if step in {"grow", "upgrade"} and term.cancelled_at is None:
            effective = max(today, term.starts_on)
            licence = professional if step == "upgrade" else None
            added = (0, 0, amount, 0) if step == "grow" else (0, 0, 0, 0)
            agreement = agree(hotel, kind=Agreement.Kind.EXPANSION, at=at, by=by)
            _grant(row, agreement, effective, at, licence, added)
            term.grants.append((effective, at, licence, added))
        elif step == "follow":
            starts = _live_end(term) if _live_end(term) > today else today
            if term.cancelled_at is not None or starts < _live_end(term):
                continue
            agreement = agree(hotel, kind=Agreement.Kind.RENEWAL, at=at, by=by)
            ends = starts + timedelta(days=365)
            row = Term.objects.create(
                account=hotel,
                organisation_id=hotel.organisation_id,
                agreement=agreement,
                starts_on=starts,
                ends_on=ends,
                anchor_day=starts.day,
            )
            _grant(row, agreement, starts, at, starter, (0, 0, amount, 0))
            rows.append(row)
            terms.append(Known(starts, ends, at, [(starts, at, starter, (0, 0, amount, 0))]))
        elif step == "close" and term.closed is None and term.cancelled_at is None:
            closed = max(today, term.starts_on)
            if closed < term.ends_on:
                agreement = agree(hotel, kind=Agreement.Kind.ADJUSTMENT, at=at, by=by)
                row.closed_on, row.closed_by = closed, agreement
                row.save(update_fields=["closed_on", "closed_by"])
                term.closed = (closed, at)
        elif step == "cancel" and term.starts_on > today and term.cancelled_at is None:
            row.cancelled_at = at
            row.save(update_fields=["cancelled_at"])
            term.cancelled_at = at
            # What was taken back steps aside: the term before it is the last one again.
            rows.insert(0, rows.pop())
            terms.insert(0, terms.pop())
    return hotel, terms


def _live_end(term: Known) -> date:
    return term.closed[0] if term.closed else term.ends_on


def _grant(
    term: Term,
    agreement: Agreement,
    effective_on: date,
    at: datetime,
    licence: LicenceVersion | None,
    added: tuple[int, ...],
) -> None:
    Grant.objects.create(
        account_id=term.account_id,
        organisation_id=term.organisation_id,
        term=term,
        agreement=agreement,
        effective_on=effective_on,
        recorded_at=at,
        licence=licence,
        **{f"extra_{unit}": extra for unit, extra in zip(Unit, added, strict=True)},
    )
