"""The sheets of the inventory workbook and their columns, in the order of the workbook."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from vatio.spreadsheets.values import fold

POWERS = tuple(f"p{period}" for period in range(1, 7))


@dataclass(frozen=True)
class Column:
    """A column: its key, its heading, what its cells are, and whether a row must have one.

    `kind` is the name of a function in `cells.PARSERS`; `longest` is the number of letters of a
    text.
    """

    key: str
    label: Promise | str
    kind: str = "text"
    longest: int = 120
    required: bool = False


@dataclass(frozen=True)
class SheetKind:
    """A sheet: the kind of things that its rows are."""

    key: str
    label: Promise | str
    columns: tuple[Column, ...]

    def column(self, key: str) -> Column:
        """Return the column of a key."""
        return next(column for column in self.columns if column.key == key)


IDENTIFIER = Column("uid", _("Identifier"), "uid")
SERVICE = Column("service", _("Service"), "service")
METER = Column("meter", _("Meter"), longest=120, required=True)
SUPPLY_POINT = Column("supply_point", _("Supply point"), longest=120, required=True)

SHEETS = {
    sheet.key: sheet
    for sheet in (
        SheetKind(
            "sites",
            _("Sites"),
            (
                Column("path", _("Site"), "path", required=True),
                Column("address", _("Address"), longest=200),
                Column("activity", _("Activity")),
                Column("floor_area", _("Floor area (m²)"), "area"),
                Column("working_hours", _("Working hours"), longest=200),
                Column("local_holidays", _("Local holidays"), "days"),
                Column("time_zone", _("Time zone"), "zone"),
            ),
        ),
        SheetKind(
            "supply_points",
            _("Supply points"),
            (
                Column("name", _("Name"), required=True),
                Column("path", _("Site"), "path"),
                Column("energy", _("Energy"), "energy", required=True),
                Column("cups", "CUPS", "cups"),
                Column("supplier", _("Supplier")),
                Column("policy", _("Policy"), longest=60),
                Column("territory", _("Territory"), "territory"),
                Column("manages_bills", _("Manage its bills"), "yes_or_no"),
                SERVICE,
                IDENTIFIER,
            ),
        ),
        SheetKind(
            "contracts",
            _("Contracts"),
            (
                SUPPLY_POINT,
                Column("since", _("Since"), "day", required=True),
                Column("until", _("Until"), "day"),
                Column("retailer", _("Retailer")),
                Column("tariff", _("Tariff"), "tariff"),
                *(
                    Column(power, format_lazy(_("Power P{period} (kW)"), period=power[1:]), "power")
                    for power in POWERS
                ),
                Column("policy", _("Policy"), longest=60),
            ),
        ),
        SheetKind(
            "meters",
            _("Meters"),
            (
                Column("name", _("Name"), required=True),
                Column("serial", _("Serial number"), longest=60),
                Column("make", _("Make"), longest=60),
                Column("path", _("Site"), "path"),
                Column("measured_from", _("Measures from"), "day"),
                Column("measured_until", _("Measures until"), "day"),
                SERVICE,
                IDENTIFIER,
            ),
        ),
        SheetKind(
            "measurements",
            _("Measurements"),
            (
                METER,
                SUPPLY_POINT,
                Column("role", _("Role"), "role", required=True),
                Column("since", _("Since"), "day"),
                Column("until", _("Until"), "day"),
            ),
        ),
        SheetKind(
            "data_points",
            _("Data points"),
            (
                METER,
                Column("quantity", _("Quantity"), "quantity", required=True),
                Column("name", _("Name")),
                Column("series", _("Resolution (minutes)"), "series"),
                Column("source", _("Data source")),
                SERVICE,
                IDENTIFIER,
            ),
        ),
        SheetKind("rtc_lines", _("RTC lines"), (SUPPLY_POINT, METER, SERVICE, IDENTIFIER)),
        SheetKind(
            "sources",
            _("Sources"),
            (
                Column("name", _("Name"), required=True),
                Column("kind", _("Kind"), "source_kind", required=True),
            ),
        ),
        SheetKind(
            "devices",
            _("Devices"),
            (
                Column("source", _("Data source"), required=True),
                Column("did", _("Device id"), required=True),
                METER,
            ),
        ),
    )
}

AFTER = (
    *("sites", "sources", "supply_points", "meters", "contracts"),
    *("measurements", "data_points", "rtc_lines", "devices"),
)
"""The order in which the sheets are planned and written: what is named before what names it."""


@cache
def sheets_by_name() -> Mapping[str, SheetKind]:
    """Return the sheets by their names in both languages, folded."""
    named = {sheet.key: sheet for sheet in SHEETS.values()}
    for language in ("en", "es"):
        with override(language):
            named |= {fold(sheet.label): sheet for sheet in SHEETS.values()}
    return named


@cache
def columns_by_heading(key: str) -> Mapping[str, Column]:
    """Return the columns of a sheet by their headings in both languages, folded."""
    named = dict[str, Column]()
    for language in ("en", "es"):
        with override(language):
            named |= {fold(column.label): column for column in SHEETS[key].columns}
    return named
