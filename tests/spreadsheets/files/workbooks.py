"""Writes workbooks as strangers do: by hand, wrongly spelled, or to do harm."""

import io
import zipfile
from collections.abc import Iterable

import xlsxwriter

RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


def xlsx(rows: str | bytes, *, book: str = "", sheet: str = "xl/worksheets/sheet1.xml") -> bytes:
    """Return an xlsx with these rows, or with this as the whole XML of its sheet."""
    content = (
        rows
        if isinstance(rows, bytes)
        else f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()
    )
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>'.encode(),
            "_rels/.rels": _related("officeDocument", "xl/workbook.xml"),
            "xl/workbook.xml": (
                f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONSHIPS}"><sheets>'
                f'<sheet name="Cartera" sheetId="1" r:id="r1"/></sheets>{book}</workbook>'
            ).encode(),
            "xl/_rels/workbook.xml.rels": _related("worksheet", "worksheets/sheet1.xml"),
            sheet: content,
        }
    )


def _related(kind: str, target: str) -> bytes:
    return (
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1"'
        f' Type="{RELATIONSHIPS}/{kind}" Target="{target}"/></Relationships>'
    ).encode()


def ods(rows: str, *, manifest: str = "") -> bytes:
    """Return an ods with these rows."""
    names = " ".join(
        f'xmlns:{name}="{OFFICE}:{name}:1.0"' for name in ("office", "table", "text", "calcext")
    )
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet>"
        f'<table:table table:name="Cartera">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": manifest.encode(),
            "content.xml": content.encode(),
        }
    )


def zipped(parts: dict[str, bytes]) -> bytes:
    """Return an archive of these parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def table(*rows: list[object]) -> bytes:
    """Return a workbook of these rows, as XlsxWriter writes it."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet("Cartera")
        for number, cells in enumerate(rows):
            sheet.write_row(number, 0, cells)
    return made.getvalue()


def streamed(pieces: Iterable[str]) -> bytes:
    """Return an xlsx with these rows, which are never held together."""
    made = io.BytesIO(xlsx("", sheet="xl/worksheets/none.xml"))
    with (
        zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as sheet,
    ):
        sheet.write(f'<worksheet xmlns="{MAIN}"><sheetData>'.encode())
        for piece in pieces:
            sheet.write(piece.encode())
        sheet.write(b"</sheetData></worksheet>")
    return made.getvalue()
