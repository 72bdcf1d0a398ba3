"""Meters, what they measure, their changes of device, and the lines that call them."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from vatio.accounts.models import BelowAccountSet
from vatio.metering.models.belonging import SERVICE_IS_KNOWN, OfAccount, Range, Served, ServedSet
from vatio.metering.models.supplies import Site, SupplyPoint
from vatio.tenants.folding import SortKey


class Meter(Served):
    """One installed device, whatever it measures.

    In service it takes a meter of the account; with an RTC line in service, and no data point
    that an insertion source feeds, it costs that line instead. `measured_from` and
    `measured_until` (open unless said) are the days that it measured, whatever its service.
    """

    site = models.ForeignKey(
        Site, null=True, on_delete=models.PROTECT, related_name="meters", db_constraint=False
    )
    name = models.CharField(max_length=120)
    serial = models.CharField(max_length=60, blank=True, default="")
    make = models.CharField(max_length=60, blank=True, default="")
    measured_from = models.DateField(null=True)
    measured_until = models.DateField(null=True)
    name_sorted = models.GeneratedField(
        expression=SortKey("name"), output_field=models.TextField(db_collation="C"), db_persist=True
    )

    objects = ServedSet["Meter"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "account"], name="a_meter_with_its_account"),
            models.UniqueConstraint(
                fields=["account", "serial"],
                condition=Q(service="accepted") & ~Q(serial=""),
                name="one_meter_in_service_of_a_serial",
            ),
            models.CheckConstraint(condition=SERVICE_IS_KNOWN, name="meter_service_is_known"),
            models.CheckConstraint(
                condition=Q(measured_from__isnull=True)
                | Q(measured_until__isnull=True)
                | Q(measured_until__gt=F("measured_from")),
                name="a_meter_measures_forward",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "name_sorted", "id"], name="meters_by_their_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Measurement(OfAccount):
    """Which meter measured which supply point, from `since` up to, not including, `until`.

    One principal at a time measures a supply point; others check it, or measure a part.
    """

    class Role(models.TextChoices):
        PRINCIPAL = "principal"
        CHECK = "check"
        PART = "part"

    meter = models.ForeignKey(
        Meter, on_delete=models.PROTECT, related_name="measurements", db_constraint=False
    )
    supply_point = models.ForeignKey(
        SupplyPoint, on_delete=models.PROTECT, related_name="measurements", db_constraint=False
    )
    role = models.CharField(max_length=9, choices=Role.choices)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    days = models.GeneratedField(expression=Range(), output_field=DateRangeField(), db_persist=True)

    objects = BelowAccountSet["Measurement"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["principal", "check", "part"]), name="measuring_role_is_known"
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gt=F("since")),
                name="a_measurement_ends_after_it_begins",
            ),
            ExclusionConstraint(
                name="one_principal_meter_at_a_time",
                expressions=[
                    ("supply_point", RangeOperators.EQUAL),
                    ("days", RangeOperators.OVERLAPS),
                ],
                condition=Q(role="principal"),
            ),
            ExclusionConstraint(
                name="a_meter_measures_a_supply_point_once_at_a_time",
                expressions=[
                    ("meter", RangeOperators.EQUAL),
                    ("supply_point", RangeOperators.EQUAL),
                    ("days", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meter_id} → {self.supply_point_id}: {self.role}"

    def is_principal_on(self, day: date) -> bool:
        """Return whether the meter is the principal one of its supply point on a day."""
        begun = self.since is None or self.since <= day
        return self.role == "principal" and begun and (self.until is None or day < self.until)


class MeterChange(OfAccount):
    """The day on which the device of a meter was changed, and both registers of that day."""

    append_only = True

    meter = models.ForeignKey(
        Meter, on_delete=models.PROTECT, related_name="changes", db_constraint=False
    )
    day = models.DateField()
    old_serial = models.CharField(max_length=60, blank=True, default="")
    new_serial = models.CharField(max_length=60, blank=True, default="")
    last_register = models.DecimalField(max_digits=18, decimal_places=3, null=True)
    first_register = models.DecimalField(max_digits=18, decimal_places=3, null=True)
    recorded_at = models.DateTimeField()

    objects = BelowAccountSet["MeterChange"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meter", "day"], name="one_change_of_a_meter_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.old_serial} → {self.new_serial}"


class RtcLine(Served):
    """A utility meter that is called every 24 hours: it takes a line while in service."""

    supply_point = models.ForeignKey(
        SupplyPoint, on_delete=models.PROTECT, related_name="rtc_lines", db_constraint=False
    )
    meter = models.ForeignKey(
        Meter, on_delete=models.PROTECT, related_name="rtc_lines", db_constraint=False
    )

    objects = ServedSet["RtcLine"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "account"], name="a_line_with_its_account"),
            models.UniqueConstraint(
                fields=["meter"],
                condition=Q(service="accepted"),
                name="one_line_in_service_of_a_meter",
            ),
            models.CheckConstraint(condition=SERVICE_IS_KNOWN, name="line_service_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.supply_point_id}: {self.meter_id}"
