"""Tells by its first bytes, and by the names of its parts, what a file is."""

import io
import json
import re
import zipfile
import zlib

from vatio.spreadsheets.files.cells import CannotRead

ZIPPED, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
BARE_BIFF = re.compile(rb"\x09[\x00\x02\x04\x08][\x04\x06\x08\x10]\x00")
"""Matches the first record of an xls that is in no OLE container, as the oldest are."""

BEGINNINGS = {
    b"%PDF": "pdf",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"GIF8": "picture",
    b"BM": "picture",
    b"II*\x00": "picture",
    b"MM\x00*": "picture",
    b"RIFF": "picture",
    b"{\\rtf": "document",
    b"PK\x05\x06": "archive",
    b"\x1f\x8b": "archive",
    b"7z\xbc\xaf\x27\x1c": "archive",
    b"Rar!": "archive",
    b"BZh": "archive",
    b"\xfd7zXZ": "archive",
    b"\x28\xb5\x2f\xfd": "archive",
    b"SQLite format 3\x00": "unknown",
    b"PAR1": "unknown",
    b"\x7fELF": "unknown",
    b"MIME-Version:": "web_page",
}
WEB_PAGE = re.compile(rb"<(!doctype html|html|head|body|table|meta|div|script|style)\b", re.I)
XML_WORKBOOK = re.compile(rb"urn:schemas-microsoft-com:office:spreadsheet|opendocument", re.I)
OLE_DOCUMENTS = ("WordDocument", "PowerPoint Document", "__substg1.0_")
LARGEST_UNPACKED = 300_000_000


def kind_of(content: bytes) -> str:
    """Return what a file is: xlsx, ods, xls or text.

    :raises CannotRead: if it is something else, or needs a password.
    """
    if not content.strip(b"\x00 \t\r\n\x1a"):
        raise CannotRead("empty")
    if content.startswith(ZIPPED):
        return _zipped_kind(content)
    if content.startswith(OLE):
        return _ole_kind(content)
    if BARE_BIFF.match(content):
        return "xls"
    for beginning, code in BEGINNINGS.items():
        # «BM» and «RIFF» begin words too: what is binary has a NUL early on.
        is_binary = code != "picture" or beginning[0] > 127 or b"\x00" in content[:64]
        if content.startswith(beginning) and is_binary:
            raise CannotRead(code)
    _ensure_no_markup(content)
    return "text"


def _zipped_kind(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            names = {part.filename.replace("\\", "/").lstrip("/").lower() for part in parts}
            # Sums of what the directory says: what lies about it is stopped by the memory limit.
            if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise CannotRead("large")
            mime = _beginning(packed, "mimetype") if "mimetype" in names else b""
            manifest = "META-INF/manifest.xml"
            locked = b"encryption-data" in (
                _beginning(packed, manifest) if manifest.lower() in names else b""
            )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError, OSError):
        raise CannotRead("damaged") from None
    except (ValueError, KeyError, UnicodeError):
        raise CannotRead("damaged") from None
    if locked:
        raise CannotRead("password")
    if "opendocument.spreadsheet" in mime.decode("ascii", "replace"):
        return "ods"
    if "xl/workbook.bin" in names:
        raise CannotRead("xlsb")
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "index/document.iwa" in names or "index.zip" in names or "index.apxl" in names:
        raise CannotRead("numbers")
    if mime or any(name.startswith(("word/", "ppt/", "visio/")) for name in names):
        raise CannotRead("document")
    if "[content_types].xml" in names:
        return "xlsx"
    raise CannotRead("archive")


def _beginning(packed: zipfile.ZipFile, name: str) -> bytes:
    for part in packed.infolist():
        if part.filename.lower() == name.lower():
            with packed.open(part) as opened:
                return opened.read(1_000_000)
    return b""


def _ole_kind(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise CannotRead("password")
    if any(name.encode("utf-16-le") in content for name in OLE_DOCUMENTS):
        raise CannotRead("document")
    return "xls"


def _ensure_no_markup(content: bytes) -> None:
    start = content[:20_000].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if start.startswith(b"<"):
        if XML_WORKBOOK.search(start):
            raise CannotRead("xml_workbook")
        raise CannotRead("web_page" if WEB_PAGE.search(start) else "xml")
    if start.startswith((b"{", b"[")):
        try:
            json.loads(content)
        except (ValueError, RecursionError):
            return
        raise CannotRead("json")
