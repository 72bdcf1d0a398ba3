import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from unittest import mock

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from psycopg._queries import MAX_CACHED_STATEMENT_LENGTH

from tests import make
from tests.readings.stored import put, seconds
from vatio.metering import contracting, installing
from vatio.metering.contracting import ContractDetails
from vatio.metering.models import DataSource, Meter, MeterChange, Series, SourceDevice
from vatio.readings import insertion, months, one_slot
from vatio.readings import series as all_series
from vatio.readings.days import ReadingCounts
from vatio.readings.decoding import decode
from vatio.readings.insertion import InsertionSender, insert
from vatio.readings.models import (
    Day,
    Delivery,
    MonthTotals,
    RegisterFinding,
    RegisterReading,
    Revision,
    State,
    Touched,
)
from vatio.readings.one_slot_statements import LOCK, PUT
from vatio.readings.ranks import Origin
from vatio.readings.slots import ONE_DAY, day_of

BEGIN = seconds("2026-10-24T20:00")
MORNING = seconds("2026-10-26T08:00")
HOUR = 3600
TABLES = (Day, State, Revision, RegisterReading, RegisterFinding, Delivery, MonthTotals, Touched)


def gateway(*quantities: int) -> tuple[InsertionSender, Meter]:
    account, by = make.account(), make.commercial()
    source = installing.add_source(
        account, name="Pasarela", kind=DataSource.Kind.INSERTION, by=by, at=make.NOON
    )
    meter = make.meter(account)
    SourceDevice.objects.create(
        account=account, organisation=account.organisation, source=source, did="C", meter=meter
    )
    for code in quantities:
        installing.add_data_point(meter, quantity=code, minutes=60, by=by, at=make.NOON)
    return InsertionSender(account.pk, source.pk, 10**9), meter


def post(
    sender: InsertionSender, *messages: tuple[float, dict[int, float]], at: float
) -> ReadingCounts:
    batch = decode(
        json.dumps(
            [
                {
                    "did": "C",
                    "ts": datetime.fromtimestamp(instant, UTC).isoformat(),
                    "values": [{"p": code, "v": value} for code, value in values.items()],
                }
                for instant, values in messages
            ]
        ).encode()
    )
    return insert(sender, batch, at=datetime.fromtimestamp(at, UTC)).counts


def kept() -> dict[str, list[tuple[object, ...]]]:
    """Tell all that is stored; deliveries by their order, not by their keys."""
    order = list(Delivery.objects.order_by("id").values_list("id", flat=True))
    numbers = {key: place for place, key in enumerate(order, 1)} | {0: 0}
    told: dict[str, list[tuple[object, ...]]] = {}
    for table in TABLES:
        rows = table.objects.order_by("pk").values()
        told[table.__name__] = [
            tuple(
                numbers[value] if name in ("delivery_id", "delivery_before") else value
                for name, value in row.items()
                if name != "id"
            )
            for row in rows
        ]
    return told


@contextmanager
def forgotten() -> Iterator[None]:
    """Undo at the end what was stored meanwhile."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def taken(action: Callable[[], object]) -> int:
    """Count the readings that the short road takes."""
    own = []

    def counted(*told: object, **named: object) -> ReadingCounts | None:
        made = one_slot_put(*told, **named)
        own.append(made.new + made.same if made else 0)
        return made

    one_slot_put = one_slot.put
    with mock.patch.object(one_slot, "put", counted):
        action()
    return sum(own)


onwards = st.tuples(st.just("next"), st.sampled_from([0, 0.25, 0.1, 0.7, 1]))
step = st.one_of(
    *[onwards] * 8,
    st.tuples(st.just("next"), st.sampled_from([2.5, -0.5, -30])),
    st.tuples(st.just("skip"), st.sampled_from([1, 3, 20])),
    st.tuples(st.just("again"), st.integers(0, 3)),
    st.tuples(st.just("correct"), st.integers(0, 9)),
    st.tuples(st.just("both"), st.just(0)),
    st.tuples(st.just("beside"), st.integers(31, 3000)),
    st.tuples(st.just("file"), st.integers(0, 3)),
    st.tuples(st.just("change"), st.integers(-1, 1)),
    st.tuples(st.just("late"), st.sampled_from([30, 1800, 50 * HOUR])),
)


class Stream:
    """What a gateway sends, hour by hour, and whatever else happens meanwhile."""

    def __init__(
        self, sender: InsertionSender, meter: Meter, interval: all_series.SeriesKey
    ) -> None:
        self.sender, self.meter, self.interval = sender, meter, interval
        self.instant, self.value, self.late = BEGIN, 100.0, 5.0
        self.sent: list[tuple[float, dict[int, float]]] = []

    def play(self, steps: list[tuple[str, float]]) -> list[ReadingCounts]:
        return [made for name, how in steps if (made := getattr(self, f"_{name}")(how))]

    def _post(self, *messages: tuple[float, dict[int, float]]) -> ReadingCounts:
        self.sent += messages
        return post(self.sender, *messages, at=self.instant + self.late)

    def _ahead(self, growth: float) -> tuple[float, dict[int, float]]:
        self.instant += HOUR
        self.value += growth
        return self.instant, {402: round(self.value, 3), 401: round(growth * 3.3, 2)}

    def _next(self, growth: float) -> ReadingCounts:
        return self._post(self._ahead(growth))

    def _both(self, _how: float) -> ReadingCounts:
        return self._post(self._ahead(1), self._ahead(2))

    def _skip(self, hours: float) -> None:
        self.instant += hours * HOUR

    def _again(self, place: float) -> ReadingCounts | None:
        return self._post(self.sent[-1 - int(place) % len(self.sent)]) if self.sent else None

    def _correct(self, place: float) -> ReadingCounts | None:
        if not self.sent:
            return None
        instant, values = self.sent[-1 - int(place) % len(self.sent)]
        return self._post((instant, {code: value + 0.5 for code, value in values.items()}))

    def _beside(self, seconds_later: float) -> ReadingCounts:
        return self._post((self.instant + seconds_later, {402: round(self.value, 3)}))

    def _file(self, place: float) -> None:
        at = self.instant + self.late
        readings = [(self.instant - place * HOUR, 777.0)]
        put(self.interval, readings, at=at, origin=Origin.DISTRIBUTOR)

    def _change(self, days: float) -> None:
        day = day_of(self.instant, "Europe/Madrid").day + days * ONE_DAY
        MeterChange.objects.get_or_create(
            account=self.meter.account,
            organisation=self.meter.organisation,
            meter=self.meter,
            day=day,
            defaults={"last_register": 104, "first_register": 2, "recorded_at": make.NOON},
        )

    def _late(self, by: float) -> None:
        self.late = by


class BothRoadsTest(TestCase):
    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(st.lists(step, min_size=1, max_size=25))
    def test_the_short_road_gives_exactly_what_the_general_one_gives(self, steps):
        sender, meter = gateway(402, 401)
        contracted(meter, power=Decimal("0.3"))
        interval = interval_of(meter)
        post(sender, (BEGIN, {402: 100, 401: 3}), at=BEGIN)

        said, told = [], []
        for lone_slots in (one_slot.lone_slots, lambda series, arrivals: None):
            with forgotten(), mock.patch.object(one_slot, "lone_slots", lone_slots):
                stream = Stream(sender, meter, interval)
                said.append(stream.play([("next", 0.5)] * 5 + steps))
                follow()
                told.append(kept())

        assert said[0] == said[1]
        assert told[0] == told[1]


def contracted(meter: Meter, *, power: Decimal) -> None:
    """Let a meter measure a supply: over five times its power an interval is doubtful."""
    point = make.supply_point(meter.account)
    details = ContractDetails(since=make.NOON.date(), powers=[power])
    contracting.add_contract(point, details, by=make.commercial(), at=make.NOON)
    installing.measure(meter, installing.Measures(point))


def interval_of(meter: Meter) -> all_series.SeriesKey:
    (own,) = Series.objects.filter(data_point__meter=meter, data_point__quantity=402)
    return all_series.find(meter.account_id, [own.pk])[own.pk]


def follow() -> None:
    """Write the months of all days, as whoever follows does with those that were touched."""
    for account_id, series_id, day in Day.objects.values_list("account_id", "series_id", "day"):
        months.write(account_id, {(series_id, months.month_of(day))})


@pytest.mark.django_db
@pytest.mark.parametrize("quantity", [401, 402])
def test_a_slot_after_the_last_takes_the_short_road(quantity):
    sender, _meter = gateway(quantity)
    for hour in range(3):
        post(sender, (MORNING + hour * HOUR, {quantity: hour}), at=MORNING + hour * HOUR)

    def next_and_again() -> None:
        for _again in range(2):
            post(sender, (MORNING + 3 * HOUR, {quantity: 3}), at=MORNING + 2 * HOUR + 1)

    assert taken(next_and_again) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("quantities", [(401, 405, 406, 301), (402, 404, 408, 452)])
def test_one_slot_of_four_data_points_takes_three_statements_in_one_commit(quantities):
    sender, _meter = gateway(*quantities)
    for hour in range(3):
        own = dict.fromkeys(quantities, hour)
        post(sender, (MORNING + hour * HOUR, own), at=MORNING)

    with CaptureQueriesContext(connection) as queries:
        post(sender, (MORNING + 3 * HOUR, dict.fromkeys(quantities, 3)), at=MORNING)

    own = [each["sql"] for each in queries if "SAVEPOINT" not in each["sql"]]
    assert len(own) == 3


@pytest.mark.django_db
def test_the_day_of_a_source_is_full_on_the_short_road_too():
    sender, _meter = gateway(401)
    post(sender, (MORNING, {401: 1}), (MORNING + HOUR, {401: 1}), at=MORNING)

    with pytest.raises(insertion.TooManyToday):
        post(
            InsertionSender(sender.account_id, sender.source_id, 2),
            (MORNING + 2 * HOUR, {401: 1}),
            at=MORNING,
        )

    assert Delivery.objects.get().new == 2


def test_the_statements_of_the_short_road_are_short_enough_to_be_kept_parsed():
    assert max(len(LOCK), len(PUT)) <= MAX_CACHED_STATEMENT_LENGTH
