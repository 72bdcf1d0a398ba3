"""Walks over the XML of a workbook, whose document type is never read."""

from typing import Protocol
from xml.parsers import expat

from vatio.spreadsheets.files.cells import CannotRead


class Walker(Protocol):
    """What is told of each element that begins or ends, and of the text between."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def text(self, text: str) -> None:
        """Take the text between two of them."""


def walk(xml: bytes, walker: Walker) -> None:
    """Tell a walker the elements and the texts of an XML in their order.

    :raises CannotRead: if it has a document type: no program writes one.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    parser.CharacterDataHandler = walker.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.Parse(xml, True)


def _refuse(*_declaration: object) -> None:
    raise CannotRead("damaged")
