"""Usage: how many of each unit an account uses."""

from django.db import models
from django.db.models import Q

from vatio.accounts.models import Account, BelowAccountSet
from vatio.tenants.models import Organisation
from vatio.units import Unit


class Usage(models.Model):
    """How many of a unit an account uses: one narrow row an account and unit.

    The number shown is the number enforced. It changes in the transaction that takes or frees
    the unit, by `limits.take` and `limits.free` alone, and never with terms, renewals or
    adjustments: an account may use more than it holds. `told_step` is the last step (80 or 100
    per cent of `told_held`) that the SuperAdministrators were told of; `tellings` counts them.
    """

    never_deleted = True

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="usages", db_constraint=False
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(max_length=13)
    used = models.IntegerField(default=0)
    told_step = models.PositiveSmallIntegerField(default=0)
    told_held = models.IntegerField(null=True)
    tellings = models.IntegerField(default=0)

    objects = BelowAccountSet["Usage"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "unit"], include=["used"], name="one_usage_of_a_unit"
            ),
            models.CheckConstraint(condition=Q(used__gte=0), name="usage_is_never_negative"),
            models.CheckConstraint(
                condition=Q(unit__in=["meters", "supply_points", "data_points", "rtc_lines"]),
                name="usage_is_of_a_known_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.used} {Unit(self.unit).short}"
