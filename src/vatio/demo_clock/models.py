"""How far the demo's readings have been filled in."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Fill(models.Model):
    """One row, in the demo only: how far the readings of its accounts go.

    `made_on` is the day up to which histories are made, and by which their faults are placed.
    `steps` are the accounts in the order in which they are filled, as `vatio.demo.filling` writes
    them. Of `wanted` readings `done` are there, not counting what faults take.
    """

    FIRST: ClassVar[int] = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=FIRST)
    made_on = models.DateField()
    steps = models.JSONField(default=list)
    wanted = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_fill_of_the_demo")]

    def __str__(self) -> str:
        return f"{self.done} of {self.wanted}"
