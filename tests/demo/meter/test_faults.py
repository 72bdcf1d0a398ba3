import time

import pytest

from tests.demo.meter.calling import (
    BEGIN,
    DAY,
    NOW,
    called,
    called_at_once,
    day,
    measured,
    values,
)
from vatio.collection.iec102.curves import MeterCurve
from vatio.collection.iec102.failures import CallFailed, CallFailure
from vatio.collection.iec102.session import MeterSession
from vatio.demo.meter.faults import KNOWN, MeterFaults, UnknownMeterFault, listed

WHOLE = measured(BEGIN, BEGIN + DAY, 60)
STARTS = list(WHOLE)

SURVIVED = {
    "deaf", "drop", "drop-every", "corrupt", "corrupt-every", "delay", "late", "split", "idle",
    "noise", "echo", "no-confirm", "wait", "duplicates", "disorder", "edges", "drift",
    "no-quarters", "quarters-nack", "quarters-no-data",
}  # fmt: skip
MARKED = {"contradiction", "no-first", "no-last", "hole", "invalid", "manipulated", "doubtful"}
FATAL = {
    "busy": CallFailure.BUSY,
    "full": CallFailure.BUSY,
    "nack": CallFailure.BUSY,
    "silent": CallFailure.SILENT,
    "silent-from": CallFailure.SILENT,
    "corrupt-all": CallFailure.GARBLED,
    "cut": CallFailure.HUNG_UP,
    "hang-up": CallFailure.HUNG_UP,
    "slow": CallFailure.TOO_SLOW,
    "idle-flood": CallFailure.GARBLED,
    "idle-only": CallFailure.TOO_SLOW,
    "garbage": CallFailure.GARBLED,
    "other-link": CallFailure.OTHER_LINK,
    "other-point": CallFailure.OTHER_POINT,
    "wrong-key": CallFailure.REFUSED_KEY,
    "wrong-key-cause": CallFailure.REFUSED_KEY,
    "wrong-key-nack": CallFailure.REFUSED_KEY,
    "wrong-key-no-data": CallFailure.REFUSED_KEY,
    "wrong-key-silent": CallFailure.REFUSED_KEY,
    "no-type": CallFailure.NOT_SUPPORTED,
    "no-point": CallFailure.OTHER_POINT,
    "no-period": CallFailure.NOT_AVAILABLE,
    "no-end": CallFailure.NO_DATA,
    "flood": CallFailure.UNEXPECTED,
    "other-register": CallFailure.UNEXPECTED,
    "short": CallFailure.UNEXPECTED,
    "no-moment": CallFailure.UNEXPECTED,
}


def test_every_fault_has_its_outcome() -> None:
    assert SURVIVED | MARKED | set(FATAL) == set(KNOWN)
    assert len(SURVIVED) + len(MARKED) + len(FATAL) == len(KNOWN)


def test_the_right_readings_come_in_spite_of_faults_of_the_line() -> None:
    faults, begun = sorted(SURVIVED), time.monotonic()

    outcomes = called_at_once(faults, act=day())

    curves = {
        fault: curve
        for fault, curve in zip(faults, outcomes, strict=True)
        if isinstance(curve, MeterCurve)
    }
    assert {fault: values(curve) == WHOLE for fault, curve in curves.items()} == dict.fromkeys(
        faults, True
    )
    for curve in curves.values():
        assert [each.start for each in curve.intervals] == STARTS
        assert (curve.missing, curve.contradicted) == ((), ())
    assert time.monotonic() - begun < 15


def test_a_call_that_fails_says_the_right_reason_and_in_time() -> None:
    begun = time.monotonic()

    outcomes = called_at_once(list(FATAL), act=day())

    assert dict(zip(FATAL, outcomes, strict=True)) == FATAL
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("fault", ["drop", "corrupt", "deaf", "late", "noise"])
def test_wherever_something_is_lost_the_readings_are_right(fault: str) -> None:
    curves = called_at_once([f"{fault}={number}" for number in range(1, 32)], act=day())

    assert [outcome for outcome in curves if isinstance(outcome, CallFailure)] == []
    assert [values(curve) for curve in curves if isinstance(curve, MeterCurve)] == [WHOLE] * 31


@pytest.mark.parametrize("fault", ["cut", "hang-up"])
def test_wherever_the_meter_hangs_up_there_are_no_readings(fault: str) -> None:
    outcomes = called_at_once([f"{fault}={number}" for number in range(1, 31)], act=day())

    first = CallFailure.BUSY if fault == "hang-up" else CallFailure.HUNG_UP
    key = [CallFailure.REFUSED_KEY] * 2
    assert outcomes == [first, CallFailure.HUNG_UP, *key] + [CallFailure.HUNG_UP] * 26


@pytest.mark.parametrize(("fault", "reason"), [
    ("no-quarters", CallFailure.NOT_AVAILABLE),
    ("quarters-nack", CallFailure.BUSY),
    ("quarters-no-data", CallFailure.NO_DATA),
])  # fmt: skip
def test_a_meter_may_refuse_quarter_hours_and_give_hours(fault: str, reason: CallFailure) -> None:
    async def both(opened: MeterSession) -> tuple[CallFailure, MeterCurve]:
        with pytest.raises(CallFailed) as failed:
            await day(15)(opened)
        return failed.value.reason, await day()(opened)

    refused, hours = called(fault, act=both)

    assert (refused, values(hours)) == (reason, WHOLE)


def test_what_is_missing_is_said() -> None:
    first, last, third = (called(each, act=day()) for each in ("no-first", "no-last", "hole"))

    assert (first.missing, last.missing, third.missing) == (
        (STARTS[0],),
        (STARTS[-1],),
        (STARTS[2],),
    )
    assert values(third) == {at: each for at, each in WHOLE.items() if at != STARTS[2]}


def test_records_that_contradict_each_other_are_both_left_out() -> None:
    curve = called("contradiction", act=day())

    assert curve.contradicted == curve.missing == (STARTS[2],)
    assert values(curve) == {at: each for at, each in WHOLE.items() if at != STARTS[2]}


def test_records_that_come_twice_or_out_of_order_are_put_right_and_said() -> None:
    twice, reversed_, edges = (
        called(each, act=day()) for each in ("duplicates", "disorder", "edges")
    )

    assert (twice.repeated, twice.disordered) == (24, False)
    assert (reversed_.repeated, reversed_.disordered) == (0, True)
    assert edges.strange == 2


def test_records_that_come_twice_survive_losses_too() -> None:
    curve = called("duplicates", "drop-every=25", "late=20", act=day())

    assert values(curve) == WHOLE
    assert curve.repeated == 24


def test_values_that_the_meter_doubts_are_marked() -> None:
    invalid, manipulated, doubtful = (
        called(each, act=day()) for each in ("invalid", "manipulated", "doubtful")
    )

    assert [at.start for at in invalid.intervals if at.totals[0].invalid] == [STARTS[2]]
    assert [at.start for at in manipulated.intervals if at.totals[0].manipulated] == [STARTS[2]]
    assert [at.start for at in doubtful.intervals if at.doubtful] == [STARTS[2]]


def test_the_clock_of_a_meter_that_is_ahead_is_told() -> None:
    right = called(act=lambda opened: opened.clock())
    ahead = called("drift=95", act=lambda opened: opened.clock())

    assert 0 <= (right.at - NOW).total_seconds() < 5
    assert 95 <= (ahead.at - NOW).total_seconds() < 100
    assert not ahead.doubtful


def test_faults_are_read_by_name_and_number() -> None:
    faults = MeterFaults(["drop=5", "delay"])

    assert faults.hits("drop", 5)
    assert not faults.hits("drop", 6)
    assert faults.number("delay") == 0.02
    assert len(listed()) == len(KNOWN)
    for wrong in ("dropp", "drop=x"):
        with pytest.raises(UnknownMeterFault):
            MeterFaults([wrong])
