import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vatio.collection.iec102.failures import CallFailed, CallFailure
from vatio.collection.reaching.modem import ModemLimits, ModemStream, dial_modem

LIMITS = ModemLimits(command=0.5, connect=0.5, guard=0.02)
PROMPT = ModemLimits(command=5, connect=5, guard=0.02)


class ScriptedModem:
    """Answers each command as a script says, in pieces, and echoes what it hears."""

    def __init__(self, answers: dict[bytes, bytes], *, piece: int = 1000) -> None:
        self.answers = answers
        self.piece = piece
        self.heard: list[bytes] = []
        self.closed = 0
        self._said: asyncio.Queue[bytes] = asyncio.Queue()

    async def write(self, data: bytes) -> None:
        self.heard.append(data)
        answer = data + self.answers.get(data.strip(), b"")
        for at in range(0, len(answer), self.piece):
            self._said.put_nowait(answer[at : at + self.piece])

    async def read(self) -> bytes:
        return await self._said.get()

    async def close(self) -> None:
        self.closed += 1

    def left(self) -> list[bytes]:
        return [self._said.get_nowait() for _piece in range(self._said.qsize())]


def script(dialled: bytes, **others: bytes) -> dict[bytes, bytes]:
    return {
        b"ATZ": b"\r\nOK\r\n",
        b"AT+CBST=7,0,1": b"\r\nOK\r\n",
        b"ATD600123456": dialled,
        b"ATH0": b"\r\nOK\r\n",
        **{name.encode(): answer for name, answer in others.items()},
    }


def dial(modem: ScriptedModem, limits: ModemLimits = LIMITS) -> ModemStream:
    return asyncio.run(dial_modem(modem, "600123456", limits=limits))


@pytest.mark.parametrize("piece", [1, 3, 1000])
def test_a_call_is_dialled_and_what_follows_the_connection_is_data(piece: int) -> None:
    modem = ScriptedModem(script(b"\r\nCONNECT 9600\r\n\x10\x0b"), piece=piece)

    async def run() -> tuple[bytes, list[bytes]]:
        stream = await dial_modem(modem, "600123456", limits=LIMITS)
        data = b""
        while len(data) < 2:
            data += await stream.read()
        await stream.close()
        await stream.close()
        return data, modem.heard

    data, heard = asyncio.run(run())

    assert data == b"\x10\x0b"
    assert heard == [b"ATZ\r", b"AT+CBST=7,0,1\r", b"ATD600123456\r", b"+++", b"ATH0\r"]
    assert modem.closed == 1


@pytest.mark.parametrize(("said", "reason"), [
    (b"\r\nBUSY\r\n", CallFailure.BUSY),
    (b"\r\nNO CARRIER\r\n", CallFailure.NO_CARRIER),
    (b"\r\nNO DIALTONE\r\n", CallFailure.NO_DIALTONE),
    (b"\r\nNO DIAL TONE\r\n", CallFailure.NO_DIALTONE),
    (b"\r\nNO ANSWER\r\n", CallFailure.NO_ANSWER),
    (b"\r\nERROR\r\n", CallFailure.MODEM_ERROR),
    (b"\r\n+CME ERROR: 30\r\n", CallFailure.MODEM_ERROR),
])  # fmt: skip
def test_a_modem_that_says_why_not_is_believed_at_once(said: bytes, reason: CallFailure) -> None:
    modem, begun = ScriptedModem(script(said)), time.monotonic()

    with pytest.raises(CallFailed) as failed:
        dial(modem, PROMPT)

    assert failed.value.reason is reason
    assert time.monotonic() - begun < 2
    assert modem.closed == 1


def test_a_modem_that_refuses_or_ignores_a_command_is_a_modem_error() -> None:
    for answers in (script(b"", ATZ=b"\r\nERROR\r\n"), script(b"", ATZ=b"")):
        with pytest.raises(CallFailed) as failed:
            dial(ScriptedModem(answers))

        assert failed.value.reason is CallFailure.MODEM_ERROR


def test_a_number_that_only_rings_ends_after_its_time() -> None:
    with pytest.raises(CallFailed) as failed:
        dial(ScriptedModem(script(b"\r\nRING\r\n")))

    assert failed.value.reason is CallFailure.NO_ANSWER


def test_a_call_that_the_other_end_leaves_is_over_and_not_hung_up_again() -> None:
    modem = ScriptedModem(script(b"\r\nCONNECT\r\n\x10\x0b\r\nNO CARRIER\r\n"))

    async def run() -> CallFailure:
        stream = await dial_modem(modem, "600123456", limits=LIMITS)
        with pytest.raises(CallFailed) as failed:
            await stream.read()
        await stream.close()
        return failed.value.reason

    assert asyncio.run(run()) is CallFailure.HUNG_UP
    assert modem.heard[-1] == b"ATD600123456\r"


def test_a_modem_that_was_left_in_a_call_is_brought_back() -> None:
    modem = ScriptedModem(script(b"\r\nCONNECT\r\n"))
    del modem.answers[b"ATZ"]

    async def run() -> list[bytes]:
        dialling = asyncio.create_task(dial_modem(modem, "600123456", limits=LIMITS))
        while b"+++" not in modem.heard:
            await asyncio.sleep(0.01)
        modem.answers[b"ATZ"] = b"\r\nNO CARRIER\r\n\r\nOK\r\n"
        await dialling
        return modem.heard

    assert asyncio.run(run()) == [
        b"ATZ\r",
        b"+++",
        b"ATH0\r",
        b"ATZ\r",
        b"AT+CBST=7,0,1\r",
        b"ATD600123456\r",
    ]


def test_a_call_is_hung_up_when_the_modem_says_so_and_not_when_it_comes_back() -> None:
    modem = ScriptedModem(script(b"\r\nCONNECT\r\n", **{"+++": b"\r\nOK\r\n"}))

    async def run() -> bytes:
        stream = await dial_modem(modem, "600123456", limits=LIMITS)
        await stream.close()
        return b"".join(modem.left())

    assert asyncio.run(run()) == b""


def test_dialling_that_takes_too_long_is_ended() -> None:
    modem = ScriptedModem(script(b""))

    with pytest.raises(CallFailed):
        dial(modem)

    assert modem.heard[-2:] == [b"\r", b"ATH0\r"]


@pytest.mark.parametrize("number", ["", "12", "600;+CGSN", "600123456\rATZ", "٦٠٠١٢٣٤٥٦", "6" * 16])
def test_what_is_no_number_is_never_dialled(number: str) -> None:
    modem = ScriptedModem({})

    with pytest.raises(ValueError):
        asyncio.run(dial_modem(modem, number, limits=LIMITS))

    assert modem.heard == []


@given(st.binary(max_size=2_000))
def test_whatever_a_modem_says_dialling_ends(noise: bytes) -> None:
    short = ModemLimits(command=0.02, connect=0.02, guard=0)

    try:
        dial(ScriptedModem(script(noise)), short)
    except CallFailed as failure:
        assert failure.args == (str(failure.reason),)
