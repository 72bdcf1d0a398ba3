"""What is exported of an account's readings, and the order in which their rows are deleted.

The readings themselves are too many for a sheet: `exporting` writes them into files beside it,
which are listed here, with what changes whenever one of their readings does.
"""

from django.utils.translation import gettext_lazy as _

from vatio.readings.exporting import FOLDER
from vatio.tenants.belongings import Belonging, Subject, person, plain

SOURCE = "(SELECT name FROM metering_datasource WHERE id = own.source_id)"

SERIES = f"""(
    SELECT series.account_id, series.id, '{FOLDER}/' || series.id || '.csv' AS file,
        meter.name AS meter, point.name AS data_point, series.minutes, series.kind,
        counted.days, counted.readings, counted.total, revised.corrections, revised.corrected_at,
        beside.registers, state.last_arrival AS last_arrival_at
    FROM metering_series series
    JOIN metering_datapoint point ON point.id = series.data_point_id
    JOIN metering_meter meter ON meter.id = point.meter_id
    LEFT JOIN readings_state state
        ON state.account_id = %(account)s AND state.series_id = series.id
    CROSS JOIN LATERAL (
        SELECT count(day.total) AS days, coalesce(sum(day.present), 0) AS readings,
            sum(day.total ORDER BY month.month, day.place) AS total
        FROM readings_monthtotals month
        CROSS JOIN unnest(month.totals, month.presents)
            WITH ORDINALITY AS day (total, present, place)
        WHERE month.account_id = %(account)s AND month.series_id = series.id
    ) AS counted
    CROSS JOIN LATERAL (
        SELECT count(*) AS corrections, max(revision.replaced_at) AS corrected_at
        FROM readings_revision revision
        WHERE revision.account_id = %(account)s AND revision.series_id = series.id
    ) AS revised
    CROSS JOIN LATERAL (
        SELECT count(*) AS registers FROM readings_registerreading register
        WHERE register.account_id = %(account)s AND register.series_id = series.id
    ) AS beside
    WHERE series.account_id = %(account)s)"""  # noqa: S608
"""The series of an account, each with its file and, from copies by months, what is in it."""

DELIVERED = """json_build_object('rows', count(*), 'last', coalesce(max(own.id), 0),
    'ended_at', max(own.ended_at), 'taken_back', count(own.taken_back_at),
    'told', coalesce(sum(own.new + own.same + own.corrected + own.outranked + own.held
                         + own.refused), 0))"""
"""The watermark of the deliveries, whose counts only grow."""

FILES = Subject(
    "reading_files",
    _("Files of readings"),
    plain(
        *("file", "meter", "data_point", "minutes", "kind", "days", "readings", "total"),
        *("corrections", "corrected_at", "registers", "last_arrival_at"),
    ),
    SERIES,
    headings={
        "file": _("File"),
        "meter": _("Meter"),
        "data_point": _("Data point"),
        "minutes": _("Resolution (minutes)"),
        "days": _("Days"),
        "readings": _("Readings"),
        "total": _("Total (base units)"),
        "corrections": _("Corrections"),
        "corrected_at": _("Last correction"),
        "registers": _("Registers between slots"),
        "last_arrival_at": _("Last arrival"),
    },
)

SUBJECTS = (
    FILES,
    Subject(
        "deliveries",
        _("Deliveries"),
        {
            "number": "own.id",
            "source": SOURCE,
            **plain("begun_at", "ended_at"),
            "made_by": person("made_by_id"),
            **plain("file_name", "sha256", "new", "same", "corrected", "outranked", "held"),
            **plain("refused", "first_day", "last_day", "taken_back_at"),
        },
        "readings_delivery",
        headings={
            "source": _("Data source"),
            "begun_at": _("Begun"),
            "ended_at": _("Ended"),
            "file_name": _("File"),
            "sha256": "SHA-256",
            "new": _("New values"),
            "same": _("Same values"),
            "corrected": _("Corrected values"),
            "outranked": _("Outranked values"),
            "held": _("Held values"),
            "refused": _("Refused values"),
            "first_day": _("First day"),
            "last_day": _("Last day"),
            "taken_back_at": _("Taken back"),
        },
        watermark=DELIVERED,
    ),
    Subject(
        "pending_quantities",
        _("Pending quantities"),
        {
            "source": SOURCE,
            **plain("did", "quantity", "first_at", "last_at", "readings", "rejected_at"),
        },
        "readings_pendingquantity",
        key="row_number() OVER (ORDER BY own.source_id, own.did, own.quantity)",
        headings={
            "source": _("Data source"),
            "did": _("Device id"),
            "quantity": _("Quantity"),
            "first_at": _("First reading"),
            "last_at": _("Last reading"),
            "readings": _("Readings"),
            "rejected_at": _("Rejected"),
        },
    ),
    Subject(
        "kept_files",
        _("Kept files"),
        plain("file_name", "sha256", "size", "kept_at"),
        "readings_keptfile",
        key="row_number() OVER (ORDER BY own.sha256)",
        headings={
            "file_name": _("File"),
            "sha256": "SHA-256",
            "size": _("Bytes"),
            "kept_at": _("Kept since"),
        },
    ),
    Subject(
        "readings_drafts",
        _("Files of readings uploaded"),
        plain("file_name", "made_at", "state", "asked_at", "finished_at"),
        "readings_readingsdraft",
        key="row_number() OVER (ORDER BY own.made_at, own.uid)",
        headings={
            "file_name": _("File"),
            "made_at": _("Uploaded"),
            "state": _("State"),
            "asked_at": _("Asked"),
            "finished_at": _("Finished"),
        },
    ),
)

BELONGINGS = (
    Belonging("readings_touched"),
    Belonging("readings_day", by=("series_id", "day")),
    Belonging("readings_monthtotals", by=("series_id", "month")),
    Belonging("readings_revision", by=("series_id", "day", "id")),
    Belonging("readings_registerreading", by=("series_id", "at", "id")),
    Belonging("readings_registerfinding", by=("series_id", "at")),
    Belonging("readings_pendingreading", by=("source_id", "id")),
    Belonging("readings_pendingquantity"),
    Belonging("readings_delivery", by=("id",)),
    Belonging("readings_keptfile"),
    Belonging("readings_state"),
    Belonging("readings_readingsdraft"),
    Belonging("readings_rememberedoptions"),
)
