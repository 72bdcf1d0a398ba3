"""Unpacks what is handed in compressed: zip, gzip, bzip2, one level, never more than allowed.

Nothing is believed of what an archive says about itself: bytes are counted as they come out.
"""

import bz2
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from vatio.spreadsheets.tables import Unreadable

MOST_MEMBERS = 200
MOST_BYTES = 200 * 1024 * 1024
MOST_STREAMS = 1_000
"""Streams of a gzip or bzip2 file at most: each that ends copies what comes behind it."""

AT_A_TIME = 256 * 1024
ZIP, EMPTY_ZIP, GZIP, BZIP2 = b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh"
BZIP2_BLOCKS = {b"1AY&SY", b"\x17rE8P\x90"}
"""What follows BZh and a digit: the beginning of a block, or of the end of an empty file."""

OTHERS = (b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
WORKBOOK_PARTS = {"[content_types].xml", "mimetype"}
"""Parts of which an xlsx or ods has one: zip files that are read as they are."""

METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2}
LEFT_BY_SYSTEMS = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")

DAMAGED = _("The compressed file is damaged: pack it again.")
TOO_MUCH = _("The compressed file holds more than %(mebibytes)s MiB.")
TOO_MANY = _("The compressed file holds more than %(members)s files.")
NESTED = _("«%(name)s» is a compressed file inside another: unpack the outer one.")
LOCKED = _("«%(name)s» has a password: pack it without one.")
UNKNOWN = _("Files packed this way cannot be unpacked here: pack them as zip.")
EMPTY = _("The compressed file holds no files.")


class InflatesTooFar(Unreadable):
    """What comes out of a compressed file or body is more than allowed."""


@dataclass(frozen=True)
class Member:
    """A file as it was handed in, or as it stood in an archive."""

    name: str
    content: bytes


def unpacked(content: bytes, name: str) -> list[Member]:
    """Return the files of an archive, or the file itself if it is none.

    :raises InflatesTooFar: if more than `MOST_BYTES` come out of it.
    :raises Unreadable: if it is damaged, locked, nested, of an unknown kind, or has too many files.
    """
    if content.startswith(OTHERS):
        raise Unreadable(UNKNOWN)
    if content.startswith((ZIP, EMPTY_ZIP)):
        return _of_zip(content, name)
    if content.startswith(GZIP):
        inner = b"".join(inflate_gzip([content], MOST_BYTES))
        return [_single(inner, name, (".gz", ".gzip"))]
    if _is_bzip2(content):
        inner = b"".join(_inflated_bzip2(content))
        return [_single(inner, name, (".bz2", ".bzip2"))]
    return [Member(name, content)]


def inflate_gzip(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    """Yield what a gzip stream holds, piece by piece, so that no more than `limit` is inflated.

    :raises InflatesTooFar: as soon as more than `limit` bytes have come out.
    :raises Unreadable: if the stream is damaged or ends early.
    """
    inflating = zlib.decompressobj(wbits=31)
    total, streams, is_begun = 0, 1, False
    for chunk in chunks:
        rest = chunk
        while rest:
            if inflating.eof:
                if not rest.strip(b"\x00"):
                    break
                streams = _counted(streams)
                inflating = zlib.decompressobj(wbits=31)
            try:
                piece = inflating.decompress(rest, AT_A_TIME)
            except zlib.error:
                raise Unreadable(DAMAGED) from None
            is_begun = True
            total += len(piece)
            if total > limit:
                raise _too_far(limit)
            if piece:
                yield piece
            rest = inflating.unused_data if inflating.eof else inflating.unconsumed_tail
    if is_begun and not inflating.eof:
        raise Unreadable(DAMAGED)


def _counted(streams: int) -> int:
    """Return the number of streams with one more.

    :raises Unreadable: if there are too many.
    """
    if streams >= MOST_STREAMS:
        raise Unreadable(TOO_MANY % {"members": MOST_STREAMS})
    return streams + 1


def _too_far(limit: int) -> InflatesTooFar:
    return InflatesTooFar(TOO_MUCH % {"mebibytes": limit // 1024 // 1024})


def _inflated_bzip2(content: bytes) -> Iterator[bytes]:
    inflating = bz2.BZ2Decompressor()
    total, streams, rest = 0, 1, content
    while True:
        try:
            piece = inflating.decompress(rest, AT_A_TIME)
        except (OSError, EOFError, ValueError):
            raise Unreadable(DAMAGED) from None
        total += len(piece)
        if total > MOST_BYTES:
            raise _too_far(MOST_BYTES)
        yield piece
        rest = b""
        if inflating.eof:
            rest = inflating.unused_data
            if not rest.startswith(BZIP2):
                return
            streams = _counted(streams)
            inflating = bz2.BZ2Decompressor()
        elif inflating.needs_input:
            raise Unreadable(DAMAGED)


def _is_bzip2(content: bytes) -> bool:
    return content.startswith(BZIP2) and content[4:10] in BZIP2_BLOCKS


def _single(content: bytes, name: str, endings: tuple[str, ...]) -> Member:
    for ending in endings:
        if name.lower().endswith(ending):
            name = name[: -len(ending)]
    return _checked(Member(name, content))


def _checked(member: Member) -> Member:
    """Return a member of an archive unless it is an archive itself."""
    content = member.content
    is_packed = content.startswith((GZIP, *OTHERS)) or _is_bzip2(content)
    if is_packed or (content.startswith((ZIP, EMPTY_ZIP)) and not _is_workbook(content)):
        raise Unreadable(NESTED % {"name": member.name})
    return member


def _is_workbook(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return any(part.filename.lower() in WORKBOOK_PARTS for part in packed.infolist())
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError):
        return False


def _of_zip(content: bytes, name: str) -> list[Member]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if any(part.filename.lower() in WORKBOOK_PARTS for part in parts):
                return [Member(name, content)]
            return _members(packed, [part for part in parts if not _is_left_out(part)])
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, IndexError):
        raise Unreadable(DAMAGED) from None
    except (NotImplementedError, RuntimeError):
        raise Unreadable(UNKNOWN) from None


def _is_left_out(part: zipfile.ZipInfo) -> bool:
    plain = part.filename.replace("\\", "/").lower()
    return part.is_dir() or plain.startswith(LEFT_BY_SYSTEMS) or plain.endswith(LEFT_BY_SYSTEMS)


def _members(packed: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> list[Member]:
    if not parts:
        raise Unreadable(EMPTY)
    if len(parts) > MOST_MEMBERS:
        raise Unreadable(TOO_MANY % {"members": MOST_MEMBERS})
    members, total = [], 0
    for part in parts:
        name = part.filename.replace("\\", "/").rpartition("/")[2]
        if part.flag_bits & 1:
            raise Unreadable(LOCKED % {"name": name})
        if part.compress_type not in METHODS:
            raise Unreadable(UNKNOWN)
        pieces = []
        with packed.open(part) as opened:
            while piece := opened.read(AT_A_TIME):
                total += len(piece)
                if total > MOST_BYTES:
                    raise _too_far(MOST_BYTES)
                pieces.append(piece)
        members.append(_checked(Member(name, b"".join(pieces))))
    return members
