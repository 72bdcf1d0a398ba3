"""Portfolios that were handed in."""

import uuid

from django.db import models

from vatio.tenants.models import Organisation, Person


class ImportDraftSet(models.QuerySet["ImportDraft"]):
    """Drafts of imports, narrowed to those that a person may see."""

    def visible_to(self, person: Person) -> "ImportDraftSet":
        """Keep all for the commercial department, none for anybody else."""
        return self if person.is_active and person.is_commercial else self.none()


class ImportDraft(models.Model):
    """A portfolio's file that was handed in and not imported yet, with how to read it.

    It goes when it is imported, and a week after it came.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    content = models.BinaryField()
    ends = models.CharField(max_length=9, blank=True, default="")
    licences = models.JSONField(default=dict)
    columns = models.JSONField(default=dict)

    objects = ImportDraftSet.as_manager()

    def __str__(self) -> str:
        return self.file_name
