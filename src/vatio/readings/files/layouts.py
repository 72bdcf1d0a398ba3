"""Where a file has what: the columns of its rows, and what its format settles by itself."""

from dataclasses import dataclass, field

from vatio.readings.ranks import Origin


@dataclass
class Column:
    """The cells of one quantity, one for each row: `qualities` are the file's own, if any."""

    quantity: int
    unit: str
    heading: str
    cells: list[object]
    qualities: list[object] = field(default_factory=list)
    unit_from: str = ""


@dataclass
class Records:
    """The rows of a file by columns, each as long as `lines`, or empty if the file has none.

    `days` may be whole stamps; then `hours` are empty.
    """

    lines: list[int]
    days: list[object]
    hours: list[object] = field(default_factory=list)
    cups: list[object] = field(default_factory=list)
    seasons: list[object] = field(default_factory=list)
    methods: list[object] = field(default_factory=list)
    firms: list[object] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)


@dataclass
class Layout:
    """What a file is, and what is settled by its format or said by its headings.

    `label`, `decimal` and `minutes` are empty where they are still to be found out. `unit` is
    that of columns that name none. `cups` is the supply point that stands above the header.
    """

    format: str
    header_line: int = 0
    label: str = ""
    label_from: str = ""
    unit: str = ""
    unit_from: str = ""
    decimal: str = ""
    minutes: int = 0
    cups: str = ""
    is_register: bool = False

    @property
    def origin(self) -> Origin:
        """Return where values of this format come from."""
        return ORIGINS.get(self.format, Origin.FILE)


ORIGINS = {
    "f5d": Origin.INVOICE,
    "f1": Origin.INVOICE,
    "p5d": Origin.DISTRIBUTOR,
    "p1": Origin.DISTRIBUTOR,
    "p1d": Origin.DISTRIBUTOR,
    "p2": Origin.DISTRIBUTOR,
    "p2d": Origin.DISTRIBUTOR,
    "cnmc": Origin.DISTRIBUTOR,
    "ide_raw": Origin.DISTRIBUTOR,
    "edistribucion": Origin.DISTRIBUTOR,
    "ufd": Origin.DISTRIBUTOR,
    "datadis": Origin.DATADIS,
    "endesa": Origin.FILE,
    "matrix": Origin.FILE,
    "long": Origin.FILE,
}
"""The formats, and where the values of each come from. i-DE's billed curves are «cnmc»."""
