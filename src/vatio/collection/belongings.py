"""Declares how an account's lines are reached, and their calls, for its export and its purge.

The access key of a meter is in no export, not even sealed, and of its number the last digits are:
who exports is of the commercial department.
"""

from django.utils.translation import gettext_lazy as _

from vatio.tenants.belongings import Belonging, Subject, masked, person, plain

_LINE = """(SELECT supply.name FROM metering_rtcline line
    JOIN metering_supplypoint supply ON supply.id = line.supply_point_id
    WHERE line.id = own.line_id)"""

_METER = """(SELECT meter.name FROM metering_rtcline line
    JOIN metering_meter meter ON meter.id = line.meter_id WHERE line.id = own.line_id)"""

SUBJECTS = (
    Subject(
        "line_settings",
        _("How RTC lines are called"),
        {
            "supply_point": _LINE,
            "meter": _METER,
            **plain("transport", "host", "port"),
            "telephone": masked("telephone"),
            **plain("modem", "night_from"),
            **plain("night_until", "link_address", "measuring_point", "changed_at"),
            **plain("hours_until", "quarters_until"),
        },
        "collection_linesettings",
        headings={
            "supply_point": _("Supply point"),
            "meter": _("Meter"),
            "transport": _("Transport"),
            "host": _("Address"),
            "port": _("Port"),
            "telephone": _("Telephone"),
            "modem": _("Modem"),
            "night_from": _("From (time)"),
            "night_until": _("Until (time)"),
            "link_address": _("Link address"),
            "measuring_point": _("Address of the measuring point"),
            "changed_at": _("Changed"),
            "hours_until": _("Hourly curve read before"),
            "quarters_until": _("Quarter-hourly curve read before"),
        },
    ),
    Subject(
        "calls",
        _("Calls"),
        {
            "supply_point": _LINE,
            "meter": _METER,
            "asked_by": person("asked_by_id"),
            **plain("asked_at", "started_at", "ended_at", "modem"),
            "call_outcome": "own.outcome",
            **plain("bytes_sent", "bytes_received", "hours", "quarters"),
            **plain("missing", "new", "corrected"),
            **plain("first_on", "last_on", "drift"),
        },
        "collection_callattempt",
        headings={
            "supply_point": _("Supply point"),
            "meter": _("Meter"),
            "asked_by": _("Asked by"),
            "asked_at": _("Asked for"),
            "started_at": _("Began"),
            "ended_at": _("Ended"),
            "modem": _("Modem"),
            "call_outcome": _("How it ended"),
            "bytes_sent": _("Bytes sent"),
            "bytes_received": _("Bytes received"),
            "hours": _("Hourly values"),
            "quarters": _("Quarter-hourly values"),
            "missing": _("Missing values"),
            "new": _("New values"),
            "corrected": _("Corrected values"),
            "first_on": _("First day"),
            "last_on": _("Last day"),
            "drift": _("Clock of the meter ahead (seconds)"),
        },
    ),
)

BELONGINGS = (
    Belonging("collection_callattempt"),
    Belonging("collection_linesettings"),
)
