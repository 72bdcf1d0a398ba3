"""Links that let somebody in once."""

import uuid

from django.db import models
from django.db.models import Q

from vatio.tenants.models import Organisation, Person


class EntranceSet(models.QuerySet["Entrance"]):
    """Entrances, narrowed to those that a person may see."""

    def visible_to(self, person: Person) -> "EntranceSet":
        """Keep invitations to organisations that this person sees, and to colleagues."""
        led = Q(organisation__in=Organisation.objects.visible_to(person))
        return self.filter(led | Q(role="commercial") if person.is_commercial else led)

    def waiting(self) -> "EntranceSet":
        """Keep the invitations that nobody has used or taken back; some may have lapsed."""
        return self.filter(
            kind=Entrance.Kind.INVITATION, used_at__isnull=True, withdrawn_at__isnull=True
        )


class Entrance(models.Model):
    """A link that works once: the first key, an invitation, or a new password.

    Only the token's hash is stored. The first key makes the first person of the
    commercial department; an invitation gives its role, in its organisation or
    account if it has one; a password link lets somebody who exists choose a new
    password. The account's foreign key is added where accounts are made.
    """

    class Kind(models.TextChoices):
        FIRST = "first"
        INVITATION = "invitation"
        RESET = "reset"

    class Role(models.TextChoices):
        COMMERCIAL = "commercial"
        SUPERADMINISTRATOR = "superadministrator"
        ADMINISTRATOR = "administrator"
        VIEWER = "viewer"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField(blank=True, default="")
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="entrances"
    )
    account_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=18, choices=Role.choices, blank=True, default="")
    made_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = EntranceSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                name="one_living_first_key",
                condition=Q(kind="first", used_at__isnull=True, withdrawn_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["organisation", "account_id", "email"],
                name="one_living_invitation_of_an_address",
                condition=Q(kind="invitation", used_at__isnull=True, withdrawn_at__isnull=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="first",
                    role="",
                    organisation__isnull=True,
                    account_id__isnull=True,
                    email="",
                )
                | (
                    Q(
                        kind="invitation",
                        role="commercial",
                        organisation__isnull=True,
                        account_id__isnull=True,
                    )
                    & ~Q(email="")
                )
                | (
                    Q(
                        kind="invitation",
                        role="superadministrator",
                        organisation__isnull=False,
                        account_id__isnull=True,
                    )
                    & ~Q(email="")
                )
                | (
                    Q(
                        kind="invitation",
                        role__in=["administrator", "viewer"],
                        organisation__isnull=False,
                        account_id__isnull=False,
                    )
                    & ~Q(email="")
                )
                | (
                    Q(kind="reset", role="", organisation__isnull=True, account_id__isnull=True)
                    & ~Q(email="")
                ),
                name="an_entrance_leads_where_its_kind_says",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="a_used_entrance_is_not_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, used_by__isnull=True)
                | Q(used_at__isnull=False, used_by__isnull=False),
                name="a_used_entrance_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.email}"
