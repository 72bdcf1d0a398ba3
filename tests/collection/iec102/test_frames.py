import pytest
from hypothesis import given
from hypothesis import strategies as st

from vatio.collection.iec102.frames import BrokenFrame, Frame, FrameReader

LINK = 0x1B58
KEY_FRAME = "68 0D 0D 68 73 58 1B B7 01 06 01 00 00 07 00 00 00 AC 16"
CURVE_FRAME = "68 15 15 68 73 58 1B 7A 01 06 01 00 0B 01 08 01 00 12 09 09 00 00 13 09 09 C6 16"
END_FRAME = "68 09 09 68 53 58 1B BB 00 06 01 00 00 88 16"

GOLDEN = [
    ("10 49 58 1B BC 16", Frame(0x49, LINK)),
    ("10 0B 58 1B 7E 16", Frame(0x0B, LINK)),
    ("10 40 58 1B B3 16", Frame(0x40, LINK)),
    ("10 00 58 1B 73 16", Frame(0x00, LINK)),
    ("10 5B 58 1B CE 16", Frame(0x5B, LINK)),
    ("10 7B 58 1B EE 16", Frame(0x7B, LINK)),
    (KEY_FRAME, Frame(0x73, LINK, bytes.fromhex("B7 01 06 01 00 00 07 00 00 00"))),
    (CURVE_FRAME, Frame(0x73, LINK, bytes.fromhex(CURVE_FRAME)[7:-2])),
    (END_FRAME, Frame(0x53, LINK, bytes.fromhex("BB 00 06 01 00 00"))),
]

bodies = st.binary(min_size=1, max_size=252)
any_frame = st.builds(
    Frame, st.integers(0, 255), st.integers(0, 0xFFFF), st.one_of(st.just(b""), bodies)
)


@pytest.mark.parametrize(("written", "frame"), GOLDEN)
def test_known_frames_are_written_and_read_byte_for_byte(written: str, frame: Frame) -> None:
    line = bytes.fromhex(written)

    assert frame.encoded() == line
    assert FrameReader().feed(line) == [frame]


def test_idle_bytes_before_a_frame_are_skipped() -> None:
    reader = FrameReader()

    found = reader.feed(b"\xff" * 300) + reader.feed(b"\xff\xff" + bytes.fromhex(GOLDEN[1][0]))

    assert found == [Frame(0x0B, LINK)]


@given(st.lists(any_frame, max_size=5), st.data())
def test_frames_are_found_wherever_the_bytes_are_split(
    frames: list[Frame], data: st.DataObject
) -> None:
    line = b"".join(b"\xff" * (each.link % 3) + each.encoded() for each in frames)
    reader, found, at = FrameReader(), [], 0

    while at < len(line):
        size = data.draw(st.integers(1, 40))
        found += reader.feed(line[at : at + size])
        at += size

    assert found == frames
    assert not reader.has_begun


@given(any_frame, st.data())
def test_a_frame_with_one_spoilt_byte_is_never_read(frame: Frame, data: st.DataObject) -> None:
    line = bytearray(frame.encoded())
    at = data.draw(st.integers(0, len(line) - 1))
    line[at] ^= data.draw(st.integers(1, 255))
    found = []

    try:
        found = FrameReader().feed(bytes(line))
    except BrokenFrame as error:
        assert error.args == ()

    assert found == []


@given(st.lists(st.binary(max_size=60), max_size=10))
def test_random_bytes_are_no_frame_and_never_wait_for_more_than_a_frame(
    pieces: list[bytes],
) -> None:
    reader = FrameReader()

    for piece in pieces:
        try:
            reader.feed(piece)
        except BrokenFrame:
            assert not reader.has_begun

    assert len(reader._pending) < 261


def test_after_a_broken_frame_the_next_one_is_read() -> None:
    reader = FrameReader()

    with pytest.raises(BrokenFrame):
        reader.feed(bytes.fromhex("10 49 58 1B BD 16") + bytes.fromhex(KEY_FRAME))

    assert reader.feed(bytes.fromhex(GOLDEN[0][0])) == [Frame(0x49, LINK)]


def test_no_frame_shows_its_data() -> None:
    shown = repr(Frame(0x73, LINK, b"\xb7secret"))

    assert shown == "Frame(control=115, link=7000)"


def test_a_data_unit_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        Frame(0x73, LINK, bytes(253)).encoded()
