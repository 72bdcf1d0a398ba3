from datetime import date

import pytest

from tests.consumption import oracle, world
from tests.consumption.world import CAME, ESTIMATED, INVALID, Fed
from tests.readings.stored import put
from vatio.consumption.buckets import By, buckets
from vatio.consumption.looking import Look, look
from vatio.readings.ranks import Flag, How, Origin, quality
from vatio.readings.slots import ONE_DAY, WHOLE_DAY

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 30)
PLACES = oracle.slots(DAY, "Europe/Madrid", 15)
DOUBTFUL = quality(Origin.INSERTION, How.MEASURED, Flag.DOUBTFUL)
MEASURED = quality(Origin.INSERTION)
BAD_ESTIMATE = quality(Origin.INSERTION, How.ESTIMATED, Flag.INVALID)


def told(*runs: tuple[int, int, int]) -> Fed:
    fed = world.point(world.meter(world.account(), "M"), 15)
    readings = [(PLACES[n], 100.0, own) for first, last, own in runs for n in range(first, last)]
    put(fed.key, readings, at=CAME)
    return fed


def seen(fed: Fed, minutes: int | None = None) -> Look:
    subject = world.of_point(fed)
    return look(fed.point.account, subject, DAY, DAY + ONE_DAY, now=CAME, minutes=minutes)


def test_a_gap_of_an_estimated_day_is_no_estimate() -> None:
    made = seen(told((0, 10, ESTIMATED)))

    assert made.curve.estimated == [(0, 10)]
    assert (made.figures.estimated, made.figures.missing) == (10, 86)


def test_a_gap_of_a_doubtful_day_is_not_doubtful() -> None:
    made = seen(told((0, 6, DOUBTFUL), (50, 52, DOUBTFUL)))

    assert made.curve.doubtful == [(0, 6), (50, 52)]
    assert made.figures.doubtful == 8


def test_an_invalid_estimate_is_a_gap_and_no_estimate() -> None:
    made = seen(told((0, 80, ESTIMATED), (80, 96, BAD_ESTIMATE)))

    assert made.curve.values[80:] == [None] * 16
    assert made.figures.estimated == 80
    assert made.figures.missing == 16


def test_a_day_of_nothing_but_invalid_values_has_none() -> None:
    made = seen(told((0, 96, BAD_ESTIMATE)))

    assert made.is_empty
    assert (made.figures.estimated, made.figures.missing) == (0, 96)
    assert seen(told((0, 96, INVALID)), WHOLE_DAY).is_empty


def test_an_hour_is_estimated_where_one_of_its_quarters_is() -> None:
    made = seen(told((0, 43, MEASURED), (43, 46, ESTIMATED), (46, 96, MEASURED)), 60)

    assert made.curve.estimated == [(10, 12)]
    assert set(made.curve.values) == {400.0}


def test_a_day_has_the_mark_of_its_commonest_quality() -> None:
    mostly = seen(told((0, 40, MEASURED), (40, 96, ESTIMATED)), WHOLE_DAY)
    hardly = seen(told((0, 60, MEASURED), (60, 96, ESTIMATED)), WHOLE_DAY)

    assert mostly.curve.estimated == [(0, 1)]
    assert hardly.curve.estimated == []


def test_rows_tell_how_long_was_estimated_doubtful_and_missing() -> None:
    made = seen(
        told((0, 40, MEASURED), (40, 50, ESTIMATED), (50, 52, DOUBTFUL), (60, 96, MEASURED))
    )

    (day,) = buckets(made, By.DAY, now=CAME)
    hours = buckets(made, By.HOUR, now=CAME)

    assert (day.estimated, day.doubtful, day.missing) == (10 * 900, 2 * 900, 8 * 900)
    assert (day.expected, day.partial) == (96 * 900, 0)
    assert [row.estimated for row in hours[9:14]] == [0, 3600, 3600, 1800, 0]
    assert [row.doubtful for row in hours[9:14]] == [0, 0, 0, 1800, 0]
    assert [row.missing for row in hours[12:16]] == [0, 3600, 3600, 0]


def test_the_peak_of_days_is_the_highest_interval_of_one_of_them() -> None:
    fed = world.point(world.meter(world.account(), "T"), 60, quantity=301)
    places = oracle.instants(DAY, DAY + 2 * ONE_DAY, "Europe/Madrid", 60)
    world.tell(fed, [(each, -20.0 + n) for n, each in enumerate(places[:20])])
    world.tell(fed, [(each, -30.0) for each in places[24:]])
    subject = world.of_point(fed)

    figures = look(
        fed.point.account, subject, DAY, DAY + 2 * ONE_DAY, now=CAME, minutes=WHOLE_DAY
    ).figures

    assert (figures.most, figures.most_at) == (-1.0, None)


def test_the_peak_of_a_sum_of_days_is_not_known() -> None:
    account = world.account()
    place = world.site(account, "S")
    for name, days in (("A", 2), ("B", 1)):
        fed = world.point(world.meter(account, name, place), 60)
        last = DAY + 2 * ONE_DAY
        world.flat(fed, last - days * ONE_DAY, last, 1000.0)
    subject = world.of_site(place)

    made = look(account, subject, DAY, DAY + 2 * ONE_DAY, now=CAME, minutes=WHOLE_DAY)
    first = look(account, subject, DAY, DAY + ONE_DAY, now=CAME, minutes=WHOLE_DAY)

    assert [each.most for each in made.days] == [1000.0, None]
    assert (made.figures.most, first.figures.most) == (None, 1000.0)
