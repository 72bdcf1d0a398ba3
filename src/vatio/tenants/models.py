"""Organisations, people and memberships."""

from __future__ import annotations

import uuid
from typing import Self, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from vatio.tenants.addresses import STORED, fold_address
from vatio.tenants.folding import Fold, SortKey

Row = TypeVar("Row", bound=models.Model)

LANGUAGES = [("es", "Español"), ("en", "English")]


class OrganisationSet(models.QuerySet["Organisation"]):
    """Organisations, narrowed to those that a person may see."""

    def visible_to(self, person: Person) -> OrganisationSet:
        """Return what a person may see: all for commercial staff, else those of their memberships.

        A person who is not active sees none.
        """
        if not person.is_active:
            return self.none()
        if person.is_commercial:
            return self
        return self.led_by(person)

    def led_by(self, person: Person) -> OrganisationSet:
        """Return the organisations that a person leads as a SuperAdministrator."""
        return self.filter(memberships__person=person)


class Organisation(models.Model):
    """A partner that holds accounts: an energy service company, a consultancy, a reseller.

    Its slug stands in the address of its pages and never changes, so that links keep working.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    name_folded = models.GeneratedField(
        expression=Fold("name"), output_field=models.TextField(), db_persist=True
    )
    name_sorted = models.GeneratedField(
        expression=SortKey("name"), output_field=models.TextField(db_collation="C"), db_persist=True
    )
    time_zone = models.CharField(max_length=60, default="Europe/Madrid")
    language = models.CharField(max_length=2, choices=LANGUAGES, default="es")
    notice_address = models.EmailField(blank=True, default="")
    trusted = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects = OrganisationSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name_folded"], name="one_organisation_of_a_name"),
            models.CheckConstraint(
                condition=Q(name__regex=r"^\S+( \S+)*$"), name="organisation_name_is_trimmed"
            ),
            models.CheckConstraint(
                condition=Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"), name="slug_is_plain"
            ),
            models.CheckConstraint(
                condition=Q(notice_address__regex=STORED),
                name="a_notice_address_has_one_spelling",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_led_by(self, person: Person) -> bool:
        """Return whether a person leads the organisation as a SuperAdministrator."""
        return self.memberships.filter(person=person).exists()


def hidden_at_first() -> list[str]:
    """Return the columns of the list of accounts that are hidden until somebody chooses them."""
    return ["last_data"]


class PersonManager(BaseUserManager["Person"]):
    """Finds people by their e-mail address, whichever way the address was typed."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=fold_address(username or ""))


class Person(AbstractBaseUser):
    """Somebody who signs in: one folded e-mail address, however many roles.

    The commercial department is a property of the person; every other role is a
    membership of an organisation or of an account.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=2, choices=LANGUAGES, default="es")
    is_commercial = models.BooleanField(default=False)
    digest = models.BooleanField(default=False)
    hidden_columns = ArrayField(models.CharField(max_length=20), default=hidden_at_first)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="address_is_folded"),
            models.CheckConstraint(
                condition=Q(email__regex=STORED), name="a_person_has_one_spelling_of_their_address"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="person_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class OfOrganisationSet(models.QuerySet[Row]):
    """Rows of an organisation, narrowed to those that a person may see."""

    def visible_to(self, person: Person) -> Self:
        """Return the rows of the organisations that a person may see."""
        return self.filter(organisation__in=Organisation.objects.visible_to(person))


class Membership(models.Model):
    """A person's right to act for an organisation as its SuperAdministrator.

    Administrators and viewers belong to accounts, not to organisations: theirs
    is an `AccountRole`.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="memberships"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    created_at = models.DateTimeField()

    objects = OfOrganisationSet["Membership"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person"], name="one_membership_of_an_organisation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.organisation}"


class Platform(models.Model):
    """One row: whether this platform is the demo, settled once, when its database was empty."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    is_demo = models.BooleanField()
    settled_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_platform")]

    def __str__(self) -> str:
        return "demo" if self.is_demo else "platform"
