from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests import make
from tests.readings.gateways import NOW, Gateway, gateway
from tests.readings.recounting import disagreements
from tests.readings.stored import seconds
from vatio.accounts.models import Account
from vatio.history.models import Act
from vatio.metering.changing import NewDevice, WrongChange
from vatio.readings.curves import curve
from vatio.readings.models import Day, RegisterFinding, State
from vatio.readings.resettling import NoChangeFound, change_device, undo_change
from vatio.readings.slots import ONE_DAY

DAY = date(2026, 10, 20)
BEGIN = int(seconds("2026-10-19T22:00"))
HOUR = 3600
SWAP = 11


def change(own: Gateway, last: str | None = "111.4", first: str | None = "2", on: date = DAY):
    new = NewDevice(
        on,
        f"N{on.isoformat()}",
        None if last is None else Decimal(last),
        None if first is None else Decimal(first),
    )
    return change_device(own.meters[0], new, by=make.commercial(), at=NOW)


def intervals(own: Gateway, day: date = DAY) -> list[float | None]:
    (found,) = curve(own.intervals(), day, day + ONE_DAY)
    return found.values


def states() -> list[tuple[int, float, float]]:
    """The registers of the day: one more each hour, and of another device from `SWAP` on."""
    old = [(0, BEGIN + hour * HOUR, 100.0 + hour) for hour in range(-2, SWAP + 1)]
    new = [(0, BEGIN + hour * HOUR, 2.5 + hour - SWAP) for hour in range(SWAP + 1, 30)]
    return [*old, *new]


EXPECTED = [1000.0] * SWAP + [400 + 1500.0] + [1000.0] * (23 - SWAP)


@pytest.mark.django_db
@pytest.mark.parametrize("moment", ["before", "after", "between", "in the middle of the day"])
def test_a_change_counts_both_devices_whenever_it_is_recorded(moment):
    own, all_states = gateway(quantity=402), states()
    parts = {
        "before": [],
        "after": all_states,
        "between": all_states[: SWAP + 3],
        "in the middle of the day": all_states[: SWAP + 6],
    }[moment]

    if parts:
        own.insert(parts)
    change(own)
    own.insert(all_states)

    assert intervals(own) == EXPECTED
    assert not RegisterFinding.objects.exists()
    assert disagreements() == []


@pytest.mark.django_db
def test_a_change_whose_registers_nobody_read_leaves_one_gap():
    own = gateway(quantity=402)
    own.insert(states())

    change(own, None, None)

    assert intervals(own) == [1000.0] * SWAP + [None] + [1000.0] * (23 - SWAP)


@pytest.mark.django_db
def test_a_new_device_that_shows_more_than_the_old_one_counts_from_its_first_state():
    own = gateway(quantity=402)
    used = [(0, at, value + (5000 if value < 50 else 0)) for _d, at, value in states()]
    own.insert(used)
    assert sum(intervals(own)) > 4_000_000

    change(own, "111.4", "5002")

    assert intervals(own) == EXPECTED


@pytest.mark.django_db
def test_a_dip_on_the_day_of_a_change_is_no_change():
    own = gateway(quantity=402)
    dipped = [(0, at, 0.0 if at == BEGIN + 5 * HOUR else value) for _d, at, value in states()]
    own.insert(dipped)

    change(own)

    found = intervals(own)
    assert found[:4] + found[6:] == EXPECTED[:4] + EXPECTED[6:]
    assert found[4] + found[5] == 2000


@pytest.mark.django_db
def test_a_change_on_a_day_without_registers_spreads_what_both_counted():
    own = gateway(quantity=402)
    own.insert([(0, BEGIN - HOUR, 99), (0, BEGIN + 26 * HOUR, 8)])

    change(own, "111.4", "2")

    total = sum(
        intervals(own, DAY - ONE_DAY)[-1:] + intervals(own) + intervals(own, DAY + ONE_DAY)[:2]
    )
    assert total == 12_400 + 6_000


@pytest.mark.django_db
def test_a_change_of_a_meter_without_readings_writes_no_day():
    own = gateway(quantity=402)
    own.insert([(0, BEGIN, 100)])
    other = gateway(quantity=402, of=None)

    change(other)

    assert not Day.objects.filter(account_id=other.account.pk).exists()
    assert not other.points[0].series.exclude(first_reading_on=None).exists()


@pytest.mark.django_db
def test_a_change_that_is_refused_settles_nothing():
    own = gateway(quantity=402)
    change(own)
    own.insert(states())

    with pytest.raises(WrongChange):
        change(own, None, None)

    assert intervals(own) == EXPECTED


@pytest.mark.django_db
def test_no_register_follows_without_more_ado_on_the_day_of_a_change():
    own = gateway(quantity=402)
    own.insert(states()[:5])
    register = State.objects.filter(series_id=own.series(kind="register").id)
    assert register.get().is_clear

    change(own)
    during = register.get().is_clear
    own.insert(states())

    assert (during, register.get().is_clear) == (False, True)


def resets() -> list[tuple[int, float, float]]:
    below = [(0, BEGIN + hour * HOUR, float(hour)) for hour in range(5, 9)]
    above = [(0, BEGIN + hour * HOUR, 100.0 + hour) for hour in range(9, 12)]
    return [*((0, BEGIN + hour * HOUR, 100.0 + hour) for hour in range(5)), *below, *above]


@pytest.mark.django_db
def test_a_change_that_was_found_can_be_undone():
    own = gateway(quantity=402)
    own.insert(resets())
    found = RegisterFinding.objects.get(kind="change")
    assert intervals(own)[:12] == [1000] * 4 + [None] + [1000] * 3 + [101_000, 1000, 1000, None]
    by, account = make.commercial(), Account.objects.get(pk=own.account.pk)

    undo_change(account, found.series_id, found_at=found.at, by=by, at=NOW)

    assert intervals(own)[:12] == [1000] * 11 + [None]
    found.refresh_from_db()
    assert (found.undone_at, found.undone_by_id) == (NOW, by.pk)
    assert RegisterFinding.objects.exclude(at=found.at).filter(kind="held").count() == 3
    act = Act.objects.get(verb="readings.change_undone")
    assert act.facts == {"meter": own.meters[0].name, "day": "2026-10-20"}
    assert disagreements() == []
    with pytest.raises(NoChangeFound):
        undo_change(account, found.series_id, found_at=found.at, by=by, at=NOW)


@pytest.mark.django_db
def test_what_was_undone_stays_so_whatever_comes_again():
    own = gateway(quantity=402)
    own.insert(resets())
    found = RegisterFinding.objects.get(kind="change")
    undo_change(
        Account.objects.get(pk=own.account.pk),
        found.series_id,
        found_at=found.at,
        by=make.commercial(),
        at=NOW,
    )

    own.insert([*resets(), (0, BEGIN + 6 * HOUR + 400, 6.1), (0, BEGIN + 12 * HOUR, 112)])

    assert intervals(own)[:12] == [1000] * 12
    assert [each.undone_at for each in RegisterFinding.objects.filter(kind="change")] == [NOW]


@pytest.mark.django_db
def test_what_is_no_change_cannot_be_undone():
    own, other = gateway(quantity=402), gateway(quantity=402)
    own.insert([*resets()[:5], (0, BEGIN + 5 * HOUR, 0)])
    other.insert(resets())
    held = RegisterFinding.objects.get(account_id=own.account.pk)
    theirs = RegisterFinding.objects.get(account_id=other.account.pk, kind="change")
    account, by = Account.objects.get(pk=own.account.pk), make.commercial()

    for each in (held, theirs):
        with pytest.raises(NoChangeFound):
            undo_change(account, each.series_id, found_at=each.at, by=by, at=NOW)

    assert not RegisterFinding.objects.exclude(undone_at=None).exists()
    assert not Act.objects.filter(verb="readings.change_undone").exists()


drawn_days = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 9)), min_size=4, max_size=30)


class ChangedDeviceTest(TestCase):
    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(
        drawn_days,
        st.integers(0, 30),
        st.booleans(),
        st.randoms(use_true_random=False),
        st.integers(1, 9),
        st.integers(0, 9),
    )
    def test_any_order_of_registers_and_the_change_gives_what_all_give_at_once(
        self, drawn, swap, is_read, random, some, recorded
    ):
        own = gateway(quantity=402)
        hour, value, known, last, first, on = -8, 500.0, [], None, None, None
        swapped = min(swap, len(drawn) - 1)
        for number, (step, growth) in enumerate(drawn):
            if number == swapped:
                last, first, value = value + 0.5, 3.0, 3.0
                on = datetime.fromtimestamp(BEGIN + hour * HOUR + 9000, UTC).date()
            hour += step
            value += growth
            known.append((0, BEGIN + hour * HOUR, value))
        order = known[:]
        random.shuffle(order)
        told = (str(last), str(first)) if is_read else (None, None)

        for number in range(0, len(order), some):
            if number // some == recorded:
                change(own, *told, on=on)
            own.insert(order[number : number + some])
        if recorded * some >= len(order):
            change(own, *told, on=on)

        once = gateway(quantity=402)
        change(once, *told, on=on)
        once.insert(known)
        for day in range(-1, 8):
            assert intervals(own, DAY + day * ONE_DAY) == intervals(once, DAY + day * ONE_DAY)
        if is_read and swapped:
            days = [intervals(own, DAY + day * ONE_DAY) for day in range(-1, 8)]
            grown = sum(growth for _step, growth in drawn[1:]) + 0.5
            assert sum(value or 0 for day in days for value in day) == grown * 1000
        assert disagreements() == []


@pytest.mark.django_db
def test_of_a_meter_that_had_no_readings_the_first_ones_tell_of_which_device_they_are():
    new, both = gateway(quantity=402), gateway(quantity=402)
    for each in (new, both):
        change(each)

    new.insert(states()[SWAP + 3 :])
    both.insert(states()[4:])

    assert intervals(new)[SWAP + 1 :] == EXPECTED[SWAP + 1 :]
    assert sum(value or 0 for value in intervals(new)) == 1000 * (23 - SWAP) + 1500
    assert intervals(both) == [None, None, *EXPECTED[2:]]
