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
class SheetColumn:
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
    columns: tuple[SheetColumn, ...]

    def column(self, key: str) -> SheetColumn:
        """Return the column of a key."""
        return next(column for column in self.columns if column.key == key)


IDENTIFIER = SheetColumn("uid", _("Identifier"), "uid")
SERVICE = SheetColumn("service", _("Service"), "service")
METER = SheetColumn("meter", _("Meter"), longest=120, required=True)
SUPPLY_POINT = SheetColumn("supply_point", _("Supply point"), longest=120, required=True)

SHEETS = {
    sheet.key: sheet
    for sheet in (
        SheetKind(
            "sites",
            _("Sites"),
            (
                SheetColumn("path", _("Site"), "path", required=True),
                SheetColumn("address", _("Address"), longest=200),
                SheetColumn("activity", _("Activity")),
                SheetColumn("floor_area", _("Floor area (m²)"), "area"),
                SheetColumn("working_hours", _("Working hours"), longest=200),
                SheetColumn("local_holidays", _("Local holidays"), "days"),
                SheetColumn("time_zone", _("Time zone"), "zone"),
            ),
        ),
        SheetKind(
            "supply_points",
            _("Supply points"),
            (
                SheetColumn("name", _("Name"), required=True),
                SheetColumn("path", _("Site"), "path"),
                SheetColumn("energy", _("Energy"), "energy", required=True),
                SheetColumn("cups", "CUPS", "cups"),
                SheetColumn("supplier", _("Supplier")),
                SheetColumn("policy", _("Policy"), longest=60),
                SheetColumn("territory", _("Territory"), "territory"),
                SheetColumn("manages_bills", _("Manage its bills"), "yes_or_no"),
                SERVICE,
                IDENTIFIER,
            ),
        ),
        SheetKind(
            "contracts",
            _("Contracts"),
            (
                SUPPLY_POINT,
                SheetColumn("since", _("Since"), "day", required=True),
                SheetColumn("until", _("Until"), "day"),
                SheetColumn("retailer", _("Retailer")),
                SheetColumn("tariff", _("Tariff"), "tariff"),
                *(
                    SheetColumn(
                        power, format_lazy(_("Power P{period} (kW)"), period=power[1:]), "power"
                    )
                    for power in POWERS
                ),
                SheetColumn("policy", _("Policy"), longest=60),
            ),
        ),
        SheetKind(
            "meters",
            _("Meters"),
            (
                SheetColumn("name", _("Name"), required=True),
                SheetColumn("serial", _("Serial number"), longest=60),
                SheetColumn("make", _("Make"), longest=60),
                SheetColumn("path", _("Site"), "path"),
                SheetColumn("measured_from", _("Measures from"), "day"),
                SheetColumn("measured_until", _("Measures until"), "day"),
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
                SheetColumn("role", _("Role"), "role", required=True),
                SheetColumn("since", _("Since"), "day"),
                SheetColumn("until", _("Until"), "day"),
            ),
        ),
        SheetKind(
            "data_points",
            _("Data points"),
            (
                METER,
                SheetColumn("quantity", _("Quantity"), "quantity", required=True),
                SheetColumn("name", _("Name")),
                SheetColumn("series", _("Resolution (minutes)"), "series"),
                SheetColumn("source", _("Data source")),
                SERVICE,
                IDENTIFIER,
            ),
        ),
        SheetKind("rtc_lines", _("RTC lines"), (SUPPLY_POINT, METER, SERVICE, IDENTIFIER)),
        SheetKind(
            "sources",
            _("Sources"),
            (
                SheetColumn("name", _("Name"), required=True),
                SheetColumn("kind", _("Kind"), "source_kind", required=True),
            ),
        ),
        SheetKind(
            "devices",
            _("Devices"),
            (
                SheetColumn("source", _("Data source"), required=True),
                SheetColumn("did", _("Device id"), required=True),
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
def columns_by_heading(key: str) -> Mapping[str, SheetColumn]:
    """Return the columns of a sheet by their headings in both languages, folded."""
    named = dict[str, SheetColumn]()
    for language in ("en", "es"):
        with override(language):
            named |= {fold(column.label): column for column in SHEETS[key].columns}
    return named
