"""Sites, supply points and their contracts, meters, data points, RTC lines and data sources."""

import uuid
from datetime import date
from typing import Self, TypeVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from vatio.accounts.models import Account, BelowAccountSet
from vatio.tenants.folding import Fold, SortKey
from vatio.tenants.models import Organisation, Person

Row = TypeVar("Row", bound=models.Model)


class OfAccount(models.Model):
    """A row of an account, and of the account's organisation."""

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="%(class)ss", db_constraint=False
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Service(models.TextChoices):
    """Whether a thing is the account's: what waits, was refused or was retired takes no unit."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RETIRED = "retired"


SERVICE_IS_KNOWN = Q(service__in=Service.values)


class ServedSet(BelowAccountSet[Row]):
    """Things of an account, narrowed to those in service."""

    def in_service(self) -> Self:
        """Return the things that are accepted and not retired."""
        return self.filter(service=Service.ACCEPTED)


class Served(OfAccount):
    """A thing with its service and the moment of its last change.

    Service says whether the thing takes a unit; it says nothing about the days for which there
    are readings. Every earlier change is an `Allocation`.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    service = models.CharField(max_length=8, choices=Service.choices, default=Service.ACCEPTED)
    service_since = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        abstract = True

    @property
    def is_in_service(self) -> bool:
        """Whether the thing is accepted and not retired."""
        return self.service == Service.ACCEPTED


class Range(Func):
    """The days from `since` up to, and not including, `until`; open where that is null."""

    template = "daterange(since, until)"
    output_field = DateRangeField()


class Site(OfAccount):
    """A zone, a building or a part of one: a tree inside an account, at most 6 deep.

    Names are unique among the sites of one parent, so that a path names one site. A trigger
    keeps the tree free of cycles and not too deep.
    """

    DEEPEST = 6

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="parts", db_constraint=False
    )
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=200, blank=True, default="")
    activity = models.CharField(max_length=120, blank=True, default="")
    floor_area = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    working_hours = models.CharField(max_length=200, blank=True, default="")
    local_holidays = ArrayField(models.DateField(), default=list)
    time_zone = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    name_folded = models.GeneratedField(
        expression=Fold("name"), output_field=models.TextField(), db_persist=True
    )
    name_sorted = models.GeneratedField(
        expression=SortKey("name"), output_field=models.TextField(db_collation="C"), db_persist=True
    )

    objects = BelowAccountSet["Site"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "account"], name="a_site_with_its_account"),
            models.UniqueConstraint(
                fields=["account", "parent", "name_folded"],
                nulls_distinct=False,
                name="one_site_of_a_name_in_a_place",
            ),
            models.CheckConstraint(
                condition=Q(name__regex=r"^\S+( \S+)*$"), name="site_name_is_trimmed"
            ),
            models.CheckConstraint(
                condition=Q(floor_area__isnull=True) | Q(floor_area__gt=0),
                name="a_floor_has_an_area",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SupplyPoint(Served):
    """A point at which an energy is supplied, and where its bill is made out for.

    Electricity and gas have a CUPS: its 20 characters are the identity, the suffix of a border
    point stands apart. Others are known by supplier and policy. It takes a CUPS of the account
    while its bills are managed; kept only to be dialled or drawn it takes nothing.
    """

    class Energy(models.TextChoices):
        ELECTRICITY = "electricity"
        GAS = "gas"
        WATER = "water"
        HEAT = "heat"
        OTHER = "other"

    site = models.ForeignKey(
        Site, null=True, on_delete=models.PROTECT, related_name="supply_points", db_constraint=False
    )
    name = models.CharField(max_length=120)
    energy = models.CharField(max_length=11, choices=Energy.choices)
    cups = models.CharField(max_length=20, blank=True, default="")
    cups_suffix = models.CharField(max_length=2, blank=True, default="")
    supplier = models.CharField(max_length=120, blank=True, default="")
    policy = models.CharField(max_length=60, blank=True, default="")
    territory = models.CharField(max_length=9, blank=True, default="")
    manages_bills = models.BooleanField(default=True)
    name_sorted = models.GeneratedField(
        expression=SortKey("name"), output_field=models.TextField(db_collation="C"), db_persist=True
    )

    objects = ServedSet["SupplyPoint"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["id", "account"], name="a_supply_point_with_its_account"
            ),
            models.UniqueConstraint(
                fields=["account", "cups"],
                condition=Q(service="accepted") & ~Q(cups=""),
                name="one_supply_point_in_service_of_a_cups",
            ),
            models.CheckConstraint(condition=SERVICE_IS_KNOWN, name="supply_service_is_known"),
            models.CheckConstraint(
                condition=Q(cups="") | Q(cups__regex=r"^ES\d{16}[A-Z]{2}$"),
                name="a_cups_has_20_characters",
            ),
            models.CheckConstraint(
                condition=~Q(energy="electricity") | ~Q(territory=""),
                name="electricity_has_a_territory",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "name_sorted", "id"], name="supplies_by_their_name"),
            models.Index(fields=["cups"], name="supplies_of_a_cups", condition=~Q(cups="")),
        ]

    def __str__(self) -> str:
        return self.name


class SupplyContract(OfAccount):
    """What was agreed with a retailer for a supply point, from `since` up to, less `until`.

    The contracts of a supply point never overlap. `powers` are kW of P1 to P6.
    """

    supply_point = models.ForeignKey(
        SupplyPoint, on_delete=models.PROTECT, related_name="contracts", db_constraint=False
    )
    retailer = models.CharField(max_length=120, blank=True, default="")
    tariff = models.CharField(max_length=20, blank=True, default="")
    powers = ArrayField(models.DecimalField(max_digits=9, decimal_places=3), default=list)
    policy = models.CharField(max_length=60, blank=True, default="")
    since = models.DateField()
    until = models.DateField(null=True)
    days = models.GeneratedField(expression=Range(), output_field=DateRangeField(), db_persist=True)
    created_at = models.DateTimeField()

    objects = BelowAccountSet["SupplyContract"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                name="a_supply_contract_ends_after_it_begins",
            ),
            ExclusionConstraint(
                name="supply_contracts_never_overlap",
                expressions=[
                    ("supply_point", RangeOperators.EQUAL),
                    ("days", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.retailer} [{self.since}, {self.until})"


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


class DataSource(OfAccount):
    """Where readings come from: a gateway that inserts them, files, the collector, a person."""

    class Kind(models.TextChoices):
        INSERTION = "insertion"
        FILES = "files"
        COLLECTOR = "collector"
        BY_HAND = "by hand"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    created_at = models.DateTimeField()
    name_folded = models.GeneratedField(
        expression=Fold("name"), output_field=models.TextField(), db_persist=True
    )

    objects = BelowAccountSet["DataSource"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "account"], name="a_source_with_its_account"),
            models.UniqueConstraint(fields=["account", "name_folded"], name="one_source_of_a_name"),
            models.CheckConstraint(
                condition=Q(kind__in=["insertion", "files", "collector", "by hand"]),
                name="source_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SourceDevice(OfAccount):
    """Which meter a source means by one of its device ids (`did`)."""

    source = models.ForeignKey(
        DataSource, on_delete=models.PROTECT, related_name="devices", db_constraint=False
    )
    did = models.CharField(max_length=120)
    meter = models.ForeignKey(
        Meter, on_delete=models.PROTECT, related_name="devices", db_constraint=False
    )

    objects = BelowAccountSet["SourceDevice"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "did"], name="one_meter_of_a_device"),
            models.CheckConstraint(condition=~Q(did=""), name="a_device_has_an_id"),
        ]

    def __str__(self) -> str:
        return self.did


class DataPoint(Served):
    """One quantity of one meter: it takes a DP while in service, whatever its resolutions."""

    meter = models.ForeignKey(
        Meter, on_delete=models.PROTECT, related_name="data_points", db_constraint=False
    )
    quantity = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    source = models.ForeignKey(
        DataSource,
        null=True,
        on_delete=models.PROTECT,
        related_name="data_points",
        db_constraint=False,
    )
    name_sorted = models.GeneratedField(
        expression=SortKey("name"), output_field=models.TextField(db_collation="C"), db_persist=True
    )

    objects = ServedSet["DataPoint"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "account"], name="a_data_point_with_its_account"),
            models.UniqueConstraint(
                fields=["meter", "quantity"],
                condition=Q(service="accepted"),
                name="one_data_point_in_service_of_a_quantity",
            ),
            models.CheckConstraint(condition=SERVICE_IS_KNOWN, name="data_point_service_is_known"),
        ]
        indexes = [
            models.Index(fields=["account", "name_sorted", "id"], name="data_points_by_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Series(OfAccount):
    """How the values of a data point are stored: one series for each resolution and kind.

    The time zone is that of its days. It never changes once there is a reading: that day is
    `first_reading_on`, which `readings` writes.
    """

    class Kind(models.TextChoices):
        INTERVAL = "interval"
        REGISTER = "register"
        INSTANT = "instant"

    MINUTES = (5, 10, 15, 30, 60, 1440)

    data_point = models.ForeignKey(
        DataPoint, on_delete=models.PROTECT, related_name="series", db_constraint=False
    )
    minutes = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    time_zone = models.CharField(max_length=60)
    first_reading_on = models.DateField(null=True)
    created_at = models.DateTimeField()

    objects = BelowAccountSet["Series"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["data_point", "minutes", "kind"], name="one_series_of_a_resolution"
            ),
            models.CheckConstraint(
                condition=Q(minutes__in=[5, 10, 15, 30, 60, 1440]), name="resolution_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["interval", "register", "instant"]),
                name="series_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.data_point_id}: {self.minutes} min"


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


class Allocation(OfAccount):
    """A unit that a thing took, from a moment on, up to and not including `freed_at`.

    The open allocations of an account are what `Usage` counts, and the closed ones tell how much
    it used at any moment before. `thing` is the row's key in the table that `kind` names.
    """

    class Kind(models.TextChoices):
        SUPPLY_POINT = "supply_point"
        METER = "meter"
        DATA_POINT = "data_point"
        RTC_LINE = "rtc_line"

    unit = models.CharField(max_length=13)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    thing = models.BigIntegerField()
    taken_at = models.DateTimeField()
    freed_at = models.DateTimeField(null=True)

    objects = BelowAccountSet["Allocation"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "unit", "kind", "thing"],
                condition=Q(freed_at__isnull=True),
                name="a_thing_takes_a_unit_once",
            ),
            models.CheckConstraint(
                condition=Q(freed_at__isnull=True) | Q(freed_at__gte=F("taken_at")),
                name="a_unit_is_freed_after_it_is_taken",
            ),
            models.CheckConstraint(
                condition=Q(
                    unit__in=["meters", "supply_points", "data_points", "rtc_lines"],
                    kind__in=["supply_point", "meter", "data_point", "rtc_line"],
                ),
                name="allocation_is_of_a_known_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "unit", "taken_at"], name="allocations_over_time"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.kind} {self.thing}"


class InventoryDraft(OfAccount):
    """An inventory workbook that was uploaded and not imported yet.

    It is deleted when it is imported, or by the first upload to its account after it is a week
    old.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    content = models.BinaryField()

    objects = BelowAccountSet["InventoryDraft"].as_manager()

    def __str__(self) -> str:
        return self.file_name
