"""The units that things take."""

from django.db import models
from django.db.models import F, Q

from vatio.accounts.models import BelowAccountSet
from vatio.metering.models.belonging import OfAccount


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
