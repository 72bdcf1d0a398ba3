"""Files of load curves that were uploaded, and how files of a header are read."""

import uuid

from django.db import models
from django.db.models import Q

from vatio.readings.models.stored import KeyedByAccount


class ReadingsDraft(KeyedByAccount):
    """A file of load curves that was uploaded: how it is read, and what became of it.

    `told` and `choice` are what somebody said of it (see `readings.drafts`). Once it is to be
    stored, `members_done` of the `members` files that it holds are, each with what became of it
    in `outcomes`; `values_done` of `values` belong to the one on its way, and are written outside
    its transaction, so that they are visible before the commit. The bytes go when the last one is
    stored, the row with the first upload after it is a week old.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    pk = models.CompositePrimaryKey("account_id", "uid")
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    file_name = models.CharField(max_length=200)
    content = models.BinaryField(null=True)
    signature = models.CharField(max_length=64, blank=True, default="")
    made_by_id = models.BigIntegerField()
    made_at = models.DateTimeField()
    told = models.JSONField(default=dict)
    choice = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=State.choices, default=State.DRAFT)
    asked_by_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    members = models.IntegerField(default=1)
    members_done = models.IntegerField(default=0)
    values = models.BigIntegerField(default=0)
    values_done = models.BigIntegerField(default=0)
    outcomes = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "waiting", "running"], finished_at__isnull=True)
                | Q(state__in=["done", "failed"], finished_at__isnull=False),
                name="a_file_of_readings_ends_once",
            ),
            models.CheckConstraint(
                condition=Q(members_done__gte=0, members_done__lte=models.F("members")),
                name="no_more_is_stored_than_there_is",
            ),
        ]
        indexes = [
            models.Index(fields=["account_id", "made_at"], name="readings_drafts_in_time"),
            models.Index(
                fields=["account_id", "asked_at"],
                condition=Q(state__in=["waiting", "running"]),
                name="readings_to_be_stored",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class RememberedOptions(KeyedByAccount):
    """How an account's files of a header are read, as somebody last said."""

    pk = models.CompositePrimaryKey("account_id", "signature")
    signature = models.CharField(max_length=64)
    told = models.JSONField(default=dict)
    told_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.signature
