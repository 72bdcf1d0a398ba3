"""How far the demo's clock is ahead."""

from django.db import models
from django.db.models import Q


class Shift(models.Model):
    """One row, in the demo only: how many days its clock is ahead of real time."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    days = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_shift_of_the_clock")]

    def __str__(self) -> str:
        return f"+{self.days}"
