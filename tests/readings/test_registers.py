from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.readings.stored import put, seconds, series
from vatio.readings.curves import curve
from vatio.readings.models import RegisterFinding, State
from vatio.readings.ranks import How, how_of
from vatio.readings.receiving import partners
from vatio.readings.registers import DeviceChange, Piece, Register, by_slot, settle
from vatio.readings.slots import ONE_DAY, day_of, start

BEGIN = seconds("2026-10-24T20:00")
HOUR = 3600


def registers(*values: float) -> list[Register]:
    return [Register(place * HOUR, value) for place, value in enumerate(values)]


def amounts(*values: float, **told) -> list[tuple[float, float, float]]:
    pieces = settle(registers(*values), **told).pieces
    return [(piece.begins / HOUR, piece.ends / HOUR, piece.amount) for piece in pieces]


def test_what_was_counted_between_two_registers_is_their_difference():
    assert amounts(100, 110, 125) == [(0, 1, 10), (1, 2, 15)]


def test_a_dip_that_the_next_register_makes_up_for_is_dropped():
    said = settle(registers(100, 110, 0, 125))

    assert [each.amount for each in said.pieces] == [10, 15]
    assert said.pieces[1] == Piece(HOUR, 3 * HOUR, 15)
    assert said.held == [Register(2 * HOUR, 0)]


def test_a_tenth_less_is_a_dip_too():
    assert amounts(100, 110, 109.9, 110, 112) == [(0, 1, 10), (1, 3, 0), (3, 4, 2)]


def test_two_below_and_growing_are_another_meter_from_the_first_of_them_on():
    said = settle(registers(100, 110, 3, 8, 9))

    assert [(each.begins / HOUR, each.amount) for each in said.pieces] == [(0, 10), (2, 5), (3, 1)]
    assert said.changes == [2 * HOUR]


def test_another_meter_that_stands_still_at_first_counts_once_it_grows():
    assert amounts(100, 0, 0, 0, 4) == [(1, 4, 4)]


def test_what_a_person_said_is_no_other_meter_is_held():
    said = settle(registers(100, 110, 3, 8, 120), refused={2 * HOUR})

    assert [each.amount for each in said.pieces] == [10, 10]
    assert said.pieces[-1] == Piece(HOUR, 4 * HOUR, 10)


def test_a_register_rolls_over_only_near_the_top_of_known_digits():
    assert amounts(990, 999, 4, digits=3) == [(0, 1, 9), (1, 2, 5)]
    assert amounts(900, 950, 4, digits=3) == [(0, 1, 50)]
    assert amounts(990, 999, 4) == [(0, 1, 9)]


def test_a_change_that_was_written_down_counts_the_registers_of_both_devices():
    change = DeviceChange(1.5 * HOUR, 118, 2)

    assert amounts(100, 110, 7, 9, changes=[change]) == [
        (0, 1, 10),
        (1, 1.5, 8),
        (1.5, 2, 5),
        (2, 3, 2),
    ]


def test_a_change_whose_registers_nobody_read_leaves_a_gap():
    change = DeviceChange(1.5 * HOUR, None, None)

    assert amounts(100, 110, 7, 9, changes=[change]) == [(0, 1, 10), (2, 3, 2)]


def test_a_piece_over_several_slots_is_spread_and_stays_whole():
    shares = by_slot([Piece(0, 3 * HOUR, 1000)], time_zone="Europe/Madrid", minutes=60)

    assert [share.value for share in shares.values()] == [333, 334, 333]
    assert not any(share.exact for share in shares.values())


def test_a_slot_between_two_registers_off_the_grid_has_its_share_of_each_piece():
    pieces = [Piece(600, 1500, 90), Piece(1500, 2400, 30), Piece(2400, 3000, 6)]

    shares = by_slot(pieces, time_zone="Europe/Madrid", minutes=15)

    assert [(slot, share.value, share.exact) for (_day, slot), share in shares.items()] == [
        (5, 60 + 10, False),
        (6, 20 + 3, False),
    ]


def test_registers_that_meet_at_both_borders_of_a_slot_are_exact():
    pieces = [Piece(0, 420, 3), Piece(420, 900, 4)]

    (share,) = by_slot(pieces, time_zone="Europe/Madrid", minutes=15).values()

    assert (share.value, share.exact) == (7, True)


offsets = st.sampled_from([0, 0, 0, 20, 890, 400])
steps = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from([0, 1, 7, 30, -1, -1000, -1005]), offsets),
    min_size=1,
    max_size=40,
)


class RegisterStoreTest(TestCase):
    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(steps, st.randoms(use_true_random=False), st.integers(1, 9))
    def test_registers_in_any_order_give_what_all_of_them_give_at_once(self, drawn, random, some):
        key = series(15, kind="register")
        known, at, value = {}, BEGIN, 100_000.0
        for step, growth, offset in drawn:
            at += step * 900
            instant = at + offset
            snapped = at if offset <= 30 else at + 900 if offset >= 870 else instant
            known.setdefault(snapped, value + growth)
            value += max(growth, 0)
        order = list(known.items())
        random.shuffle(order)

        while order:
            batch, order = order[:some], order[some:]
            put(key, batch, at=at)

        settled = settle(Register(*each) for each in sorted(known.items()))
        into = partners(key.account_id, {key.id: key}, at=at)[key.id]
        expected = {
            start(local, slot, 15): (share.value, share.exact)
            for (local, slot), share in by_slot(
                settled.pieces, time_zone=key.time_zone, minutes=15
            ).items()
        }
        first = day_of(BEGIN, key.time_zone).day
        found = {
            start(day.local, slot, 15): (value, how_of(day.qualities[slot]) == How.MEASURED)
            for day in curve(into, first, first + 4 * ONE_DAY)
            for slot, value in enumerate(day.values)
            if value is not None
        }
        assert found == expected
        findings = set(RegisterFinding.objects.values_list("at", "kind"))
        assert {(each.timestamp(), kind) for each, kind in findings} == {
            *((one.at, "held") for one in settled.held),
            *((each, "change") for each in settled.changes),
        }
        state = State.objects.get(series_id=key.id)
        assert state.register == settled.good[-1].value
        assert state.is_clear == (settled.waiting is None)
