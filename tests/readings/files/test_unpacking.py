import bz2
import gzip
import io
import tracemalloc
import zipfile

import pytest

from tests.readings.files.curve_files import CURVES
from vatio.readings.files import unpacking
from vatio.readings.files.unpacking import InflatesTooFar, Member, inflate_gzip, unpacked
from vatio.spreadsheets.tables import Unreadable

CURVE = (CURVES / "F5D_0031_0762_20261026.0").read_bytes()


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_what_is_not_compressed_is_returned_as_it_is() -> None:
    assert unpacked(CURVE, "F5D.0") == [Member("F5D.0", CURVE)]


def test_a_workbook_is_no_archive() -> None:
    content = (CURVES / "largo_octubre.xlsx").read_bytes()

    assert unpacked(content, "a.xlsx") == [Member("a.xlsx", content)]
    assert unpacked(zipped({"a.xlsx": content}), "a.zip") == [Member("a.xlsx", content)]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (gzip.compress(CURVE), "F5D.0.gz"),
        (gzip.compress(CURVE[:100]) + gzip.compress(CURVE[100:]), "F5D.0.GZ"),
        (bz2.compress(CURVE), "F5D.0.bz2"),
        (bz2.compress(CURVE[:100]) + bz2.compress(CURVE[100:]), "F5D.0.bz2"),
    ],
)
def test_one_compressed_file_is_inflated_and_loses_its_ending(content: bytes, name: str) -> None:
    assert unpacked(content, name) == [Member("F5D.0", CURVE)]


def test_each_member_of_a_zip_is_a_file_of_its_own() -> None:
    content = zipped({"a/F5D.0": CURVE, "b.csv": b"x", "__MACOSX/._b.csv": b"y", "c/": b""})

    assert unpacked(content, "a.zip") == [Member("F5D.0", CURVE), Member("b.csv", b"x")]


@pytest.mark.parametrize(
    "content",
    [
        zipped({"a.zip": zipped({"b": b"x"})}),
        zipped({"a.gz": gzip.compress(b"x")}),
        gzip.compress(bz2.compress(b"x")),
        bz2.compress(zipped({"b": b"x"})),
        zipped({}),
        zipped({"a": b"x"}, zipfile.ZIP_LZMA),
        zipped({"a": CURVE})[:-30],
        gzip.compress(CURVE)[:-9],
        gzip.compress(CURVE)[:20] + b"\xff" * 40,
        bz2.compress(CURVE)[:-9],
        b"7z\xbc\xaf\x27\x1c" + b"\x00" * 20,
        b"Rar!\x1a\x07\x01\x00",
    ],
    ids=str,
)
def test_what_is_nested_damaged_or_of_another_kind_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        unpacked(content, "a")


def test_an_archive_of_201_files_is_refused() -> None:
    fits = zipped({str(number): b"x" for number in range(200)})
    too_many = zipped({str(number): b"x" for number in range(201)})

    with pytest.raises(Unreadable) as refused:
        unpacked(too_many, "a.zip")

    assert len(unpacked(fits, "a.zip")) == 200
    assert "200" in str(refused.value)


def bomb(pack: str, size: int) -> bytes:
    if pack == "gz":
        return gzip.compress(bytes(size))
    if pack == "bz2":
        return bz2.compress(bytes(size))
    return zipped({"a": bytes(size // 2), "b": bytes(size // 2)})


@pytest.mark.parametrize("pack", ["zip", "gz", "bz2"])
def test_a_bomb_is_refused_while_it_inflates(pack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_BYTES", 1_000_000)
    content = bomb(pack, 40_000_000)

    tracemalloc.start()
    with pytest.raises(InflatesTooFar):
        unpacked(content, "a")
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 8_000_000


def test_a_size_that_an_archive_states_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_BYTES", 1_000_000)
    content = bytearray(zipped({"a": bytes(3_000_000)}))
    at = content.rindex(b"PK\x01\x02") + 24
    content[at : at + 4] = (10).to_bytes(4, "little")

    with pytest.raises(Unreadable):
        unpacked(bytes(content), "a.zip")


def test_a_body_is_inflated_by_pieces_up_to_a_limit() -> None:
    body = gzip.compress(b"x" * 5000)
    pieces = [body[at : at + 7] for at in range(0, len(body), 7)]

    assert b"".join(inflate_gzip(pieces, 5000)) == b"x" * 5000
    with pytest.raises(InflatesTooFar):
        list(inflate_gzip(pieces, 4999))
    with pytest.raises(Unreadable):
        list(inflate_gzip(pieces[:-1], 5000))
    with pytest.raises(Unreadable):
        list(inflate_gzip([b"[]"], 5000))


@pytest.mark.parametrize(
    ("pack", "empty"), [("gz", gzip.compress(b"")), ("bz2", bz2.compress(b"a"))]
)
def test_streams_that_hold_next_to_nothing_are_counted(pack: str, empty: bytes) -> None:
    few, many = empty * unpacking.MOST_STREAMS, empty * (unpacking.MOST_STREAMS + 1)

    assert unpacked(few, f"a.{pack}")
    with pytest.raises(Unreadable):
        unpacked(many, f"a.{pack}")
    if pack == "gz":
        with pytest.raises(Unreadable):
            list(inflate_gzip([many], 10))


@pytest.mark.parametrize("behind", [b"x", b"[]", b"\x1f\x8b", gzip.compress(b"[]")[:-1]])
def test_what_stands_behind_a_gzip_stream_and_is_none_is_refused(behind: bytes) -> None:
    with pytest.raises(Unreadable):
        list(inflate_gzip([gzip.compress(b"[]") + behind], 100))
