"""How far the demo's clock is ahead."""

from django.db import models
from django.db.models import Q


class Shift(models.Model):
    """One row, in the demo only: how many days its clock is ahead, and how many it has to go.

    `moved_at`, in real time, is when it was moved last. What happened on the days that it
    passed is summed up, and never begins anew.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    days = models.PositiveIntegerField(default=0)
    days_to_go = models.PositiveIntegerField(default=0, db_default=0)
    moved_at = models.DateTimeField(null=True)
    reminders = models.PositiveBigIntegerField(default=0, db_default=0)
    expired = models.PositiveBigIntegerField(default=0, db_default=0)
    lapsed = models.PositiveBigIntegerField(default=0, db_default=0)
    sent = models.PositiveBigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_shift_of_the_clock")]

    def __str__(self) -> str:
        return f"+{self.days}"
