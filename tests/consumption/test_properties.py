from collections import defaultdict
from datetime import date
from math import inf

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.consumption import oracle, world
from tests.consumption.world import CAME
from vatio.consumption import answering, days, loading
from vatio.consumption.buckets import By, buckets
from vatio.consumption.components import components
from vatio.consumption.grid import grid
from vatio.consumption.looking import look
from vatio.consumption.subjects import whole_account
from vatio.readings.slots import ONE_DAY, WHOLE_DAY

STARTS = [date(2026, 3, 27), date(2026, 10, 23), date(2026, 2, 26)]
patterns = st.lists(
    st.tuples(
        st.sampled_from([15, 30, 60]),
        st.lists(st.none() | st.integers(0, 999).map(float), min_size=1, max_size=29),
    ),
    min_size=1,
    max_size=3,
)
whole = st.lists(
    st.tuples(
        st.sampled_from([15, 30, 60]),
        st.lists(st.integers(0, 999).map(float), min_size=1, max_size=29),
    ),
    min_size=1,
    max_size=3,
)


def told(first, drawn):
    account = world.account()
    place = world.site(account, "S")
    for number, (minutes, values) in enumerate(drawn):
        fed = world.point(world.meter(account, f"M{number}", place), minutes)
        places = oracle.instants(first, first + 4 * ONE_DAY, "Europe/Madrid", minutes)
        found = [(at, values[n % len(values)]) for n, at in enumerate(places)]
        world.tell(fed, [(at, value) for at, value in found if value is not None])
    return account


class CurvesTest(TestCase):
    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(st.sampled_from(STARTS), patterns)
    def test_rows_by_month_day_and_hour_add_up_to_the_intervals(self, first, drawn):
        account = told(first, drawn)
        until = first + 4 * ONE_DAY

        seen = look(account, whole_account(account), first, until, now=inf)

        by_month = defaultdict(float)
        for row in buckets(seen, By.DAY, now=inf):
            by_month[row.day.month] += row.total or 0
        months = buckets(seen, By.MONTH, now=inf)
        hours = buckets(seen, By.HOUR, now=inf)
        assert {row.day.month: row.total or 0 for row in months} == by_month
        assert sum(row.total or 0 for row in hours) == sum(by_month.values())
        assert sum(row.total or 0 for row in months) == (seen.figures.total or 0)
        for each in (months, hours):
            assert sum(row.missing for row in each) == seen.figures.missing * seen.minutes * 60
            assert sum(row.partial for row in each) == seen.figures.partial * seen.minutes * 60

    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(st.sampled_from(STARTS), whole)
    def test_days_are_the_sums_of_intervals_where_nothing_is_partial(self, first, drawn):
        account = told(first, drawn)
        until = first + 4 * ONE_DAY
        subject = whole_account(account)
        parts = components(account, subject, first, until)
        known = answering.measured(account.pk, parts)

        by_day = days.add_up(
            days.read(account.pk, known, grid(first, until, "Europe/Madrid", WHOLE_DAY)),
            parts,
            adds=True,
        )
        by_hour = loading.add_up(
            loading.read(account.pk, known, grid(first, until, "Europe/Madrid", 60)),
            parts,
            adds=True,
        )

        edges = zip(by_hour.firsts, by_hour.firsts[1:], strict=False)
        assert by_day.curve.partial == by_hour.partial == []
        assert by_day.curve.values == [sum(by_hour.values[a:b]) for a, b in edges]

    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(st.sampled_from(STARTS), patterns)
    def test_a_day_is_partial_where_an_interval_of_a_part_is_missing(self, first, drawn):
        account = told(first, drawn)
        until = first + 4 * ONE_DAY

        seen = look(account, whole_account(account), first, until, now=CAME, minutes=WHOLE_DAY)

        marked = {place for run in seen.curve.partial for place in range(*run)}
        lacking = set()
        for minutes, values in drawn:
            places = oracle.instants(first, until, "Europe/Madrid", minutes)
            on = [(oracle.at(each, "Europe/Madrid").date() - first).days for each in places]
            known = [values[n % len(values)] is not None for n in range(len(places))]
            began = min(
                (day for day, is_known in zip(on, known, strict=True) if is_known), default=9
            )
            lacking |= {
                day
                for day, is_known in zip(on, known, strict=True)
                if not is_known and day >= began and seen.curve.values[day] is not None
            }
        assert marked == lacking
