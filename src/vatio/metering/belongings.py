"""What is exported of an account's installation, and the order in which its rows are deleted."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vatio.tenants.belongings import Belonging, Subject, person, plain


def _name(table: str, column: str, of: str = "name") -> str:
    """Return the SQL of the name of the row of a table that a column references."""
    return f"(SELECT {of} FROM metering_{table} WHERE id = own.{column})"  # noqa: S608


_OF_TERM = """(SELECT {} FROM metering_calculatedversion version
    JOIN metering_calculatedseries series ON series.id = version.series_id
    WHERE version.id = own.version_id)"""
"""The SQL of a column of the version of a term, or of its calculated series."""

SERVICE = plain("service", "service_since", "created_at")
HEADINGS: dict[str, Promise | str] = {
    "site": _("Site"),
    "parent": _("Inside"),
    "address": _("Address"),
    "activity": _("Activity"),
    "floor_area": _("Floor area (m²)"),
    "working_hours": _("Working hours"),
    "local_holidays": _("Local holidays"),
    "service": _("Service"),
    "service_since": _("Service since"),
    "energy": _("Energy"),
    "cups": "CUPS",
    "cups_suffix": _("Border point"),
    "supplier": _("Supplier"),
    "policy": _("Policy"),
    "territory": _("Territory"),
    "manages_bills": _("Its bills are managed"),
    "supply_point": _("Supply point"),
    "retailer": _("Retailer"),
    "tariff": _("Tariff"),
    "powers": _("Powers (kW)"),
    "since": _("Since"),
    "until": _("Until"),
    "serial": _("Serial number"),
    "make": _("Make"),
    "measured_from": _("Measures from"),
    "measured_until": _("Measures until"),
    "meter": _("Meter"),
    "day": _("Day"),
    "old_serial": _("Old serial number"),
    "new_serial": _("New serial number"),
    "last_register": _("Last register"),
    "first_register": _("First register"),
    "recorded_at": _("Recorded"),
    "source": _("Data source"),
    "did": _("Device id"),
    "quantity": _("Quantity"),
    "data_point": _("Data point"),
    "minutes": _("Resolution (minutes)"),
    "first_reading_on": _("First reading"),
    "file_name": _("File"),
    "made_at": _("Uploaded"),
    "unit": _("Unit"),
    "thing": _("Thing"),
    "taken_at": _("Taken"),
    "freed_at": _("Freed"),
    "calculated": _("Calculated series"),
    "sign": _("Sign"),
    "factor": _("Factor"),
}


def _subject(name: str, label: object, table: str, columns: dict[str, str]) -> Subject:
    """Return a subject whose headings are those of the installation."""
    own = {column: HEADINGS[column] for column in columns if column in HEADINGS}
    return Subject(name, label, columns, f"metering_{table}", headings=own)  # type: ignore[arg-type]


SUBJECTS = (
    _subject(
        "sites",
        _("Sites"),
        "site",
        {
            "parent": _name("site", "parent_id"),
            **plain("name", "address", "activity", "floor_area", "working_hours"),
            "local_holidays": "array_to_string(own.local_holidays, ' ')",
            **plain("time_zone", "created_at"),
        },
    ),
    _subject(
        "supply_points",
        _("Supply points"),
        "supplypoint",
        {
            "site": _name("site", "site_id"),
            **plain("name", "energy", "cups", "cups_suffix", "supplier", "policy", "territory"),
            "manages_bills": "own.manages_bills",
            **SERVICE,
        },
    ),
    _subject(
        "supply_contracts",
        _("Supply contracts"),
        "supplycontract",
        {
            "supply_point": _name("supplypoint", "supply_point_id"),
            **plain("retailer", "tariff"),
            "powers": "array_to_string(own.powers, ' ')",
            **plain("policy", "since", "until", "created_at"),
        },
    ),
    _subject(
        "meters",
        _("Meters"),
        "meter",
        {
            "site": _name("site", "site_id"),
            **plain("name", "serial", "make", "measured_from", "measured_until"),
            **SERVICE,
        },
    ),
    _subject(
        "measurements",
        _("What meters measure"),
        "measurement",
        {
            "meter": _name("meter", "meter_id"),
            "supply_point": _name("supplypoint", "supply_point_id"),
            **plain("role", "since", "until"),
        },
    ),
    _subject(
        "meter_changes",
        _("Changes of meters"),
        "meterchange",
        {
            "meter": _name("meter", "meter_id"),
            **plain("day", "old_serial", "new_serial", "last_register", "first_register"),
            "recorded_at": "own.recorded_at",
        },
    ),
    _subject("sources", _("Data sources"), "datasource", plain("name", "kind", "created_at")),
    _subject(
        "devices",
        _("Devices"),
        "sourcedevice",
        {
            "source": _name("datasource", "source_id"),
            "did": "own.did",
            "meter": _name("meter", "meter_id"),
        },
    ),
    Subject(
        "source_tokens",
        _("Tokens of sources"),
        {
            "source": _name("datasource", "source_id"),
            "made_at": "own.made_at",
            "made_by": person("made_by_id"),
            **plain("expires_at", "revoked_at", "last_seen_at"),
        },
        "metering_sourcetoken",
        passing=("last_seen_at",),
        headings={
            "source": HEADINGS["source"],
            "expires_at": _("Ends"),
            "revoked_at": _("Revoked"),
            "last_seen_at": _("Last seen"),
        },
    ),
    _subject(
        "data_points",
        _("Data points"),
        "datapoint",
        {
            "meter": _name("meter", "meter_id"),
            **plain("quantity", "name"),
            "source": _name("datasource", "source_id"),
            **SERVICE,
        },
    ),
    _subject(
        "series",
        _("Series"),
        "series",
        {
            "data_point": _name("datapoint", "data_point_id"),
            **plain("minutes", "kind", "time_zone", "first_reading_on", "created_at"),
        },
    ),
    _subject(
        "calculated_series",
        _("Calculated series"),
        "calculatedseries",
        plain("name", "created_at"),
    ),
    _subject(
        "calculated_versions",
        _("Versions of calculated series"),
        "calculatedversion",
        {
            "calculated": _name("calculatedseries", "series_id"),
            **plain("since", "created_at"),
        },
    ),
    _subject(
        "calculated_terms",
        _("Terms of calculated series"),
        "calculatedterm",
        {
            "calculated": _OF_TERM.format("series.name"),
            "since": _OF_TERM.format("version.since"),
            "data_point": _name("datapoint", "data_point_id"),
            **plain("sign", "factor"),
        },
    ),
    _subject(
        "rtc_lines",
        _("RTC lines"),
        "rtcline",
        {
            "supply_point": _name("supplypoint", "supply_point_id"),
            "meter": _name("meter", "meter_id"),
            **SERVICE,
        },
    ),
    _subject(
        "allocations",
        _("Units taken"),
        "allocation",
        plain("unit", "kind", "thing", "taken_at", "freed_at"),
    ),
    _subject(
        "inventory_drafts",
        _("Inventories to import"),
        "inventorydraft",
        plain("file_name", "made_at"),
    ),
)

BELONGINGS = tuple(
    Belonging(f"metering_{table}")
    for table in (
        *(
            "inventorydraft",
            "allocation",
            "rtcline",
            "calculatedterm",
            "calculatedversion",
            "calculatedseries",
            "series",
            "datapoint",
            "sourcedevice",
            "sourcetoken",
            "datasource",
        ),
        *("meterchange", "measurement", "meter", "supplycontract", "supplypoint", "site"),
    )
)
