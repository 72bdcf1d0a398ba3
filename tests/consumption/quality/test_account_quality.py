from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests import make
from tests.consumption.kept import MEASURED, keep, whole
from tests.readings.stored import deliver, put, series
from vatio.accounts.models import Account
from vatio.consumption.quality import findings
from vatio.consumption.quality.account_quality import AccountQuality, QualitySpan, read
from vatio.consumption.quality.days import DayState
from vatio.metering import retiring
from vatio.metering.models import DataPoint, Series
from vatio.readings import series as all_series
from vatio.readings.models import Delivery
from vatio.readings.ranks import Flag, How, Origin, quality
from vatio.readings.series import SeriesKey
from vatio.readings.slots import ONE_DAY, end, local_day, start

pytestmark = pytest.mark.django_db

ESTIMATED = quality(Origin.INVOICE, How.ESTIMATED, Flag.FIRM)
SPREAD = quality(Origin.INSERTION, How.SPREAD)
DOUBTFUL = quality(Origin.INSERTION, How.MEASURED, Flag.DOUBTFUL)
INVALID = quality(Origin.MENDED, How.MEASURED, Flag.INVALID)
FILED = quality(Origin.DISTRIBUTOR)
FIRST = date(2026, 10, 23)
LATER = datetime(2026, 12, 1, 12, tzinfo=UTC)


def of(
    key: SeriesKey, *, since: date = FIRST, days: int = 5, at: datetime = LATER
) -> AccountQuality:
    """Read the quality of the data points of an account."""
    account = Account.objects.get(pk=key.account_id)
    points = list(account.datapoints.select_related("meter__site").order_by("id"))
    return read(account, points, QualitySpan(since, since + days * ONE_DAY), at=at)


def another(key: SeriesKey, minutes: int) -> SeriesKey:
    """Add another resolution to the data point of a series."""
    point = DataPoint.objects.get(pk=key.data_point_id)
    own = Series.objects.get(pk=key.id)
    own.pk, own.minutes = None, minutes
    own.save(force_insert=True)
    assert own.data_point_id == point.pk
    return all_series.find(key.account_id, [own.pk])[own.pk]


def states(quality: AccountQuality, place: int = 0) -> list[DayState]:
    return [each.state for each in quality.points[0].series[place].judged]


class FiguresTest(TestCase):
    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=15)
    @given(
        st.sampled_from((15, 60)),
        st.dictionaries(
            st.integers(0, 4),
            st.lists(
                st.sampled_from((None, MEASURED, ESTIMATED, DOUBTFUL, INVALID)),
                min_size=100,
                max_size=100,
            ),
            min_size=1,
        ),
    )
    def test_figures_are_what_counting_slot_by_slot_gives(self, minutes, drawn):
        key = series(minutes)
        told = {"expected": 0, "present": 0, "missing": 0, "estimated": 0}
        doubtful = invalid = 0
        begun = False
        missing = []
        for number in range(5):
            local = local_day(FIRST + number * ONE_DAY, key.time_zone)
            slots = drawn.get(number, [None] * 100)[: local.count(minutes)]
            if number in drawn:
                values = [None if each is None else 1.0 for each in slots]
                keep(key, local.day, values, [each or MEASURED for each in slots])
            if not begun and all(each in (None, INVALID) for each in slots):
                continue
            for slot, each in enumerate(slots):
                begun = begun or each is not None
                if not begun:
                    continue
                length = end(local, slot, minutes) - start(local, slot, minutes)
                told["expected"] += length
                if each is None:
                    told["missing"] += length
                    missing.append(start(local, slot, minutes))
                elif each == INVALID:
                    invalid += 1
                else:
                    told["present"] += length
                    told["estimated"] += length * (each == ESTIMATED)
                    doubtful += each == DOUBTFUL

        (point,) = of(key).points

        assert {name: getattr(point, name) for name in told} == told
        assert (point.doubtful, point.invalid) == (doubtful, invalid)
        assert [
            at for since, until in point.gaps for at in range(since, until, minutes * 60)
        ] == missing


def test_days_on_which_clocks_change_have_23_and_25_hours() -> None:
    key = series(15)
    for number in range(5):
        whole(key, FIRST + number * ONE_DAY)

    (point,) = of(key).points

    assert (point.expected, point.present, point.missing) == (121 * 3600, 121 * 3600, 0)
    assert [each.expected // 900 for each in point.days] == [96, 96, 100, 96, 96]


def test_nothing_is_expected_before_the_first_reading_nor_after_retiring() -> None:
    key = series()
    whole(key, FIRST + ONE_DAY)
    whole(key, FIRST + 2 * ONE_DAY)
    point = DataPoint.objects.get()
    retired_at = datetime(2026, 10, 26, 23, tzinfo=UTC)
    retiring.retire(point, by=make.commercial(), at=retired_at)

    quality = of(key, days=6)

    assert states(quality) == [
        DayState.NOTHING,
        DayState.COMPLETE,
        DayState.COMPLETE,
        DayState.MISSING,
        DayState.NOTHING,
        DayState.NOTHING,
    ]
    assert quality.points[0].missing_since is None


def test_without_any_reading_nothing_is_expected() -> None:
    key = series()

    (point,) = of(key).points

    assert (point.begins_on, point.expected, point.share, point.gaps) == (None, 0, None, [])


def test_what_ended_less_than_two_hours_ago_is_not_missed_yet() -> None:
    key = series()
    noon = local_day(FIRST, key.time_zone).begins
    put(key, [(noon + hour * 3600, 1.0) for hour in range(10)], at=noon + 36_000)

    on_time = of(key, at=datetime(2026, 10, 23, 10, 59, tzinfo=UTC)).points[0]
    late = of(key, at=datetime(2026, 10, 23, 11, 0, tzinfo=UTC)).points[0]

    assert (on_time.missing, on_time.missing_since) == (0, None)
    assert (late.missing, late.missing_since) == (3600, datetime(2026, 10, 23, 8, tzinfo=UTC))
    assert late.last_at == datetime(2026, 10, 23, 8, tzinfo=UTC)


def test_what_comes_in_files_is_missed_after_26_hours() -> None:
    key = series()
    whole(key, FIRST, 1.0, FILED)

    on_time = of(key, at=datetime(2026, 10, 25, 0, 59, tzinfo=UTC)).points[0]
    late = of(key, at=datetime(2026, 10, 25, 1, 0, tzinfo=UTC)).points[0]

    assert (on_time.missing, late.missing) == (0, 3600)


def test_of_several_resolutions_the_best_then_the_finest_counts() -> None:
    quarters = series(15)
    hours = another(quarters, 60)
    for number in range(3):
        whole(hours, FIRST + number * ONE_DAY, 4.0, FILED if number == 1 else MEASURED)
    keep(quarters, FIRST, [1.0] * 90 + [None] * 6)
    keep(quarters, FIRST + ONE_DAY, [1.0] * 90 + [None] * 6)

    quality = of(quarters, days=4)
    (point,) = quality.points

    assert [each.state for each in point.days] == [
        DayState.PARTLY,
        DayState.COMPLETE,
        DayState.COMPLETE,
        DayState.MISSING,
    ]
    assert states(quality, 0)[2] == DayState.NOTHING
    assert point.missing == 6 * 900 + 86_400


def test_one_per_cent_exactly_is_no_conflict_and_more_is_one() -> None:
    quarters = series(15)
    hours = another(quarters, 60)
    for number, total in enumerate((9_600, 9_696, 9_697, 9_504, 9_503)):
        day = FIRST + number * ONE_DAY
        count = local_day(day, "Europe/Madrid").count(15)
        keep(quarters, day, [9_600.0] + [0.0] * (count - 1))
        keep(hours, day, [float(total)] + [0.0] * (count // 4 - 1))

    found = findings.conflicts(of(quarters))

    assert [(each.day, each.counts.total, each.other.total) for each in found] == [
        (FIRST + 4 * ONE_DAY, 9.6, 9.503),
        (FIRST + 2 * ONE_DAY, 9.6, 9.697),
    ]
    assert {(each.counts.minutes, each.other.minutes) for each in found} == {(15, 60)}


def test_the_better_source_counts_in_a_conflict_and_says_what_the_other_lacks() -> None:
    quarters = series(15)
    hours = another(quarters, 60)
    keep(quarters, FIRST, [1_000.0] * 92 + [None] * 4)
    whole(hours, FIRST, 4_000.0, FILED)

    (found,) = findings.conflicts(of(quarters))

    assert (found.counts.minutes, found.counts.total, found.counts.missing) == (60, 96.0, 0)
    assert (found.other.minutes, found.other.total, found.other.missing) == (15, 92.0, 3600)


def test_the_running_day_is_in_no_conflict() -> None:
    quarters = series(15)
    hours = another(quarters, 60)
    keep(quarters, FIRST, [1_000.0] * 40 + [None] * 56)
    keep(hours, FIRST, [4_000.0] * 9 + [None] * 15)

    found = findings.conflicts(of(quarters, at=datetime(2026, 10, 23, 10, tzinfo=UTC)))

    assert found == []


def test_states_are_compared_by_their_mean() -> None:
    quarters = series(15, quantity=401, kind="instant")
    hours = another(quarters, 60)
    whole(quarters, FIRST, 5_000.0)
    whole(hours, FIRST, 5_000.0)
    whole(quarters, FIRST + ONE_DAY, 5_000.0)
    whole(hours, FIRST + ONE_DAY, 5_100.0)

    (found,) = findings.conflicts(of(quarters))

    assert (found.day, found.counts.total, found.other.total, found.unit) == (
        FIRST + ONE_DAY, 5.0, 5.1, "kW",
    )  # fmt: skip


def test_gaps_are_joined_over_midnight_and_the_last_is_open() -> None:
    key = series()
    begins = local_day(FIRST, key.time_zone).begins
    put(key, [(begins + hour * 3600, 1.0) for hour in (*range(20), *range(30, 40))], at=begins)

    found = findings.gaps(of(key, at=datetime(2026, 10, 25, 12, tzinfo=UTC)))

    assert [(each.since, each.seconds / 3600, each.is_open) for each in found] == [
        (datetime(2026, 10, 24, 14, tzinfo=UTC), 20.0, True),
        (datetime(2026, 10, 23, 18, tzinfo=UTC), 10.0, False),
    ]


def test_doubtful_and_invalid_values_that_follow_one_another_are_one() -> None:
    key = series()
    qualities = [MEASURED] * 24
    qualities[3] = qualities[4] = DOUBTFUL
    qualities[5] = INVALID
    keep(key, FIRST, [1_000.0 * hour for hour in range(24)], qualities)
    whole(key, FIRST + ONE_DAY, 7_000.0, DOUBTFUL)
    quality = of(key)

    found = findings.doubtful(quality, days=9)
    last = findings.doubtful(quality, days=1)

    assert [(each.since, each.count, each.highest, each.is_invalid) for each in found] == [
        (datetime(2026, 10, 23, 22, tzinfo=UTC), 24, 7.0, False),
        (datetime(2026, 10, 23, 1, tzinfo=UTC), 2, 4.0, False),
        (datetime(2026, 10, 23, 3, tzinfo=UTC), 1, 5.0, True),
    ]
    assert last == found[:1]
    assert findings.doubtful_count(quality) == 27


def test_estimates_say_how_much_on_which_days_and_by_whom() -> None:
    key = series()
    keep(key, FIRST, [1.0] * 24, [ESTIMATED] * 6 + [SPREAD] * 2 + [MEASURED] * 16)
    whole(key, FIRST + 2 * ONE_DAY, 1.0, ESTIMATED)

    found = findings.estimates(of(key))

    assert [
        (each.is_spread, each.seconds // 3600, each.days, each.first, each.last) for each in found
    ] == [
        (False, 31, 2, FIRST, FIRST + 2 * ONE_DAY),
        (True, 2, 1, FIRST, FIRST),
    ]


def test_corrections_are_those_received_in_the_span_of_the_points() -> None:
    key = series()
    other = series(of=Account.objects.get(pk=key.account_id))
    at = local_day(FIRST, key.time_zone).begins
    for number, (each, moment) in enumerate(
        ((key, at), (other, at + 60), (key, at - 60), (key, at + 5 * 90_000))
    ):
        delivery = deliver(key.account_id, at=moment, name=f"f{number}")
        Delivery.objects.filter(id=delivery).update(corrected=3, series_ids=[each.id])
    Delivery.objects.filter(id=deliver(key.account_id, at=at)).update(corrected=0)
    quality = of(key)
    quality.points = quality.points[:1]

    narrowed, count = findings.corrections(quality, narrowed=True, limit=5)
    every, in_all = findings.corrections(quality, narrowed=False, limit=1)

    assert ([each.file_name for each in narrowed], count) == (["f0"], 1)
    assert ([each.file_name for each in every], in_all) == (["f1"], 2)


def test_the_number_of_statements_is_the_same_for_many_series() -> None:
    key = series()
    account = Account.objects.get(pk=key.account_id)
    whole(key, FIRST, 1.0, DOUBTFUL)

    def look() -> int:
        with CaptureQueriesContext(connection) as asked:
            quality = of(key)
            findings.doubtful(quality, days=99)
            findings.corrections(quality, narrowed=True, limit=9)
        return len(asked)

    few = look()
    for minutes in (15, 60, 30, 15, 60):
        more = series(minutes, of=account)
        for number in range(3):
            whole(more, FIRST + number * ONE_DAY, 1.0, DOUBTFUL)
    many = look()

    assert few == many


def test_registers_are_not_judged() -> None:
    key = series(kind="register")

    (point,) = of(key).points

    assert (point.series, point.expected) == ([], 0)
