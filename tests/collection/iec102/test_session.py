import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from vatio.collection.iec102.asdus import IntegratedTotal, MeterKey
from vatio.collection.iec102.curves import MeterCurve
from vatio.collection.iec102.failures import CallFailed, CallFailure
from vatio.collection.iec102.link import CallLimits
from vatio.collection.iec102.session import MeterAddress, session

MADRID = ZoneInfo("Europe/Madrid")
SHORT = CallLimits(reply=0.1, quiet=0.01, pause=0, call=5, farewell=0.05)
HOUR = datetime(2016, 4, 30, 22, tzinfo=UTC)


def framed(content: str) -> str:
    data = bytes.fromhex(content)
    start = bytes([0x68, len(data), len(data), 0x68])
    return (start + data + bytes([sum(data) & 0xFF, 0x16])).hex(" ")


ACK, NACK, NO_DATA = "10 00 58 1B 73 16", "10 01 58 1B 74 16", "10 09 58 1B 7C 16"
STATUS = ("10 49 58 1B BC 16", "10 0B 58 1B 7E 16")
RESET = ("10 40 58 1B B3 16", ACK)
KEY = ("68 0D 0D 68 73 58 1B B7 01 06 01 00 00 07 00 00 00 AC 16", ACK)
FETCH, FETCH_ON = "10 5B 58 1B CE 16", "10 7B 58 1B EE 16"
KEY_TAKEN = "68 0D 0D 68 08 58 1B B7 01 07 01 00 00 07 00 00 00 42 16"
ASK = framed("73 58 1B 7B 01 06 01 00 0B 01 08 00 81 01 05 10 00 81 01 05 10")
ASK_ON = framed("53 58 1B 7B 01 06 01 00 0B 01 08 00 81 01 05 10 00 81 01 05 10")
TAKEN = framed("08 58 1B 7B 01 07 01 00 0B 01 08 00 81 01 05 10 00 81 01 05 10")
RECORD = framed("08 58 1B 0B 01 05 01 00 0B 01 4F 00 00 00 00 00 81 E1 05 10")
ENDED = framed("08 58 1B 7B 01 0A 01 00 0B 01 08 00 81 01 05 10 00 81 01 05 10")
NOT_THERE = framed("08 58 1B 7B 01 52 01 00 0B 01 08 00 81 01 05 10 00 81 01 05 10")

BEGINNING = [STATUS, RESET, KEY, (FETCH, KEY_TAKEN)]
HOUR_OF_MAY = [(ASK, ACK), (FETCH, TAKEN), (FETCH_ON, RECORD), (FETCH, ENDED)]
PART = (framed("53 58 1B BB 00 06 01 00 00"), ACK)
PART_ON = (framed("73 58 1B BB 00 06 01 00 00"), ACK)


HANGS_UP = "hangs up"


class ConversationLine:
    """Expects a conversation frame by frame, and gives the answers of it."""

    def __init__(self, turns: list[tuple[str, str]]) -> None:
        self._turns = list(turns)
        self._said: asyncio.Queue[bytes] = asyncio.Queue()
        self.closed = False

    async def write(self, data: bytes) -> None:
        asked, said = self._turns.pop(0)
        assert data.hex(" ") == asked.lower()
        if said:
            self._said.put_nowait(b"" if said == HANGS_UP else bytes.fromhex(said))

    async def read(self) -> bytes:
        return await self._said.get()

    async def close(self) -> None:
        self.closed = not self._turns


def read_hour(turns: list[tuple[str, str]], *, limits: CallLimits = SHORT) -> MeterCurve:
    line = ConversationLine(turns)

    async def run() -> MeterCurve:
        address = MeterAddress(7000, 1)
        async with session(line, address, MeterKey(7), zone=MADRID, limits=limits) as begun:
            return await begun.curve(HOUR, HOUR + timedelta(hours=1), minutes=60)

    try:
        return asyncio.run(run())
    finally:
        assert line.closed


def test_a_whole_session_is_byte_for_byte_as_published() -> None:
    curve = read_hour([*BEGINNING, *HOUR_OF_MAY, PART_ON])

    assert [(each.start, each.totals) for each in curve.intervals] == [
        (HOUR, (IntegratedTotal(1, 79, 0),))
    ]


@pytest.mark.parametrize("lost", ["", RECORD[:-5] + "61 16", RECORD[:30], "FF FF FF", "00 00"])
def test_what_was_lost_is_asked_again_with_the_same_frame_count_bit(lost: str) -> None:
    turns = [*BEGINNING, *HOUR_OF_MAY[:2], (FETCH_ON, lost), *HOUR_OF_MAY[2:], PART_ON]

    curve = read_hour(turns)

    assert [each.totals[0].value for each in curve.intervals] == [79]


def test_an_answer_that_is_late_hides_none_that_comes_in_the_same_piece() -> None:
    late = [(ASK, ""), (ASK, ACK), (FETCH, ""), (FETCH, ""), (FETCH, f"{ACK} {TAKEN}")]

    curve = read_hour([*BEGINNING, *late, *HOUR_OF_MAY[2:], PART_ON])

    assert [each.totals[0].value for each in curve.intervals] == [79]


def test_before_the_key_it_is_made_sure_that_no_answer_to_the_reset_is_owed() -> None:
    late = [STATUS, (RESET[0], ""), RESET, (STATUS[0], f"{ACK} {STATUS[1]}"), *BEGINNING[2:]]

    curve = read_hour([*late, *HOUR_OF_MAY, PART_ON])

    assert [each.totals[0].value for each in curve.intervals] == [79]


def test_a_gap_on_a_disturbed_line_is_asked_for_again_before_it_is_believed() -> None:
    skipped = [*HOUR_OF_MAY[:2], (FETCH_ON, ""), (FETCH_ON, ENDED)]
    again = [(ASK_ON, ACK), (FETCH_ON, TAKEN), (FETCH, RECORD), (FETCH_ON, ENDED)]

    curve = read_hour([*BEGINNING, *skipped, *again, PART])

    assert [each.totals[0].value for each in curve.intervals] == [79]
    assert curve.missing == ()


@pytest.mark.parametrize("again", [
    [(ASK_ON, ACK), (FETCH_ON, TAKEN), (FETCH, ENDED), PART_ON],
    [(ASK_ON, ACK), (FETCH_ON, NOT_THERE), PART],
    [(ASK_ON, NACK), (ASK, NACK), (ASK_ON, NACK), PART_ON],
])  # fmt: skip
def test_a_gap_that_stays_is_believed(again: list[tuple[str, str]]) -> None:
    skipped = [*HOUR_OF_MAY[:2], (FETCH_ON, ""), (FETCH_ON, ENDED)]

    curve = read_hour([*BEGINNING, *skipped, *again])

    assert (curve.intervals, curve.missing) == ((), (HOUR,))


def test_a_gap_on_a_good_line_is_believed_at_once() -> None:
    turns = [(ASK, ACK), (FETCH, TAKEN), (FETCH_ON, ENDED), PART]

    assert read_hour([*BEGINNING, *turns]).missing == (HOUR,)


def test_after_three_tries_the_call_has_failed() -> None:
    turns = [*BEGINNING, (ASK, ACK), (FETCH, ""), (FETCH, ""), (FETCH, "")]

    with pytest.raises(CallFailed) as failed:
        read_hour(turns)

    assert failed.value.reason is CallFailure.SILENT


@pytest.mark.parametrize("turns", [
    [STATUS, RESET, (KEY[0], NACK)],
    [STATUS, RESET, KEY, (FETCH, NO_DATA)],
    [STATUS, RESET, KEY, (FETCH, framed("08 58 1B B7 01 47 01 00 00 07 00 00 00"))],
    [STATUS, RESET, KEY, (FETCH, framed("08 58 1B B7 01 0D 01 00 00 07 00 00 00"))],
])  # fmt: skip
def test_a_refused_key_is_known_at_once_and_nothing_more_is_asked(
    turns: list[tuple[str, str]],
) -> None:
    with pytest.raises(CallFailed) as failed:
        read_hour(turns)

    assert failed.value.reason is CallFailure.REFUSED_KEY


@pytest.mark.parametrize("turns", [
    [(KEY[0], "")] * 3,
    [(KEY[0], "10 00")] * 3,
    [(KEY[0], "00 00")] * 3,
    [(KEY[0], HANGS_UP)],
    [KEY, *[(FETCH, "")] * 3],
    [KEY, *[(FETCH, KEY_TAKEN[:20])] * 3],
    [KEY, *[(FETCH, KEY_TAKEN[:-5] + "43 16")] * 3],
    [KEY, *[(FETCH, ACK)] * 3],
    [KEY, (FETCH, HANGS_UP)],
    [KEY, (FETCH, framed("08 58 1B B7 01 07"))],
])  # fmt: skip
def test_whatever_comes_after_the_key_and_is_no_acceptance_is_a_refusal(
    turns: list[tuple[str, str]],
) -> None:
    with pytest.raises(CallFailed) as failed:
        read_hour([STATUS, RESET, *turns])

    assert failed.value.reason is CallFailure.REFUSED_KEY


def test_a_call_whose_time_ends_before_the_key_is_accepted_has_it_refused() -> None:
    limits = replace(SHORT, reply=1, call=0.2)

    with pytest.raises(CallFailed) as failed:
        read_hour([STATUS, RESET, KEY, (FETCH, "")], limits=limits)

    assert failed.value.reason is CallFailure.REFUSED_KEY


def test_another_link_address_that_answers_the_key_is_named() -> None:
    with pytest.raises(CallFailed) as failed:
        read_hour([STATUS, RESET, *[(KEY[0], "10 00 59 1B 74 16")] * 3])

    assert failed.value.reason is CallFailure.OTHER_LINK


def test_after_a_refusal_the_session_is_ended_all_the_same() -> None:
    with pytest.raises(CallFailed) as failed:
        read_hour([*BEGINNING, (ASK, ACK), (FETCH, NOT_THERE), PART_ON])

    assert failed.value.reason is CallFailure.NOT_AVAILABLE


def test_a_range_that_is_not_whole_intervals_is_refused_before_it_is_asked() -> None:
    limits = replace(SHORT, tries=1)
    line = ConversationLine(BEGINNING)

    async def run() -> None:
        address = MeterAddress(7000, 1)
        async with session(line, address, MeterKey(7), zone=MADRID, limits=limits) as begun:
            await begun.curve(HOUR, HOUR + timedelta(minutes=90), minutes=60)

    with pytest.raises(ValueError, match="whole interval"):
        asyncio.run(run())
