"""What every thing of an installation has: its account, its organisation, its service."""

import uuid
from typing import Self, TypeVar

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Func, Q

from vatio.accounts.models import Account, BelowAccountSet
from vatio.tenants.models import Organisation

Row = TypeVar("Row", bound=models.Model)


class OfAccount(models.Model):
    """A row of an account, and of the account's organisation."""

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="%(class)ss", db_constraint=False
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Service(models.TextChoices):
    """Whether a thing is the account's: what waits, was refused or was retired takes no unit."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RETIRED = "retired"


SERVICE_IS_KNOWN = Q(service__in=Service.values)


class ServedSet(BelowAccountSet[Row]):
    """Things of an account, narrowed to those in service."""

    def in_service(self) -> Self:
        """Return the things that are accepted and not retired."""
        return self.filter(service=Service.ACCEPTED)


class Served(OfAccount):
    """A thing with its service and the moment of its last change.

    Service says whether the thing takes a unit; it says nothing about the days for which there
    are readings. Every earlier change is an `Allocation`.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    service = models.CharField(max_length=8, choices=Service.choices, default=Service.ACCEPTED)
    service_since = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        abstract = True

    @property
    def is_in_service(self) -> bool:
        """Whether the thing is accepted and not retired."""
        return self.service == Service.ACCEPTED


class Range(Func):
    """The days from `since` up to, and not including, `until`; open where that is null."""

    template = "daterange(since, until)"
    output_field = DateRangeField()
