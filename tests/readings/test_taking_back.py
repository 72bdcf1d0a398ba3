from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests import make
from tests.readings.gateways import NOW, gateway
from tests.readings.stored import deliver, put, seconds, series
from vatio.accounts.models import Account
from vatio.metering import installing
from vatio.metering.models import DataPoint
from vatio.readings import deliveries
from vatio.readings.curves import curve
from vatio.readings.days import ReadingCounts
from vatio.readings.latest import NotTheLatest
from vatio.readings.models import Delivery, RegisterReading, Revision, State
from vatio.readings.ranks import Flag, How, Origin, origin_of, quality
from vatio.readings.receiving import partners
from vatio.readings.series import SeriesKey
from vatio.readings.slots import ONE_DAY, day_of
from vatio.readings.taking_back import TakenBackAlready, take_back

DAY = date(2026, 10, 24)
BEGIN = seconds("2026-10-23T22:00")
HOUR = 3600


def bring(key: SeriesKey, readings: dict[float, float], *, at: float, own: int = 0) -> int:
    """Put readings into a series as a file does, and return its delivery."""
    delivery = deliver(key.account_id, at=at)
    quality_ = own or quality(Origin.FILE)
    rows = [(instant, value, quality_) for instant, value in readings.items()]
    received = put(key, rows, at=at, delivery=delivery, origin=Origin.FILE)
    touched = {(key.id, day_of(instant, key.time_zone).day) for instant in readings}
    deliveries.count(
        key.account_id,
        delivery,
        ReadingCounts(),
        touched=touched | received.changed,
        at=datetime.fromtimestamp(at, UTC),
    )
    return delivery


def back(key: SeriesKey, delivery: int, *, at: float) -> None:
    account = Account.objects.get(pk=key.account_id)
    take_back(account, delivery, by=make.commercial(), at=datetime.fromtimestamp(at, UTC))


def values(key: SeriesKey, **told: float) -> list[float | None]:
    (day,) = curve(key, DAY, DAY + ONE_DAY, **told)
    return day.values[:4]


@pytest.mark.django_db
def test_what_a_delivery_replaced_stands_again():
    key = series()
    bring(key, {BEGIN: 1, BEGIN + HOUR: 2}, at=BEGIN + 9 * HOUR)
    second = bring(key, {BEGIN + HOUR: 5, BEGIN + 2 * HOUR: 6}, at=BEGIN + 10 * HOUR)

    back(key, second, at=BEGIN + 11 * HOUR)

    assert values(key) == [1, 2, None, None]
    assert values(key, known_at=BEGIN + 10.5 * HOUR) == [1, 5, 6, None]
    assert State.objects.get(series_id=key.id).last_value == 2


@pytest.mark.django_db
def test_deliveries_are_taken_back_one_after_the_other():
    key = series()
    first = bring(key, {BEGIN: 1, BEGIN + HOUR: 2}, at=BEGIN + 9 * HOUR)
    second = bring(key, {BEGIN + HOUR: 5, BEGIN + 2 * HOUR: 6}, at=BEGIN + 10 * HOUR)
    with pytest.raises(NotTheLatest):
        back(key, first, at=BEGIN + 11 * HOUR)

    back(key, second, at=BEGIN + 11 * HOUR)
    back(key, first, at=BEGIN + 12 * HOUR)

    assert values(key) == [None] * 4
    with pytest.raises(TakenBackAlready):
        back(key, first, at=BEGIN + 13 * HOUR)


@pytest.mark.django_db
def test_what_was_taken_back_can_be_brought_again():
    key = series()
    bring(key, {BEGIN: 1}, at=BEGIN + 9 * HOUR)
    second = bring(key, {BEGIN: 5}, at=BEGIN + 10 * HOUR)
    back(key, second, at=BEGIN + 11 * HOUR)

    bring(key, {BEGIN: 5}, at=BEGIN + 12 * HOUR)

    assert values(key)[0] == 5


@pytest.mark.django_db
def test_what_a_person_mended_since_stays_and_is_listed():
    key = series()
    first = bring(key, {BEGIN: 1, BEGIN + HOUR: 2}, at=BEGIN + 9 * HOUR)
    mended = deliver(key.account_id, at=BEGIN + 10 * HOUR, origin=Origin.MENDED)
    rows = [(BEGIN, 7.0, quality(Origin.MENDED, How.BY_HAND))]
    put(key, rows, at=BEGIN + 10 * HOUR, delivery=mended)

    back(key, first, at=BEGIN + 11 * HOUR)

    assert values(key) == [7, None, None, None]
    delivery = Delivery.objects.get(account_id=key.account_id, id=first)
    assert delivery.taken_back_at is not None
    assert delivery.kept == [[key.id, str(DAY), 0]]


@pytest.mark.django_db
def test_of_what_a_gateway_sent_the_last_hour_can_be_taken_back_and_no_more():
    key = series()
    account = Account.objects.get(pk=key.account_id)
    gateway = installing.add_source(
        account, name="Pasarela", kind="insertion", by=make.commercial(), at=make.NOON
    )
    source = gateway.pk
    DataPoint.objects.filter(pk=key.data_point_id).update(source=gateway)
    hours = []
    for number in range(3):
        at = datetime.fromtimestamp(BEGIN + (10 + number) * HOUR, UTC)
        delivery, _today = deliveries.of_hour(
            key.account_id, source, origin=Origin.INSERTION, at=at
        )
        hours.append(delivery)
        put(key, [(BEGIN + number * HOUR, 5.0)], at=at.timestamp(), delivery=delivery)
        deliveries.count(key.account_id, delivery, ReadingCounts(), touched={(key.id, DAY)}, at=at)
    assert not Revision.objects.exists()

    back(key, hours[2], at=BEGIN + 14 * HOUR)

    assert values(key) == [5, 5, None, None]
    with pytest.raises(NotTheLatest):
        back(key, hours[1], at=BEGIN + 15 * HOUR)


batches = st.lists(
    st.tuples(
        st.dictionaries(st.integers(0, 6), st.integers(0, 3), min_size=1, max_size=5),
        st.sampled_from([Flag.NONE, Flag.DOUBTFUL, Flag.FIRM]),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
)


class TakingBackTest(TestCase):
    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(batches)
    def test_taking_the_last_back_leaves_what_was_there_before_it(self, drawn):
        key = series()
        at = BEGIN + 30 * HOUR
        for items, flag, goes_back in drawn:
            at += HOUR
            before = curve(key, DAY, DAY + ONE_DAY)
            readings = {BEGIN + slot * HOUR: float(value) for slot, value in items.items()}
            own = quality(Origin.FILE, How.MEASURED, flag)
            delivery = bring(key, readings, at=at, own=own)
            if goes_back:
                back(key, delivery, at=at + 60)

                (day,), (was,) = curve(key, DAY, DAY + ONE_DAY), before
                assert day.values == was.values
                assert [
                    q for v, q in zip(day.values, day.qualities, strict=True) if v is not None
                ] == [q for v, q in zip(was.values, was.qualities, strict=True) if v is not None]

    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(
        st.lists(st.integers(0, 30), min_size=2, max_size=12, unique=True),
        st.sets(st.integers(0, 11)),
        st.sampled_from([0, 400]),
    )
    def test_registers_taken_back_leave_the_intervals_that_the_others_give(
        self, slots, second, offset
    ):
        key = series(60, kind="register")
        states = {BEGIN + slot * HOUR + (offset if slot % 3 else 0): 10.0 * slot for slot in slots}
        early = {at: v for n, (at, v) in enumerate(states.items()) if n not in second}
        late = {at: v for n, (at, v) in enumerate(states.items()) if n in second}
        if not early or not late:
            return
        bring(key, early, at=BEGIN + 40 * HOUR)
        into = partners(key.account_id, {key.id: key}, at=BEGIN)[key.id]
        before = [(day.values) for day in curve(into, DAY, DAY + 3 * ONE_DAY)]
        delivery = bring(key, late, at=BEGIN + 41 * HOUR)

        back(key, delivery, at=BEGIN + 42 * HOUR)

        assert [day.values for day in curve(into, DAY, DAY + 3 * ONE_DAY)] == before


@pytest.mark.django_db
def test_what_went_on_after_a_file_cannot_be_taken_back_without_it():
    key = series()
    hourly = bring(key, {BEGIN: 1}, at=BEGIN + 9 * HOUR)
    file = bring(key, {BEGIN: 2, BEGIN + HOUR: 3}, at=BEGIN + 10 * HOUR)
    rows = [(BEGIN + 2 * HOUR, 4.0, quality(Origin.FILE))]
    put(key, rows, at=BEGIN + 11 * HOUR, delivery=hourly, origin=Origin.FILE)

    for delivery in (hourly, file):
        with pytest.raises(NotTheLatest):
            back(key, delivery, at=BEGIN + 12 * HOUR)

    assert values(key) == [2, 3, 4, None]


@pytest.mark.django_db
def test_what_a_source_sends_after_its_hour_was_taken_back_is_another_delivery():
    own = gateway()
    account = Account.objects.get(pk=own.account.pk)
    own.insert([(0, BEGIN, 1)])
    first = Delivery.objects.get().id
    take_back(account, first, by=make.commercial(), at=NOW)

    own.insert([(0, BEGIN + HOUR, 2)], at=NOW)
    (second,) = Delivery.objects.filter(taken_back_at=None)
    standing = values(own.series())
    take_back(account, second.id, by=make.commercial(), at=NOW)

    assert (standing[:2], second.new) == ([None, 2], 1)
    assert values(own.series()) == [None] * 4


@pytest.mark.django_db
def test_what_a_source_brought_to_a_data_point_of_another_source_goes_back_too():
    own = gateway(quantity=402)
    own.points[0].source = None
    own.points[0].save(update_fields=["source"])
    own.insert([(0, BEGIN, 1), (0, BEGIN + HOUR, 2), (0, BEGIN + HOUR + 400, 2)])

    take_back(
        Account.objects.get(pk=own.account.pk),
        Delivery.objects.get().id,
        by=make.commercial(),
        at=NOW,
    )

    assert values(own.intervals()) == [None] * 4
    assert values(own.series(kind="register")) == [None] * 4
    assert RegisterReading.objects.filter(value=None).count() == 1


@pytest.mark.django_db
def test_intervals_keep_their_origin_when_registers_around_them_go_back():
    key = series(60, kind="register")
    own = quality(Origin.DISTRIBUTOR)
    states = {BEGIN + slot * HOUR: 10.0 * slot for slot in range(4)}
    for number, some in enumerate(({0, 1, 3}, {2})):
        delivery = deliver(key.account_id, at=BEGIN + number, origin=Origin.DISTRIBUTOR)
        rows = [(BEGIN + slot * HOUR, states[BEGIN + slot * HOUR], own) for slot in some]
        received = put(key, rows, at=BEGIN + 9 * HOUR, delivery=delivery, origin=Origin.DISTRIBUTOR)
        deliveries.count(
            key.account_id,
            delivery,
            ReadingCounts(),
            touched=received.changed,
            at=datetime.fromtimestamp(BEGIN, UTC),
        )

    back(key, delivery, at=BEGIN + 11 * HOUR)

    into = partners(key.account_id, {key.id: key}, at=BEGIN)[key.id]
    (day,) = curve(into, DAY, DAY + ONE_DAY)
    assert day.values[:4] == [10, 10, 10, None]
    assert {origin_of(each) for each in day.qualities[:3]} == {Origin.DISTRIBUTOR}
