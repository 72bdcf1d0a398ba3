"""Uploaded portfolios, and the imports that the worker runs."""

import uuid
from typing import Self, TypeVar

from django.db import models

from vatio.tenants.models import Organisation, Person

Row = TypeVar("Row", bound=models.Model)


class OfDepartmentSet(models.QuerySet[Row]):
    """Rows of the commercial department, narrowed to those that a person may see."""

    def visible_to(self, person: Person) -> Self:
        """Return all rows for the commercial department, none for anybody else."""
        return self if person.is_active and person.is_commercial else self.none()


class ImportDraft(models.Model):
    """A portfolio's file that was uploaded and not imported yet, with how to read it.

    A draft is deleted when it is imported, or by the first upload after it is a week old.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    content = models.BinaryField()
    ends = models.CharField(max_length=9, blank=True, default="")
    sheet = models.CharField(max_length=200, blank=True, default="")
    licences = models.JSONField(default=dict)
    columns = models.JSONField(default=dict)

    objects = OfDepartmentSet["ImportDraft"].as_manager()

    def __str__(self) -> str:
        return self.file_name


class Import(models.Model):
    """An import by the worker: its progress and its outcome.

    `done` is written outside the import's transaction, so that progress is visible before the
    commit; a successful outcome is written in the transaction that creates the accounts.
    """

    never_deleted = True

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        REFUSED = "refused"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    draft = models.ForeignKey(
        ImportDraft, null=True, on_delete=models.SET_NULL, related_name="imports"
    )
    file_name = models.CharField(max_length=200)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    rows = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    words = models.TextField(blank=True, default="")
    finished_at = models.DateTimeField(null=True)

    objects = OfDepartmentSet["Import"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["draft"], name="one_import_of_a_draft", condition=models.Q(state="waiting")
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting", finished_at__isnull=True)
                | (models.Q(state__in=["done", "refused"]) & models.Q(finished_at__isnull=False)),
                name="an_import_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.state}"
