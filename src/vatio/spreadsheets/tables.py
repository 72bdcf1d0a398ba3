"""The tables that a spreadsheet may hold, read in a process apart; why not, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from vatio.refusal import Refused
from vatio.spreadsheets.files import process
from vatio.spreadsheets.files.cells import CannotRead, SheetRow
from vatio.spreadsheets.files.delimited import OF_ONE_DELIMITER

WORDS: dict[str, Promise] = {
    "empty": gettext_lazy("The file is empty."),
    "password": gettext_lazy(
        "The file has a password: open it, save it without the password, and hand in that file."
    ),
    "pdf": gettext_lazy(
        "This is not a spreadsheet but a PDF: hand in the xlsx, xls, ods or csv it was made from."
    ),
    "picture": gettext_lazy(
        "This is not a spreadsheet but a picture: hand in an xlsx, xls, ods or csv."
    ),
    "document": gettext_lazy(
        "This is not a spreadsheet but a document of another program: hand in an xlsx, xls, ods"
        " or csv."
    ),
    "archive": gettext_lazy(
        "This is not a spreadsheet but a compressed file: unpack it, and hand in the spreadsheet"
        " that it holds."
    ),
    "web_page": gettext_lazy(
        "This is a web page, whatever its name says: open it with a spreadsheet program, save it"
        " as a workbook (xlsx), and hand in that file."
    ),
    "xml_workbook": gettext_lazy(
        "This is a workbook written as XML: open it, save it as xlsx, and hand in that file."
    ),
    "xml": gettext_lazy(
        "This is not a spreadsheet but an XML file: hand in an xlsx, xls, ods or csv."
    ),
    "json": gettext_lazy(
        "This is not a spreadsheet but a JSON file: hand in an xlsx, xls, ods or csv."
    ),
    "xlsb": gettext_lazy(
        "This is a binary workbook (xlsb): open it, save it as xlsx, and hand in that file."
    ),
    "numbers": gettext_lazy(
        "This is a document of Numbers: export it as xlsx, and hand in that file."
    ),
    "unknown": gettext_lazy("This is not a spreadsheet: hand in an xlsx, xls, ods or csv."),
    "damaged": gettext_lazy(
        "The workbook is damaged: open it, save it again as xlsx, and hand in that file."
    ),
    "lines": gettext_lazy("The file has more lines than any portfolio."),
    "large": gettext_lazy("The file holds more than any portfolio."),
    "memory": gettext_lazy(
        "The workbook has cells far to the right or far down, or holds more than any portfolio:"
        " copy the accounts alone into a new one."
    ),
    "time": gettext_lazy(
        "Reading the file takes too long: copy the accounts alone into a new workbook."
    ),
    "columns": gettext_lazy("Line %(line)s has more columns than any portfolio."),
    "long_line": gettext_lazy("Line %(line)s is longer than any of a portfolio."),
    "long_cell": gettext_lazy("Line %(line)s has a cell longer than a spreadsheet can hold."),
    "quotes": gettext_lazy(
        "Line %(line)s has a quotation mark that opens and is not closed, or closes before the"
        " cell ends: what follows cannot be told apart."
    ),
    "letters": gettext_lazy(
        "Line %(line)s has letters that cannot be told: they are not written like those of the"
        " rest. Save the file as «CSV UTF-8», and hand in that file."
    ),
}


class Unreadable(Refused):
    """The file is empty, damaged, too large, or of an unsupported format; at a line, if known."""

    def __init__(self, words: str | Promise, *, line: int = 0) -> None:
        super().__init__(words)
        self.line = line


@dataclass(frozen=True)
class SheetTable:
    """The lines of a sheet in which something is written; `typed` if its cells have types."""

    name: str
    rows: list[SheetRow]
    hidden: bool = False
    typed: bool = True


def tables(content: bytes) -> Iterator[SheetTable]:
    """Yield the tables that a file may hold.

    A workbook has one table for each sheet; a CSV one for each delimiter, the likeliest first,
    but those at which it cannot be split. Cells of a workbook keep their types; those of a CSV
    are text.

    :raises Unreadable: if the file is empty, damaged, too large, or no spreadsheet; a CSV, at the
        end, if it cannot be split at the likeliest delimiter.
    """
    wrong: CannotRead | None = None
    try:
        for place, sheet in enumerate(process.sheets(content)):
            try:
                rows = list(sheet.rows)
            except CannotRead as error:
                if sheet.typed or error.code not in OF_ONE_DELIMITER:
                    raise
                wrong = error if place == 0 else wrong
                continue
            yield SheetTable(sheet.name, rows, sheet.hidden, sheet.typed)
        if wrong is not None:
            raise wrong
    except CannotRead as error:
        words = WORDS.get(error.code, WORDS["damaged"]) % {"line": error.line}
        raise Unreadable(words, line=error.line) from None
