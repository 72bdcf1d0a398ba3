from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vatio.consumption.quality.days import (
    NOTHING,
    DayState,
    JudgedDay,
    QualityDay,
    gaps_in,
    joined,
    judge,
)
from vatio.readings.ranks import Flag, How, Origin, quality
from vatio.readings.slots import LocalDay, end, local_day, start

ZONES = ("Europe/Madrid", "Atlantic/Azores", "Australia/Lord_Howe", "America/New_York")
DAYS = (
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2026, 4, 5),
    date(2026, 10, 4),
    date(2026, 7, 1),
)
MEASURED = quality(Origin.INSERTION)
ESTIMATED = quality(Origin.INVOICE, How.ESTIMATED, Flag.FIRM)
SPREAD = quality(Origin.INSERTION, How.SPREAD)
DOUBTFUL = quality(Origin.INSERTION, How.MEASURED, Flag.DOUBTFUL)
INVALID = quality(Origin.MENDED, How.MEASURED, Flag.INVALID | Flag.DOUBTFUL)
KINDS = {MEASURED: "measured", ESTIMATED: "estimated", SPREAD: "spread", DOUBTFUL: "doubtful"}
KINDS[INVALID] = "invalid"
MADRID = local_day(date(2026, 7, 1), "Europe/Madrid")


def row(slots: Sequence[int | None]) -> QualityDay:
    """Make the row of a day of qualities, one for each slot; None is a gap."""
    known = [each for each in slots if each is not None]
    first = known[0] if known else MEASURED
    return QualityDay(
        present=sum(each != INVALID for each in known),
        quality=first,
        rank=5,
        total=0.0,
        gaps=[slot for slot, each in enumerate(slots) if each is None],
        qualities=[first if each is None else each for each in slots]
        if set(known) - {first}
        else None,
    )


def oracle(
    local: LocalDay, minutes: int, slots: Sequence[int | None], until: float, *, is_first: bool
) -> tuple[dict[str, int], list[tuple[int, int]]]:
    """Judge a day by looking at one slot after the other."""
    told = dict.fromkeys(
        ("expected", "present", "missing", "estimated", "spread", "doubtful", "invalid"), 0
    )
    gaps: list[tuple[int, int]] = []
    has_begun = not is_first
    for slot, each in enumerate(slots):
        has_begun = has_begun or each is not None
        begins, ends = start(local, slot, minutes), end(local, slot, minutes)
        if ends > until or not has_begun:
            continue
        told["expected"] += ends - begins
        if each is None:
            told["missing"] += ends - begins
            gaps.append((begins, ends))
        elif KINDS[each] == "invalid":
            told["invalid"] += 1
        else:
            told["present"] += ends - begins
            if KINDS[each] in {"estimated", "spread"}:
                told[KINDS[each]] += ends - begins
            elif KINDS[each] == "doubtful":
                told["doubtful"] += 1
    return told, joined(gaps)


@st.composite
def drawn_days(draw: st.DrawFn) -> tuple[LocalDay, int, list[int | None], float, bool]:
    local = local_day(draw(st.sampled_from(DAYS)), draw(st.sampled_from(ZONES)))
    minutes = draw(st.sampled_from((5, 15, 30, 60, 1440)))
    count = local.count(minutes)
    kinds = draw(st.lists(st.sampled_from((None, *KINDS)), min_size=1, max_size=3, unique=True))
    slots = draw(st.lists(st.sampled_from(kinds), min_size=count, max_size=count))
    until = draw(st.integers(local.begins - 3600, local.ends + 3600))
    return local, minutes, slots, float(until), draw(st.booleans())


@given(drawn_days())
def test_a_day_is_judged_as_one_who_counts_slot_by_slot_would(
    drawn: tuple[LocalDay, int, list[int | None], float, bool],
) -> None:
    local, minutes, slots, until, is_first = drawn

    judged = judge(local, minutes, row(slots), until, is_first=is_first)
    gaps = list(gaps_in(local, minutes, row(slots), until, is_first=is_first))
    told, missing = oracle(local, minutes, slots, until, is_first=is_first)

    assert {name: getattr(judged, name) for name in told} == told
    assert gaps == missing
    assert (judged.state == DayState.NOTHING) == (told["expected"] == 0)


@pytest.mark.parametrize(
    ("slots", "state"),
    [
        ([MEASURED] * 24, DayState.COMPLETE),
        ([MEASURED] * 23 + [None], DayState.PARTLY),
        ([None] * 24, DayState.MISSING),
        ([MEASURED] * 23 + [ESTIMATED], DayState.ESTIMATED),
        ([SPREAD] * 24, DayState.ESTIMATED),
        ([ESTIMATED] * 23 + [None], DayState.PARTLY),
        ([DOUBTFUL, None] + [MEASURED] * 22, DayState.DOUBTFUL),
        ([DOUBTFUL] * 24, DayState.DOUBTFUL),
        ([DOUBTFUL, INVALID] + [MEASURED] * 22, DayState.INVALID),
        ([INVALID] * 24, DayState.INVALID),
    ],
)
def test_a_day_is_what_is_worst_in_it(slots: list[int | None], state: DayState) -> None:
    judged = judge(MADRID, 60, row(slots), MADRID.ends)

    assert judged.state == state


@pytest.mark.parametrize(
    ("day", "minutes", "hours"),
    [
        (date(2026, 3, 29), 15, 23),
        (date(2026, 10, 25), 15, 25),
        (date(2026, 10, 25), 60, 25),
        (date(2026, 10, 25), 1440, 25),
        (date(2026, 7, 1), 5, 24),
    ],
)
def test_a_day_without_a_row_lacks_all_of_its_hours(day: date, minutes: int, hours: int) -> None:
    local = local_day(day, "Europe/Madrid")

    judged = judge(local, minutes, None, local.ends)
    gaps = list(gaps_in(local, minutes, None, local.ends))

    assert judged == JudgedDay(DayState.MISSING, expected=hours * 3600, missing=hours * 3600)
    assert gaps == [(local.begins, local.ends)]


def test_the_running_day_counts_only_slots_that_ended() -> None:
    until = MADRID.begins + 10 * 3600 + 899

    judged = judge(MADRID, 60, row([MEASURED] * 10 + [None] * 14), until)
    begun = judge(MADRID, 60, row([MEASURED] * 8 + [None] * 16), until)
    of_days = judge(MADRID, 1440, None, until)

    assert judged == JudgedDay(DayState.COMPLETE, expected=36_000, present=36_000)
    assert (begun.state, begun.missing) == (DayState.PARTLY, 7_200)
    assert of_days == NOTHING


def test_what_lies_before_the_first_reading_is_not_expected() -> None:
    slots = [None] * 10 + [MEASURED] * 13 + [None]

    judged = judge(MADRID, 60, row(slots), MADRID.ends, is_first=True)

    assert (judged.expected, judged.present, judged.missing) == (14 * 3600, 13 * 3600, 3600)


def test_gaps_that_touch_are_one() -> None:
    made = joined([(0, 10), (10, 20), (30, 40), (40, 45)])

    assert made == [(0, 20), (30, 45)]
