from datetime import UTC, date, datetime, timedelta
from math import inf
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analysis.curves import curve_of
from vatio.analysis import figures
from vatio.analysis.comparing import Versus, compare, facing, laid_over, sides
from vatio.analysis.curve import Curve, Value
from vatio.analysis.shifts import shifts

ZONES = ["Europe/Madrid", "Atlantic/Canary", "Australia/Lord_Howe", "Atlantic/Azores", "UTC"]
WHOLE_HOURS = ["Europe/Madrid", "Atlantic/Canary", "Atlantic/Azores", "UTC"]
ONE_DAY = timedelta(days=1)
CHANGES = [date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 5), date(2026, 10, 4)]

some = st.lists(st.none() | st.integers(-50, 900).map(float), min_size=1, max_size=97)
spans = st.tuples(
    st.sampled_from(CHANGES).map(lambda day: day - ONE_DAY)
    | st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    st.integers(1, 4),
)
steps = st.sampled_from([900, 1800, 3600])


@st.composite
def curves(draw: st.DrawFn, zones: list[str] = ZONES) -> Curve:
    first, days = draw(spans)
    return curve_of(draw(st.sampled_from(zones)), first, days, draw(steps), draw(some), adds=True)


@st.composite
def pairs(
    draw: st.DrawFn, zones: list[str] = ZONES
) -> tuple[Curve, Curve, list[tuple[date, date]]]:
    first, days = draw(spans)
    zone, step, back = (
        draw(st.sampled_from(zones)),
        draw(steps),
        draw(st.sampled_from([7, 28, 364])),
    )
    one = curve_of(zone, first, days, step, draw(some), adds=True)
    two = curve_of(zone, first - back * ONE_DAY, days, step, draw(some), adds=True)
    return one, two, list(zip(one.days, two.days, strict=True))


@settings(deadline=None)
@given(curves())
def test_days_add_up_to_the_whole(curve: Curve) -> None:
    days = figures.by_day(curve, now=inf)

    whole = figures.whole(curve, days)

    known = [value for value in curve.values if value is not None]
    assert sum(each.total or 0 for each in days) == sum(known)
    assert whole.total == (sum(known) if known else None)
    assert (whole.present, whole.expected) == (len(known), len(curve.values))
    assert whole.missing == len(curve.values) - len(known)


@settings(deadline=None)
@given(curves(), st.floats(0, 1))
def test_what_is_expected_has_ended(curve: Curve, moment: float) -> None:
    now = curve.starts[0] + (curve.ends - curve.starts[0]) * moment

    days = figures.by_day(curve, now=now)

    ends = [*curve.starts[1:], curve.ends]
    assert sum(each.expected for each in days) == sum(end <= now for end in ends)


@settings(deadline=None)
@given(curves())
def test_the_peak_is_the_first_of_the_highest_powers(curve: Curve) -> None:
    whole = figures.whole(curve, figures.by_day(curve, now=inf))

    powers = curve.powers()
    known = [power for power in powers if power is not None]
    if not known:
        assert (whole.most, whole.most_at) == (None, None)
        return
    assert whole.most == max(known)
    assert whole.most_at == curve.starts[powers.index(max(known))]


@settings(deadline=None)
@given(curves())
def test_a_curve_compared_with_itself_has_not_changed(curve: Curve) -> None:
    same = [(day, day) for day in curve.days]

    made = compare(curve, curve, same, now=inf)

    known = [value for value in curve.values if value is not None]
    assert made.own == made.other == sum(known)
    assert made.change == (0.0 if sum(known) else None)
    assert made.compared == len(known) * curve.step
    assert made.left_out == (len(curve.values) - len(known)) * curve.step
    assert laid_over(curve, curve, same) == curve.powers()


@settings(deadline=None)
@given(pairs())
def test_a_comparison_is_symmetric_in_what_it_counts(
    drawn: tuple[Curve, Curve, list[tuple[date, date]]],
) -> None:
    one, two, days = drawn

    there = sides(one, two, days, now=inf)
    back = sides(two, one, [(b, a) for a, b in days], now=inf)

    for a, b in days:
        assert (there[a].own, there[a].other) == (back[b].other, back[b].own)
        assert (there[a].own_count, there[a].other_count) == (
            back[b].other_count,
            back[b].own_count,
        )
        own = one.firsts[one.days.index(a) + 1] - one.firsts[one.days.index(a)]
        assert there[a].own_count + there[a].left_out == own


@settings(deadline=None)
@given(pairs(WHOLE_HOURS))
def test_what_is_laid_over_is_what_the_other_clock_showed(
    drawn: tuple[Curve, Curve, list[tuple[date, date]]],
) -> None:
    one, two, days = drawn
    zone, before = ZoneInfo(one.time_zone), dict(days)

    laid = laid_over(one, two, days)

    shown: dict[tuple[date, int], list[Value]] = {}
    for start, power in zip(two.starts, two.powers(), strict=True):
        local = datetime.fromtimestamp(start, UTC).astimezone(zone)
        shown.setdefault((local.date(), local.hour * 60 + local.minute), []).append(power)
    for start, value in zip(one.starts, laid, strict=True):
        local = datetime.fromtimestamp(start, UTC).astimezone(zone)
        faced = shown.get((before[local.date()], local.hour * 60 + local.minute), [])
        if len(faced) == 2 and value is not None:
            known = [each for each in faced if each is not None]
            assert value in known or value == sum(known) / 2
        elif len(faced) < 2:
            assert value == (faced[0] if faced else None)


@settings(deadline=None)
@given(
    st.sampled_from([*ZONES, "Africa/Casablanca", "America/St_Johns", "Asia/Kathmandu"]),
    st.integers(946_684_800, 1_830_000_000),
    st.integers(1, 900 * 86_400),
)
def test_shifts_are_the_offsets_of_the_clock_at_every_instant(
    time_zone: str, begins: int, length: int
) -> None:
    ends = begins + length

    made = shifts(begins, ends, time_zone)

    assert made[0][0] == begins
    zone = ZoneInfo(time_zone)
    near = [at + off for at, _offset in made for off in (-1, 0, 1)]
    for instant in [*range(begins, ends, max(length // 500, 1)), *near]:
        if begins <= instant < ends:
            offset = datetime.fromtimestamp(instant, UTC).astimezone(zone).utcoffset()
            told = [minutes for at, minutes in made if at <= instant][-1]
            assert offset == timedelta(minutes=told)


@settings(deadline=None)
@given(
    st.dates(date(2020, 1, 1), date(2029, 1, 1)),
    st.integers(1, 400),
    st.sampled_from([each for each in Versus if each]),
)
def test_days_face_days_of_the_span_that_is_read(first: date, days: int, versus: Versus) -> None:
    until = first + days * ONE_DAY

    made = facing(first, until, versus)

    assert made.days == sorted(set(made.days))
    assert all(first <= day < until for day, _before in made.days)
    assert all(made.since <= before < made.until for _day, before in made.days)
    assert len({before for _day, before in made.days}) == len(made.days)
    if versus == Versus.WEEKDAY:
        assert all(day.weekday() == before.weekday() for day, before in made.days)
        assert len(made.days) == days
