from dataclasses import dataclass
from datetime import date

import pytest

from tests.consumption import oracle, world
from tests.consumption.oracle import Pairs
from tests.consumption.world import CAME, Fed
from vatio.analysis.comparing import Versus, facing
from vatio.consumption.buckets import By, buckets
from vatio.consumption.looking import Look, look
from vatio.demo.energy.faults import Faults
from vatio.demo.energy.profiles import Profile
from vatio.metering.models import Measurement
from vatio.readings.slots import ONE_DAY, WHOLE_DAY

pytestmark = pytest.mark.django_db

MADRID = "Europe/Madrid"
SPRING = date(2026, 3, 20), date(2026, 4, 10)
AUTUMN = date(2026, 10, 10), date(2026, 11, 5)
LEAP = date(2024, 2, 20), date(2024, 3, 5)
FAULTS = Faults(gap_on=date(2026, 3, 27), doubtful_on=date(2026, 4, 2))
HOLES = [
    ("2025-03-21", 5, 9),
    ("2025-03-30", 0, 2),
    ("2026-03-29", 1, 2),
    ("2025-04-04", 0, 24),
    ("2026-02-25", 3, 4),
    ("2026-10-25", 1, 2),
    ("2025-10-26", 3, 30),
    ("2023-02-27", 4, 8),
    ("2026-09-25", 20, 21),
]


@dataclass
class Compared:
    fed: Fed

    def look(self, span: tuple[date, date], versus: Versus, minutes: int | None = None) -> Look:
        subject = world.of_point(self.fed)
        account = self.fed.point.account
        return look(account, subject, *span, now=CAME, minutes=minutes, versus=versus)

    def told(self, span: tuple[date, date], pairs: Pairs) -> tuple[float, float, int, int]:
        return oracle.compared(self.fed.told, self.fed.told, pairs, MADRID, self.fed.key.minutes)

    def unfaced(self, span: tuple[date, date], pairs: Pairs) -> int:
        """How many intervals of a span that is over face no day at all."""
        alone = set(oracle.days(*span)) - {day for day, _before in pairs}
        return sum(len(oracle.slots(day, MADRID, self.fed.key.minutes)) for day in alone)


@pytest.fixture(scope="module", params=[15, 60])
def told(request: pytest.FixtureRequest, module_transaction: None) -> Compared:
    fed = world.point(world.meter(world.account(), "M"), request.param)
    gone = {
        begin + hour * 3600 + second
        for text, first, last in HOLES
        for begin in [oracle.begins(date.fromisoformat(text), MADRID)]
        for hour in range(first, last)
        for second in range(0, 3600, 900)
    }
    profile = Profile("hotels", "", 402, 17, 60.0, faults=FAULTS)
    for since, until in (
        (date(2023, 2, 10), date(2023, 3, 12)),
        (date(2024, 2, 1), date(2024, 3, 10)),
        (date(2025, 2, 25), date(2025, 4, 15)),
        (date(2025, 10, 1), date(2025, 11, 15)),
        (date(2026, 2, 1), date(2026, 4, 15)),
        (date(2026, 9, 1), date(2026, 11, 15)),
    ):
        world.tell_demo(fed, profile, since, until, leaving=gone)
    return Compared(fed)


@pytest.mark.parametrize("span", [SPRING, AUTUMN])
@pytest.mark.parametrize(
    ("versus", "back"),
    [
        (Versus.WEEKDAY, None),
        (Versus.DATE, {"years": 1}),
        (Versus.MONTH, {"months": 1}),
    ],
)
def test_both_sides_are_cut_alike_and_what_was_left_out_is_told(
    told: Compared, span: tuple[date, date], versus: Versus, back: dict[str, int] | None
) -> None:
    pairs = oracle.dates_before(*span, **back) if back else oracle.weekdays_before(*span)
    step = told.fed.key.minutes * 60

    against = told.look(span, versus).against

    assert against is not None
    own, other, counted, left_out = told.told(span, pairs)
    found = against.comparison
    assert against.facing.days == pairs
    assert (found.own, found.other) == (own, other)
    left_out += told.unfaced(span, pairs)
    assert (found.compared, found.left_out) == (counted * step, left_out * step)
    assert found.left_out > 0
    assert found.change == own / other - 1


def test_a_span_is_compared_with_the_days_before_it(told: Compared) -> None:
    against = told.look(SPRING, Versus.PREVIOUS).against

    assert against is not None
    own, other, _counted, left_out = told.told(SPRING, oracle.span_before(*SPRING))
    found = against.comparison
    assert (found.own, found.other) == (own, other)
    assert found.left_out == left_out * told.fed.key.minutes * 60


def test_a_month_is_compared_with_the_days_of_the_month_before(told: Compared) -> None:
    march = date(2026, 3, 1), date(2026, 4, 1)
    pairs = [(date(2026, 3, day), date(2026, 2, day)) for day in range(1, 29)]

    against = told.look(march, Versus.PREVIOUS).against

    assert against is not None
    own, other, _counted, left_out = told.told(march, pairs)
    found = against.comparison
    assert (found.own, found.other) == (own, other)
    left_out += told.unfaced(march, pairs)
    assert found.left_out == left_out * told.fed.key.minutes * 60


def test_a_longer_month_before_is_cut_and_that_is_told_once_the_month_is_over() -> None:
    fed = world.point(world.meter(world.account(), "M"), 60)
    world.flat(fed, date(2026, 1, 1), date(2026, 3, 1), 2.0)
    february = date(2026, 2, 1), date(2026, 3, 1)
    over, running = (
        look(
            fed.point.account,
            world.of_point(fed),
            *february,
            now=oracle.begins(day, MADRID),
            versus=Versus.PREVIOUS,
        )
        for day in (date(2026, 3, 1), date(2026, 2, 28))
    )

    assert over.against is not None
    assert running.against is not None
    assert over.against.comparison.left_out == 3 * 86_400
    assert running.against.comparison.left_out == 0


@pytest.mark.parametrize("by", [By.SLOT, By.HOUR, By.DAY])
@pytest.mark.parametrize(("lacking", "changed"), [("B", 0.5), ("", 0.6)])
def test_rows_of_any_length_are_compared_as_the_whole_is(
    by: By, lacking: str, changed: float
) -> None:
    account = world.account()
    place = world.site(account, "Hotel")
    day, before = date(2026, 3, 3), date(2025, 3, 4)
    for name, now, then in (("A", 3.0, 2.0), ("B", 5.0, 3.0)):
        supply = world.supply(account, name, place)
        fed = world.point(world.meter(account, name, measures=supply), 15)
        world.flat(fed, before - ONE_DAY, before + (name != lacking) * ONE_DAY, then)
        world.flat(fed, day, day + ONE_DAY, now)
    subject = world.of_site(place)
    seen = look(account, subject, day, day + ONE_DAY, now=CAME, versus=Versus.WEEKDAY, minutes=15)

    rows = buckets(seen, by, now=CAME)

    assert seen.against is not None
    whole = seen.against.comparison
    assert whole.change == pytest.approx(changed)
    assert {row.change for row in rows} == {whole.change}
    assert sum(row.faced or 0 for row in rows) == whole.own
    assert sum(row.before or 0 for row in rows) == whole.other
    assert sum(row.compared for row in rows) == whole.compared
    assert sum(row.left_out for row in rows) == whole.left_out == (86_400 if lacking else 0)


def test_an_hour_of_which_a_quarter_is_missing_counts_on_neither_side() -> None:
    day, before = date(2026, 3, 3), date(2025, 3, 4)
    fed = world.point(world.meter(world.account(), "M"), 15)
    world.flat(fed, day, day + ONE_DAY, 3.0)
    world.tell(fed, [(each, 2.0) for each in oracle.slots(before, MADRID, 15)[1:]])
    seen = Compared(fed).look((day, day + ONE_DAY), Versus.WEEKDAY, 60)

    first, second, *_rest = buckets(seen, By.HOUR, now=CAME)

    assert (first.before, first.faced, first.change, first.left_out) == (None, None, None, 3600)
    assert (second.before, second.faced, second.change, second.left_out) == (8.0, 12.0, 0.5, 0)


@pytest.mark.parametrize("by", [By.DAY, By.MONTH])
@pytest.mark.parametrize("span", [SPRING, AUTUMN])
def test_rows_are_cut_alike_too_and_add_up_to_the_comparison(
    told: Compared, span: tuple[date, date], by: By
) -> None:
    seen = told.look(span, Versus.WEEKDAY)

    rows = buckets(seen, by, now=CAME)

    assert seen.against is not None
    assert sum(row.before or 0 for row in rows) == seen.against.comparison.other
    assert sum(row.faced or 0 for row in rows) == seen.against.comparison.own
    for row in rows:
        pairs = [
            (day, before)
            for day, before in oracle.weekdays_before(*span)
            if (day == row.day if by == By.DAY else day.month == row.day.month)
        ]
        own, other, counted, _left_out = told.told(span, pairs)
        assert (row.faced, row.before) == ((own, other) if counted else (None, None))
        assert row.change == (own / other - 1 if counted else None)


def test_hours_are_compared_with_the_hours_that_the_clock_shows_alike(told: Compared) -> None:
    day = date(2026, 3, 30)
    seen = told.look((day, day + ONE_DAY), Versus.DATE, 60)

    rows = buckets(seen, By.HOUR, now=CAME)

    before = oracle.coarser(told.fed.told, date(2025, 3, 30), date(2025, 3, 31), MADRID, 60)
    by_clock = {f"{oracle.at(each, MADRID):%H}": value for each, value in before.items()}
    assert [row.before for row in rows] == [by_clock.get(f"{hour:02}") for hour in range(24)]
    assert rows[2].before is None
    assert rows[2].change is None


def test_29_february_has_no_date_to_face(told: Compared) -> None:
    pairs = oracle.dates_before(*LEAP, years=1)

    seen = told.look(LEAP, Versus.DATE)

    assert seen.against is not None
    assert len(pairs) == 13
    assert date(2024, 2, 29) not in dict(seen.against.facing.days)
    own, other, _counted, left_out = told.told(LEAP, pairs)
    assert (seen.against.comparison.own, seen.against.comparison.other) == (own, other)
    left_out += told.unfaced(LEAP, pairs)
    assert seen.against.comparison.left_out == left_out * told.fed.key.minutes * 60
    (leap,) = [row for row in buckets(seen, By.DAY, now=CAME) if row.day == date(2024, 2, 29)]
    assert leap.total is not None
    assert (leap.before, leap.faced, leap.change) == (None, None, None)


def test_days_of_hours_are_compared_whole_or_not_at_all(told: Compared) -> None:
    minutes = told.fed.key.minutes

    def whole(day: date) -> dict[date, float]:
        slots = oracle.slots(day, MADRID, minutes)
        known = all(each in told.fed.told for each in slots)
        return {day: oracle.total(told.fed.told, slots)} if known else {}

    seen = told.look(SPRING, Versus.WEEKDAY, WHOLE_DAY)

    kept = [
        (whole(day)[day], whole(before)[before])
        for day, before in oracle.weekdays_before(*SPRING)
        if whole(day) and whole(before)
    ]
    assert seen.against is not None
    found = seen.against.comparison
    assert (found.own, found.other) == (sum(a for a, _b in kept), sum(b for _a, b in kept))
    assert (found.compared, found.left_out) == (86_400 * len(kept), 86_400 * (21 - len(kept)))
    assert len(kept) == 16


@pytest.mark.parametrize(
    ("since", "until", "first", "days"),
    [
        (date(2026, 3, 1), date(2026, 4, 1), date(2026, 2, 1), 28),
        (date(2026, 2, 1), date(2026, 3, 1), date(2026, 1, 1), 28),
        (date(2026, 1, 1), date(2027, 1, 1), date(2025, 1, 1), 365),
        (date(2024, 1, 1), date(2025, 1, 1), date(2023, 1, 1), 365),
        (date(2026, 3, 2), date(2026, 3, 9), date(2026, 2, 23), 7),
        (date(2026, 3, 15), date(2026, 4, 15), date(2026, 2, 12), 31),
    ],
)
def test_the_previous_period_of_whole_months_is_whole_months(
    since: date, until: date, first: date, days: int
) -> None:
    made = facing(since, until, Versus.PREVIOUS)

    assert (made.since, made.until) == (first, since)
    assert made.days == list(
        zip(oracle.days(since, until), oracle.days(first, since), strict=False)
    )
    assert len(made.days) == days


def test_the_same_dates_of_last_month_leave_out_what_it_has_not() -> None:
    made = facing(date(2026, 3, 27), date(2026, 4, 1), Versus.MONTH)

    assert made.days == [
        (date(2026, 3, 27), date(2026, 2, 27)),
        (date(2026, 3, 28), date(2026, 2, 28)),
    ]
    assert (made.since, made.until) == (date(2026, 2, 27), date(2026, 3, 1))


def test_nothing_is_compared_with_nothing() -> None:
    with pytest.raises(ValueError, match="compared with something"):
        facing(*SPRING, Versus.NOTHING)


@pytest.mark.parametrize("minutes", [None, WHOLE_DAY])
def test_things_of_a_site_are_compared_one_by_one(minutes: int | None) -> None:
    account = world.account()
    place = world.site(account, "Hotel")
    day, before = date(2026, 3, 3), date(2025, 3, 4)
    for name, now, then in (("A", 3.0, 2.0), ("B", None, 5.0), ("C", 7.0, None), ("D", 4.0, 4.0)):
        supply = world.supply(account, name, place)
        fed = world.point(world.meter(account, name, measures=supply), 60)
        world.flat(fed, before - 9 * ONE_DAY, before - 8 * ONE_DAY)
        for each, value in ((day, now), (before, then)):
            if value is not None:
                world.flat(fed, each, each + ONE_DAY, value)
    subject = world.of_site(place)

    seen = look(
        account, subject, day, day + ONE_DAY, now=CAME, versus=Versus.WEEKDAY, minutes=minutes
    )

    assert seen.against is not None
    found = seen.against.comparison
    assert (found.own, found.other) == (24 * 7.0, 24 * 6.0)
    assert (found.compared, found.left_out, found.parts) == (2 * 86_400, 2 * 86_400, 4)
    (row,) = buckets(seen, By.DAY, now=CAME)
    assert (row.total, row.faced, row.before) == (24 * 14.0, 24 * 7.0, 24 * 6.0)


def test_a_supply_is_compared_with_itself_whatever_meter_was_the_principal_one() -> None:
    account = world.account()
    supply = world.supply(account, "S")
    day, before = date(2026, 3, 3), date(2025, 3, 4)
    old = world.meter(account, "Old", measures=supply)
    Measurement.objects.filter(meter=old).update(until=day)
    new = world.meter(account, "New", measures=supply, since=day)
    world.flat(world.point(old, 60), before, before + ONE_DAY, 2.0)
    world.flat(world.point(new, 60), day, day + ONE_DAY, 3.0)

    seen = look(
        account, world.of_supply(supply), day, day + ONE_DAY, now=CAME, versus=Versus.WEEKDAY
    )

    assert seen.against is not None
    found = seen.against.comparison
    assert (found.own, found.other, found.left_out) == (72.0, 48.0, 0)
    assert found.change == 0.5


def test_quarters_of_today_face_the_hours_of_a_year_ago_in_hours() -> None:
    day, before = date(2026, 3, 3), date(2025, 3, 4)
    quarters = world.point(world.meter(world.account(), "M"), 15)
    world.flat(world.another(quarters, 60), before, before + ONE_DAY, 1000.0)
    world.flat(quarters, day, day + ONE_DAY, 300.0)
    own = Compared(quarters)

    seen = own.look((day, day + ONE_DAY), Versus.WEEKDAY)
    alone = own.look((day, day + ONE_DAY), Versus.NOTHING)

    assert (seen.minutes, alone.minutes) == (60, 15)
    assert seen.against is not None
    assert (seen.against.comparison.own, seen.against.comparison.other) == (28_800.0, 24_000.0)


def test_what_is_compared_with_a_time_before_it_was_measured_keeps_its_resolution() -> None:
    day = date(2026, 3, 3)
    account = world.account()
    supply = world.supply(account, "S")
    fed = world.point(world.meter(account, "M", measures=supply, since=date(2026, 3, 1)), 15)
    world.flat(fed, day, day + ONE_DAY, 300.0)

    seen = look(
        account, world.of_supply(supply), day, day + ONE_DAY, now=CAME, versus=Versus.WEEKDAY
    )

    assert seen.minutes == 15
    assert seen.against is not None
    found = seen.against.comparison
    assert (found.own, found.other, found.compared, found.left_out) == (0, 0, 0, 86_400)
    assert found.change is None


def test_what_has_not_ended_is_not_left_out() -> None:
    day, before = date(2026, 3, 3), date(2025, 3, 4)
    fed = world.point(world.meter(world.account(), "M"), 60)
    world.flat(fed, before, before + ONE_DAY, 2.0)
    places = oracle.slots(day, MADRID, 60)
    world.tell(fed, [(each, 3.0) for each in places[:9]])
    now = places[10] + 1800.0

    seen = look(
        fed.point.account,
        world.of_point(fed),
        day,
        day + ONE_DAY,
        now=now,
        versus=Versus.WEEKDAY,
    )

    assert seen.against is not None
    found = seen.against.comparison
    assert (found.own, found.other) == (27.0, 18.0)
    assert (found.compared, found.left_out) == (9 * 3600, 3600)
    assert (seen.figures.expected, seen.figures.missing) == (10, 1)


def test_means_of_states_are_compared_by_what_both_sides_know() -> None:
    day, before = date(2026, 3, 3), date(2025, 3, 4)
    fed = world.point(world.meter(world.account(), "T"), 60, quantity=301)
    world.tell(fed, [(each, 20.0) for each in oracle.slots(day, MADRID, 60)[:12]])
    world.tell(fed, [(each, 10.0) for each in oracle.slots(before, MADRID, 60)[6:]])

    seen = Compared(fed).look((day, day + ONE_DAY), Versus.WEEKDAY)

    assert seen.against is not None
    found = seen.against.comparison
    assert (found.own, found.other) == (20.0, 10.0)
    assert (found.compared, found.left_out) == (6 * 3600, 18 * 3600)
    (row,) = buckets(seen, By.DAY, now=CAME)
    assert (row.faced, row.before, row.change) == (20.0, 10.0, 1.0)
