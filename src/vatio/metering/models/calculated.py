"""Calculated series: their versions by day, and the terms of each version."""

import uuid

from django.db import models
from django.db.models import Q

from vatio.accounts.models import BelowAccountSet
from vatio.metering.models.belonging import OfAccount
from vatio.metering.models.data_points import DataPoint
from vatio.tenants.folding import Fold, SortKey


class CalculatedSeries(OfAccount):
    """A sum of data points of an account, with signs and factors: it takes no unit.

    What is added up stands in its versions, as it changes from a day on. Its terms are data
    points and never other calculated series.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    name_folded = models.GeneratedField(
        expression=Fold("name"), output_field=models.TextField(), db_persist=True
    )
    name_sorted = models.GeneratedField(
        expression=SortKey("name"), output_field=models.TextField(db_collation="C"), db_persist=True
    )

    objects = BelowAccountSet["CalculatedSeries"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["id", "account"], name="a_calculated_series_with_its_account"
            ),
            models.UniqueConstraint(
                fields=["account", "name_folded"], name="one_calculated_series_of_a_name"
            ),
            models.CheckConstraint(
                condition=Q(name__regex=r"^\S+( \S+)*$"), name="calculated_name_is_trimmed"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "name_sorted", "id"], name="calculated_by_their_name"),
        ]

    def __str__(self) -> str:
        return self.name


class CalculatedVersion(OfAccount):
    """What a calculated series adds up from `since` on, up to, less the day of the next version.

    Without `since` it is valid from the beginning, whatever the first reading.
    """

    series = models.ForeignKey(
        CalculatedSeries, on_delete=models.PROTECT, related_name="versions", db_constraint=False
    )
    since = models.DateField(null=True)
    created_at = models.DateTimeField()

    objects = BelowAccountSet["CalculatedVersion"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["id", "account"], name="a_calculated_version_with_its_account"
            ),
            models.UniqueConstraint(
                fields=["series", "since"],
                nulls_distinct=False,
                name="one_version_of_a_calculated_series_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series_id}: {self.since or '–'}"


class CalculatedTerm(OfAccount):
    """A data point of a version, added (`sign` 1) or taken away (−1), times its factor.

    `place` is where it stands among the terms of its version, as somebody wrote them.
    """

    version = models.ForeignKey(
        CalculatedVersion, on_delete=models.PROTECT, related_name="terms", db_constraint=False
    )
    place = models.PositiveSmallIntegerField()
    data_point = models.ForeignKey(
        DataPoint, on_delete=models.PROTECT, related_name="calculated_terms", db_constraint=False
    )
    sign = models.SmallIntegerField()
    factor = models.DecimalField(max_digits=12, decimal_places=6)

    objects = BelowAccountSet["CalculatedTerm"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "data_point"], name="a_data_point_once_in_a_version"
            ),
            models.UniqueConstraint(
                fields=["version", "place"], name="one_calculated_term_in_a_place"
            ),
            models.CheckConstraint(
                condition=Q(sign__in=[-1, 1]), name="a_term_is_added_or_taken_away"
            ),
            models.CheckConstraint(condition=Q(factor__gt=0), name="a_factor_is_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{'+' if self.sign > 0 else '−'}{self.factor} × {self.data_point_id}"
