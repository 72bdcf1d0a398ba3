"""Data sources, and their devices."""

import uuid

from django.db import models
from django.db.models import Q

from vatio.accounts.models import BelowAccountSet
from vatio.metering.models.belonging import OfAccount
from vatio.metering.models.meters import Meter
from vatio.tenants.folding import Fold


class DataSource(OfAccount):
    """Where readings come from: a gateway that inserts them, files, the collector, a person."""

    class Kind(models.TextChoices):
        INSERTION = "insertion"
        FILES = "files"
        COLLECTOR = "collector"
        BY_HAND = "by hand"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    created_at = models.DateTimeField()
    name_folded = models.GeneratedField(
        expression=Fold("name"), output_field=models.TextField(), db_persist=True
    )

    objects = BelowAccountSet["DataSource"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "account"], name="a_source_with_its_account"),
            models.UniqueConstraint(fields=["account", "name_folded"], name="one_source_of_a_name"),
            models.CheckConstraint(
                condition=Q(kind__in=["insertion", "files", "collector", "by hand"]),
                name="source_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SourceDevice(OfAccount):
    """Which meter a source means by one of its device ids (`did`)."""

    source = models.ForeignKey(
        DataSource, on_delete=models.PROTECT, related_name="devices", db_constraint=False
    )
    did = models.CharField(max_length=120)
    meter = models.ForeignKey(
        Meter, on_delete=models.PROTECT, related_name="devices", db_constraint=False
    )

    objects = BelowAccountSet["SourceDevice"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "did"], name="one_meter_of_a_device"),
            models.CheckConstraint(condition=~Q(did=""), name="a_device_has_an_id"),
        ]

    def __str__(self) -> str:
        return self.did
