"""Inventories that were uploaded and wait for their import."""

import uuid

from django.db import models

from vatio.accounts.models import BelowAccountSet
from vatio.metering.models.belonging import OfAccount
from vatio.tenants.models import Person


class InventoryDraft(OfAccount):
    """An inventory workbook that was uploaded and not imported yet.

    It is deleted when it is imported, or by the first upload to its account after it is a week
    old.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    content = models.BinaryField()

    objects = BelowAccountSet["InventoryDraft"].as_manager()

    def __str__(self) -> str:
        return self.file_name
