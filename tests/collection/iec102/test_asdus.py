import copy
import pickle
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vatio.collection.iec102 import asdus
from vatio.collection.iec102.asdus import Asdu, BrokenAsdu, IntegratedTotal, MeterIdentity, MeterKey
from vatio.collection.iec102.frames import Frame
from vatio.collection.iec102.labels import TimeLabel

KEY = "68 0D 0D 68 73 58 1B B7 01 06 01 00 00 07 00 00 00 AC 16"
KEY_TAKEN = "68 0D 0D 68 08 58 1B B7 01 07 01 00 00 07 00 00 00 42 16"
CURVE = "68 15 15 68 73 58 1B 7A 01 06 01 00 0B 01 08 01 00 12 09 09 00 00 13 09 09 C6 16"
HOUR = "68 14 14 68 08 01 00 0B 01 05 01 00 0B 01 4F 00 00 00 00 00 81 E1 05 10 ED 16"
END = "68 09 09 68 53 58 1B BB 00 06 01 00 00 88 16"


def summer(*moment: int) -> TimeLabel:
    return TimeLabel(datetime(*moment), True)  # type: ignore[arg-type]


def winter(*moment: int) -> TimeLabel:
    return TimeLabel(datetime(*moment), False)  # type: ignore[arg-type]


def test_the_key_is_handed_over_byte_for_byte() -> None:
    asdu = asdus.open_session(1, MeterKey(7))

    assert Frame(0x73, 7000, asdu.encoded()).encoded() == bytes.fromhex(KEY)
    mirror = asdu.answered(asdus.CONFIRM)
    assert Frame(0x08, 7000, mirror.encoded()).encoded() == bytes.fromhex(KEY_TAKEN)


def test_a_curve_is_asked_for_byte_for_byte_both_ways() -> None:
    asked = asdus.ask_profile(122, 1, 11, winter(2009, 9, 18, 0, 1), winter(2009, 9, 19), objects=8)

    assert Frame(0x73, 7000, asked.encoded()).encoded() == bytes.fromhex(CURVE)
    body = bytes.fromhex(CURVE)[7:-2]
    assert asdus.asked_profile(asdus.decode(body)) == (
        1,
        8,
        winter(2009, 9, 18, 0, 1),
        winter(2009, 9, 19),
    )


def test_an_hour_is_read_and_written_byte_for_byte() -> None:
    body = bytes.fromhex(HOUR)[7:-2]
    asdu = asdus.decode(body)

    assert (asdu.type, asdu.cause, asdu.point, asdu.register) == (11, 5, 1, 11)
    values, end = asdus.totals(asdu)
    assert values == (IntegratedTotal(1, 79, 0),)
    assert end == summer(2016, 5, 1, 1)
    again = asdus.record(11, 1, 11, values, end)
    assert Frame(0x08, 1, again.encoded()).encoded() == bytes.fromhex(HOUR)


def test_the_end_of_a_session_is_written_byte_for_byte() -> None:
    assert Frame(0x53, 7000, asdus.end_session(1).encoded()).encoded() == bytes.fromhex(END)


def test_the_qualities_of_a_value_are_told_apart() -> None:
    plain, invalid, changed, intruded, dark = (
        IntegratedTotal(1, 5, quality) for quality in (0, 0x80, 0x08, 0x04, 0x02)
    )

    assert [each.invalid for each in (plain, invalid, changed)] == [False, True, False]
    assert [each.manipulated for each in (plain, changed, intruded)] == [False, True, True]
    assert [each.unpowered for each in (plain, dark)] == [False, True]


def test_a_refusal_is_a_negative_mirror() -> None:
    refused = asdus.open_session(1, MeterKey(7)).answered(asdus.CONFIRM, negative=True)

    assert refused.encoded()[2] == 0x47
    assert asdus.decode(refused.encoded()) == refused


def test_identity_and_clock_are_read() -> None:
    who = Asdu(71, 1, 5, 1, 0, bytes.fromhex("00 19 41 42 0F 00"))
    clock = Asdu(72, 1, 5, 1, 0, bytes.fromhex("F4 A9 24 90 BF 03 11"))

    assert asdus.identity(who) == MeterIdentity(25, 1_000_001)
    assert asdus.clock(clock) == TimeLabel(datetime(2017, 3, 31, 16, 36, 42, 500_000), True)


def test_records_that_are_not_as_long_as_they_say_are_refused() -> None:
    asdu = asdus.decode(bytes.fromhex(HOUR)[7:-2])
    twice = asdu.data[:6] + asdu.data

    wrong = [
        replace(asdu, data=asdu.data[:-1]),
        replace(asdu, count=2),
        replace(asdu, count=0),
        replace(asdu, count=0x81),
        replace(asdu, count=2, data=twice),
        replace(asdu, data=asdu.data[:-2] + b"\x0d\x10"),
    ]

    for each in wrong:
        with pytest.raises(BrokenAsdu):
            asdus.totals(each)


@given(st.binary(max_size=252))
def test_random_bytes_are_refused_or_read_and_never_break(body: bytes) -> None:
    for read in (asdus.totals, asdus.identity, asdus.clock, asdus.asked_profile):
        try:
            read(asdus.decode(body))  # type: ignore[operator]
        except BrokenAsdu as error:
            assert error.args == ()
            assert error.__cause__ is None


def test_a_key_never_shows_its_value() -> None:
    key = MeterKey(48_151_623)

    shown = f"{key} {key!r} {asdus.open_session(1, key)!r} {[key]}"

    assert "48151623" not in shown
    assert "\\x" not in shown
    for leak in (copy.copy, pickle.dumps):
        with pytest.raises(TypeError):
            leak(key)
    with pytest.raises(ValueError, match="from 0 to 4294967295"):
        MeterKey(2**32)
