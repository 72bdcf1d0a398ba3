"""One-time links, links of calendars, rate limits, telephones and quiet hours."""

import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q

from vatio.notifications.models import E_164
from vatio.tenants.addresses import STORED
from vatio.tenants.models import Membership, Organisation, Person


class OneTimeLinkSet(models.QuerySet["OneTimeLink"]):
    """One-time links, narrowed to those that a person may see."""

    def visible_to(self, person: Person) -> "OneTimeLinkSet":
        """Return the links to organisations that this person sees, and those to the department.

        Only the commercial department sees the invitations to the commercial department.
        """
        led = Q(organisation__in=Organisation.objects.visible_to(person))
        return self.filter(led | Q(role="commercial") if person.is_commercial else led)

    def waiting(self) -> "OneTimeLinkSet":
        """Return the invitations neither used nor withdrawn; some of them may have lapsed."""
        return self.filter(
            kind=OneTimeLink.Kind.INVITATION, used_at__isnull=True, withdrawn_at__isnull=True
        )


class OneTimeLink(models.Model):
    """A link that works once: the first key, an invitation, or a new password.

    Only the token's hash is stored. The first key creates the first person of the
    commercial department; an invitation grants its role, in its organisation or
    account if it has one; a password link lets an existing person choose a new
    password. The migrations of `accounts` add the foreign key of `account_id`.
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
        Organisation, null=True, on_delete=models.PROTECT, related_name="links"
    )
    account_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=18, choices=Role.choices, blank=True, default="")
    made_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = OneTimeLinkSet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["account_id"],
                name="invitations_to_an_account",
                condition=Q(account_id__isnull=False),
            ),
        ]
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
                name="a_link_leads_where_its_kind_says",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="a_used_link_is_not_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, used_by__isnull=True)
                | Q(used_at__isnull=False, used_by__isnull=False),
                name="a_used_link_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(email__regex=STORED), name="an_invited_address_has_one_spelling"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.email}"


class CalendarLinkSet(models.QuerySet["CalendarLink"]):
    """Calendar links, narrowed to a person's own and to those that are open."""

    def visible_to(self, person: Person) -> "CalendarLinkSet":
        """Return this person's own links: nobody else sees them."""
        return self.filter(person=person)

    def open(self) -> "CalendarLinkSet":
        """Return the links not revoked whose person is active and still leads the organisation.

        The membership must not be newer than the link: whoever left and came back
        has to make a new link.
        """
        kept = Membership.objects.filter(
            organisation=OuterRef("organisation"),
            person=OuterRef("person"),
            created_at__lte=OuterRef("made_at"),
        )
        return self.filter(Exists(kept), taken_back_at__isnull=True, person__is_active=True)


class CalendarLink(models.Model):
    """A private address from which a calendar reads when an organisation's accounts end.

    A calendar link belongs to one person, and works until a new one replaces it, it is
    revoked, or the person's membership ends. Only the token's hash is stored.
    """

    never_deleted = True

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    objects = CalendarLinkSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person"],
                name="one_living_calendar_link_of_a_person",
                condition=Q(taken_back_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} · {self.organisation_id}"


class RateLimit(models.Model):
    """How far the bucket of a rate limit is emptied: it is full again at `full_at`.

    The key is a hash of the limit and its subject. A row whose bucket is full may be deleted.
    """

    key = models.CharField(max_length=64, primary_key=True)
    full_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


class TelephoneSet(models.QuerySet["Telephone"]):
    """Telephones, narrowed to those that a person may see whole through nobody's account."""

    def visible_to(self, person: Person) -> "TelephoneSet":
        """Return the person's own telephone: see `accounts` for those of an account's people."""
        return self.filter(person=person)


class Telephone(models.Model):
    """The telephone of a person: `number` once a code that was sent to it was confirmed.

    Until then it is `asked_number`, and only the hash of the code is stored; a number confirmed
    before stays theirs meanwhile. Numbers are in E.164.
    """

    person = models.OneToOneField(
        Person, primary_key=True, on_delete=models.PROTECT, related_name="telephone"
    )
    number = models.CharField(max_length=16, blank=True, default="")
    confirmed_at = models.DateTimeField(null=True)
    asked_number = models.CharField(max_length=16, blank=True, default="")
    code_hash = models.CharField(max_length=64, blank=True, default="")
    code_lapses_at = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)

    objects = TelephoneSet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(number="", confirmed_at__isnull=True)
                | Q(number__regex=E_164, confirmed_at__isnull=False),
                name="a_telephone_was_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(asked_number="", code_hash="", code_lapses_at__isnull=True)
                | (Q(asked_number__regex=E_164, code_lapses_at__isnull=False) & ~Q(code_hash="")),
                name="a_code_is_of_a_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: ···{self.number[-3:]}"


class QuietHoursSet(models.QuerySet["QuietHours"]):
    """Quiet hours, narrowed to a person's own."""

    def visible_to(self, person: Person) -> "QuietHoursSet":
        """Return this person's own."""
        return self.filter(person=person)


class QuietHours(models.Model):
    """The hours of each day in which a person is sent nothing that can wait.

    From `starts` up to, and not including, `ends`, by the clock of `time_zone`; hours that end
    before they start end on the next day.
    """

    person = models.OneToOneField(
        Person, primary_key=True, on_delete=models.PROTECT, related_name="quiet_hours"
    )
    starts = models.TimeField()
    ends = models.TimeField()
    time_zone = models.CharField(max_length=60)

    objects = QuietHoursSet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(starts=models.F("ends")), name="quiet_hours_are_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.starts}–{self.ends}"
