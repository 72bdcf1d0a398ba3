import random as chance
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.readings.gateways import NOW, Gateway, gateway
from tests.readings.recounting import disagreements
from tests.readings.stored import put, seconds, series
from vatio.readings.curves import CurveDay, curve
from vatio.readings.days import SETTLING
from vatio.readings.decoding import NotABatch, decode
from vatio.readings.models import RegisterFinding, State
from vatio.readings.receiving import partners
from vatio.readings.registers import Register, by_slot, settle
from vatio.readings.slots import ONE_DAY, day_of, end, start

BEGIN = int(seconds("2026-10-24T20:00"))
QUARTER = 900
FIRST = day_of(BEGIN, "Europe/Madrid").day
DAYS = 4

Message = tuple[int, float, float]

steps = st.lists(
    st.tuples(
        st.integers(1, 9),
        st.sampled_from([0, 1, 7, 30, -1, -1000, -99_000]),
        st.sampled_from([0, 0, 0, 20, 890, 400]),
    ),
    min_size=1,
    max_size=40,
)
values = st.dictionaries(st.integers(0, 250), st.integers(-9, 9), min_size=1, max_size=40)
fates = st.lists(
    st.sampled_from(["heard", "answer lost", "request lost", "cut", "halved", "again later"]),
    max_size=30,
)


def states(drawn: list[tuple[int, int, int]]) -> dict[float, float]:
    """Return registers with dips, gaps, resets, and some beside the grid, by their instants."""
    known: dict[float, float] = {}
    at, value = BEGIN, 100_000.0
    for step, growth, offset in drawn:
        at += step * QUARTER
        snapped = at if offset <= 30 else at + QUARTER if offset >= 870 else at + offset
        if snapped not in known:
            known[snapped] = max(value + growth, 0)
        value = max(value + growth, 0) if growth > 0 or growth < -50_000 else value
    return known


def sent(own: Gateway, messages: list[Message], some: int, drawn: list[str], seed: int) -> None:
    """Send messages as a gateway that repeats a batch until it hears that it was stored."""
    random = chance.Random(seed)
    queue = [messages[at : at + some] for at in range(0, len(messages), some)]
    random.shuffle(queue)
    later: list[list[Message]] = []
    at, outcomes = NOW, list(drawn)
    while queue:
        batch = queue[0]
        fate = outcomes.pop() if outcomes else "heard"
        at += timedelta(minutes=random.choice([0, 1, 90, 3000]))
        if fate == "request lost":
            continue
        if fate == "cut":
            body = own.body(batch)
            with pytest.raises(NotABatch):
                decode(body[: random.randrange(1, len(body))])
            continue
        if fate == "halved":
            own.insert(batch[: len(batch) // 2], at=at)
            continue
        own.insert(batch, at=at)
        if fate == "answer lost":
            continue
        if fate == "again later":
            later.append(batch)
        queue.pop(0)
        if not queue and later:
            queue = [later.pop()]


def days(own: Gateway, **told: float) -> list[CurveDay]:
    key = own.intervals() if own.quantity == 402 else own.series()
    return curve(key, FIRST, FIRST + DAYS * ONE_DAY, **told)


class RepeatingTest(TestCase):
    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(steps, st.integers(1, 12), fates, st.integers(0, 99))
    def test_registers_end_as_if_all_had_come_once(self, drawn, some, outcomes, seed):
        known = states(drawn)
        own = gateway(quantity=402, minutes=15)

        sent(own, [(0, at, value) for at, value in known.items()], some, outcomes, seed)

        settled = settle(Register(at, value * 1000) for at, value in sorted(known.items()))
        shares = by_slot(settled.pieces, time_zone="Europe/Madrid", minutes=15)
        expected = {(local.day, slot): each.value for (local, slot), each in shares.items()}
        found = {
            (day.local.day, slot): value
            for day in days(own)
            for slot, value in enumerate(day.values)
            if value is not None
        }
        assert found == expected
        findings = RegisterFinding.objects.values_list("at", "kind")
        assert {(at.timestamp(), kind) for at, kind in findings} == {
            *((one.at, "held") for one in settled.held),
            *((at, "change") for at in settled.changes),
        }
        state = State.objects.get(series_id=own.series(kind="register").id)
        assert state.register == settled.good[-1].value
        assert disagreements() == []

    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(values, st.integers(1, 12), fates, st.integers(0, 99), st.floats(-1, 9))
    def test_values_end_as_if_all_had_come_once(self, drawn, some, outcomes, seed, moment):
        own = gateway(quantity=301, minutes=15)
        came: dict[float, float] = {}
        insert = own.insert

        def noting(batch, *, at):
            for _device, instant, _value in batch:
                came.setdefault(instant, at.timestamp())
            return insert(batch, at=at)

        own.insert = noting
        messages = [
            (0, BEGIN + quarter * QUARTER, float(value)) for quarter, value in drawn.items()
        ]
        known = {at: value for _device, at, value in messages}

        sent(own, messages, some, outcomes, seed)

        known_at = NOW.timestamp() + moment * 86_400
        for asked in (None, known_at):
            told = {} if asked is None else {"known_at": asked}
            for day in days(own, **told):
                for slot, value in enumerate(day.values):
                    at = start(day.local, slot, 15)
                    ends = end(day.local, slot, 15)
                    since = came.get(at, float("inf"))
                    since = ends if since <= ends + SETTLING else since
                    is_known = at in known and (asked is None or since <= asked)
                    assert value == (known[at] if is_known else None)
        assert disagreements() == []


@pytest.mark.django_db
def test_the_last_value_of_intervals_is_found_anew_when_it_goes():
    key = series(60, kind="register")
    at = BEGIN + 30 * 3600
    put(key, [(BEGIN + hour * 3600, 100.0 + hour) for hour in (0, 1, 26, 27)], at=at)

    put(key, [(BEGIN + 26 * 3600 + 1800, 150.0)], at=at + 600)
    within = disagreements()
    put(key, [(BEGIN + 1800, 160.0)], at=at + 1200)

    assert (within, disagreements()) == ([], [])


@pytest.mark.django_db
def test_what_filled_a_gap_of_registers_anew_is_not_known_before_it_came():
    key = series(60, kind="register")
    at = BEGIN + 3 * 3600
    put(key, [(BEGIN, 100.0), (BEGIN + 3600, 200.0)], at=at)
    put(key, [(BEGIN + 1800, 250.0)], at=at + 600)
    put(key, [(BEGIN + 7200, 300.0)], at=at + 1200)
    into = partners(key.account_id, {key.id: key}, at=at)[key.id]

    def known(moment: float | None) -> float | None:
        (day,) = curve(into, FIRST, FIRST + ONE_DAY, known_at=moment)
        return day.values[22]

    assert known(None) is not None
    assert known(at + 300) == 100
    assert known(at + 900) is None
