"""Licences and their versions."""

import uuid

from django.db import models
from django.db.models import F, Q

from vatio.tenants.folding import Fold, SortKey
from vatio.units import Billing, Quantities


class Licence(models.Model):
    """A name in the catalogue, billed by meters or by data points; its billing never changes."""

    never_deleted = True

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=60)
    name_folded = models.GeneratedField(
        expression=Fold("name"), output_field=models.TextField(), db_persist=True
    )
    name_sorted = models.GeneratedField(
        expression=SortKey("name"), output_field=models.TextField(db_collation="C"), db_persist=True
    )
    billing = models.CharField(max_length=3, choices=Billing.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name_folded"], name="one_licence_of_a_name"),
            models.UniqueConstraint(fields=["id", "billing"], name="a_licence_with_its_billing"),
            models.CheckConstraint(
                condition=Q(name__regex=r"^\S+( \S+)*$"), name="licence_name_is_trimmed"
            ),
            models.CheckConstraint(
                condition=Q(billing__in=["MTR", "DP"]), name="billing_is_by_mtr_or_dp"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VersionSet(models.QuerySet["LicenceVersion"]):
    """Versions, narrowed by their state."""

    def published(self) -> "VersionSet":
        """Return the versions that a new order may name."""
        return self.filter(state=LicenceVersion.State.PUBLISHED)


class LicenceVersion(models.Model):
    """A version of a licence: the default quantities that a term is granted under it.

    In a unit's column NULL means that the licence does not count the unit, and 0 that
    it includes none. A published version never changes; it is retired.
    """

    never_deleted = True

    class State(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        RETIRED = "retired"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="versions")
    billing = models.CharField(max_length=3, choices=Billing.choices)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    description = models.CharField(max_length=200, blank=True, default="")
    meters = models.IntegerField(null=True)
    supply_points = models.IntegerField(null=True)
    data_points = models.IntegerField(null=True)
    rtc_lines = models.IntegerField(default=0)
    published_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    objects = VersionSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["licence", "number"], name="one_version_of_a_number"),
            models.UniqueConstraint(
                fields=["licence"],
                name="one_published_version_of_a_licence",
                condition=Q(state="published"),
            ),
            models.UniqueConstraint(
                fields=["licence"],
                name="one_draft_of_a_licence",
                condition=Q(state="draft"),
            ),
            models.CheckConstraint(
                condition=(
                    Q(billing="MTR", data_points__isnull=True)
                    & Q(meters__isnull=False, meters__gte=0)
                    & Q(supply_points__isnull=False, supply_points__gte=0)
                )
                | (
                    Q(billing="DP", meters__isnull=True)
                    & Q(supply_points__isnull=False, supply_points__gte=0)
                    & Q(data_points__isnull=False, data_points__gte=0)
                ),
                name="quantities_follow_the_billing",
            ),
            models.CheckConstraint(condition=Q(rtc_lines__gte=0), name="rtc_lines_not_negative"),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True, retired_at__isnull=True)
                | Q(state="published", published_at__isnull=False, retired_at__isnull=True)
                | Q(
                    state="retired",
                    published_at__isnull=False,
                    retired_at__isnull=False,
                    retired_at__gte=F("published_at"),
                ),
                name="a_version_is_dated_by_its_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.licence} v{self.number}"

    @property
    def defaults(self) -> Quantities:
        """How many of each unit the version includes."""
        return Quantities(self.meters, self.supply_points, self.data_points, self.rtc_lines)
