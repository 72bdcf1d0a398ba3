"""The reminders that were decided."""

from datetime import date, timedelta

from django.db import models

from vatio.accounts.models import Account, BelowAccountSet, Term
from vatio.dates import add_months
from vatio.tenants.models import Organisation


class Milestone(models.TextChoices):
    """How long before the end a reminder is due: a calendar month, 7 days, or 0 days."""

    MONTH = "month"
    WEEK = "week"
    DAY = "day"

    def due_on(self, ends_on: date) -> date:
        """Return the day on which the milestone is reached, for a term that ends on `ends_on`."""
        if self == Milestone.MONTH:
            return add_months(ends_on, -1, anchor_day=ends_on.day)
        return ends_on - timedelta(days=7) if self == Milestone.WEEK else ends_on


class Reminder(models.Model):
    """The decision on a term's milestone: announced, or overtaken by a later milestone.

    A reminder is inserted once, in the transaction that queues its messages: a later run finds
    the row and queues nothing.
    """

    append_only = True

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="reminders", db_constraint=False
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey(
        Term,
        on_delete=models.PROTECT,
        related_name="reminders",
        db_constraint=False,
        db_index=False,
    )
    milestone = models.CharField(max_length=5, choices=Milestone.choices)
    decided_at = models.DateTimeField()
    overtaken = models.BooleanField()

    objects = BelowAccountSet["Reminder"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["term", "milestone"], name="one_decision_of_a_milestone"
            ),
            models.CheckConstraint(
                condition=models.Q(milestone__in=Milestone.values), name="milestone_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term_id} · {self.milestone}"
