"""Data points and their series."""

from django.db import models
from django.db.models import Q

from vatio.accounts.models import BelowAccountSet
from vatio.metering.models.belonging import SERVICE_IS_KNOWN, OfAccount, Served, ServedSet
from vatio.metering.models.meters import Meter
from vatio.metering.models.sources import DataSource
from vatio.tenants.folding import SortKey


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
