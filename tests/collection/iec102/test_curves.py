from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from vatio.collection.iec102.asdus import IntegratedTotal
from vatio.collection.iec102.curves import CurveInterval, Record, assemble
from vatio.collection.iec102.labels import TimeLabel

MADRID = ZoneInfo("Europe/Madrid")
BEGIN = datetime(2026, 10, 24, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)


def record(number: int, value: int = 5) -> Record:
    """Return the record of the hour `number` of 25 October 2026, a day of 25 hours."""
    label = TimeLabel.of(BEGIN + (number + 1) * HOUR, MADRID)
    return label, (IntegratedTotal(1, value),)


def test_labels_are_ends_and_a_curve_has_starts() -> None:
    label = TimeLabel(datetime(2026, 10, 26), False)

    curve = assemble(
        [(label, (IntegratedTotal(1, 7),))],
        start=BEGIN + 24 * HOUR,
        end=BEGIN + 25 * HOUR,
        minutes=60,
        zone=MADRID,
    )

    assert curve.intervals == (
        CurveInterval(datetime(2026, 10, 25, 22, tzinfo=UTC), (IntegratedTotal(1, 7),), False),
    )
    assert curve.missing == ()


@given(st.lists(st.tuples(st.integers(-2, 26), st.integers(1, 3)), max_size=60))
def test_every_interval_is_there_once_or_missing(given_: list[tuple[int, int]]) -> None:
    said: dict[int, set[int]] = {}
    for number, value in given_:
        said.setdefault(number, set()).add(value)

    curve = assemble(
        [record(*each) for each in given_],
        start=BEGIN,
        end=BEGIN + 25 * HOUR,
        minutes=60,
        zone=MADRID,
    )

    sure = {number: values for number, values in said.items() if len(values) == 1}
    assert {each.start: each.totals[0].value for each in curve.intervals} == {
        BEGIN + number * HOUR: next(iter(values))
        for number, values in sure.items()
        if 0 <= number < 25
    }
    assert len(curve.intervals) + len(curve.missing) == 25
    assert set(curve.contradicted) <= set(curve.missing)
    assert curve.strange == sum(1 for number, _value in given_ if not 0 <= number < 25)
