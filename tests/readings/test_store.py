from collections import defaultdict
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.readings.stored import put, series
from vatio.readings.curves import curve
from vatio.readings.days import SETTLING
from vatio.readings.ranks import Flag, How, Origin, origin_of, quality, rank
from vatio.readings.slots import ONE_DAY, end, local_day, start

QUALITIES = (
    quality(Origin.INVOICE, How.MEASURED, Flag.FIRM),
    quality(Origin.DISTRIBUTOR),
    quality(Origin.DATADIS),
    quality(Origin.DATADIS, How.ESTIMATED),
    quality(Origin.INSERTION),
    quality(Origin.INSERTION, How.MEASURED, Flag.DOUBTFUL),
)
ZONES = ("Europe/Madrid", "Atlantic/Canary", "Atlantic/Azores", "Australia/Lord_Howe")
DAYS = (date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25))


class Naive:
    """What a dictionary would remember: by instant, everything that ever stood, and since when."""

    def __init__(self) -> None:
        self.events: dict[float, list[tuple[float, float, int]]] = defaultdict(list)

    def put(self, instant: float, value: float, own: int, at: float) -> None:
        events = self.events[instant]
        if not events:
            events.append((at, value, own))
            return
        _at, stands, standing = events[-1]
        if value == stands:
            if rank(own) < rank(standing):
                events.append((at, value, own))
        elif rank(own) < rank(standing) or (
            rank(own) == rank(standing)
            and (value, origin_of(own)) not in {(each[1], origin_of(each[2])) for each in events}
        ):
            events.append((at, value, own))

    def known(self, instant: float, ends: float, at: float) -> float | None:
        if at < ends:
            return None
        found = None
        for number, (came, value, _own) in enumerate(self.events.get(instant, ())):
            since = ends if number == 0 and came <= ends + SETTLING else came
            if since <= at:
                found = value
        return found


batches = st.lists(
    st.tuples(
        st.sampled_from(QUALITIES),
        st.floats(0, 90 * 3600),
        st.lists(
            st.tuples(st.integers(0, 3), st.integers(0, 24), st.integers(0, 3)),
            min_size=1,
            max_size=30,
        ),
    ),
    min_size=1,
    max_size=6,
)


class StoreTest(TestCase):
    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(
        st.sampled_from(ZONES), batches, st.lists(st.integers(0, 5), max_size=3), st.floats(0, 1)
    )
    def test_any_order_of_deliveries_gives_what_a_dictionary_gives(
        self, time_zone, drawn, repeats, moment
    ):
        key = series(time_zone=time_zone)
        naive = Naive()
        at = float(local_day(DAYS[0], time_zone).begins)
        begun = at
        for own, pause, items in [*drawn, *(drawn[n % len(drawn)] for n in repeats)]:
            at += pause
            readings = {}
            for day, slot, value in items:
                local = local_day(DAYS[day], time_zone)
                if slot < local.count(60):
                    readings.setdefault(start(local, slot, 60), float(value))
            put(key, [(instant, value, own) for instant, value in readings.items()], at=at)
            for instant, value in readings.items():
                naive.put(instant, value, own, at)
        known_at = begun + (at + 250 * 86400 - begun) * moment

        for since in (0, 2):
            for asked in (None, known_at):
                found = curve(key, DAYS[since], DAYS[since + 1] + ONE_DAY, known_at=asked)
                for day in found:
                    for slot, value in enumerate(day.values):
                        instant = start(day.local, slot, 60)
                        ends = end(day.local, slot, 60)
                        when = float("inf") if asked is None else asked
                        assert value == naive.known(instant, ends, when), (asked, slot)
