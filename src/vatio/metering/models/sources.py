"""Data sources, their devices, and the tokens of those that insert readings."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q

from vatio.accounts.models import BelowAccountSet
from vatio.metering.models.belonging import OfAccount
from vatio.metering.models.meters import Meter
from vatio.tenants.folding import Fold
from vatio.tenants.models import Person


class DataSource(OfAccount):
    """Where readings come from: a gateway that inserts them, files, the collector, a person.

    A register is the state of a meter at its instant. A gateway that labels its intervals by
    their start may send the state at their end: then `registers_at_end` is set.
    """

    class Kind(models.TextChoices):
        INSERTION = "insertion"
        FILES = "files"
        COLLECTOR = "collector"
        BY_HAND = "by hand"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    registers_at_end = models.BooleanField(db_default=False, default=False)
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


class SourceTokenSet(BelowAccountSet["SourceToken"]):
    """Tokens of an account's sources, narrowed to those that work."""

    def live(self, *, at: datetime) -> "SourceTokenSet":
        """Return the tokens that work at an instant: neither revoked nor past their end."""
        return self.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=at), revoked_at__isnull=True
        )


class SourceToken(OfAccount):
    """A secret by which a gateway is recognised, of which only the hash is stored.

    It works until it is revoked, and up to, not including, `expires_at`. A source has one that
    lasts; where that was rotated, the former one goes on beside it for a while. Its moments are
    those of the real time, however far the demo's clock is ahead.
    """

    source = models.ForeignKey(
        DataSource, on_delete=models.PROTECT, related_name="tokens", db_constraint=False
    )
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = SourceTokenSet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="a_token_is_stored_as_its_hash"
            ),
            models.UniqueConstraint(
                fields=["source"],
                condition=Q(expires_at__isnull=True, revoked_at__isnull=True),
                name="one_lasting_token_of_a_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.made_at:%Y-%m-%d %H:%M}"
