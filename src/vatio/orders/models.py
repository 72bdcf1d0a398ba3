"""Orders, the comments on them, and bulk renewals."""

import uuid

from django.db import models
from django.db.models import F, Q

from vatio.accounts.models import Account, Agreement, Sector
from vatio.accounts.opening import Project
from vatio.catalogue.models import LicenceVersion
from vatio.orders.proposal import Proposal
from vatio.tenants.folding import Fold
from vatio.tenants.models import OfOrganisationSet, Organisation, Person
from vatio.units import Quantities


class OrderSet(models.QuerySet["Order"]):
    """Orders, narrowed to those that a person may see and by their state."""

    def visible_to(self, person: Person) -> "OrderSet":
        """Return the orders that a person may see: all for commercial staff, else `led_by`."""
        if not person.is_active:
            return self.none()
        if person.is_commercial:
            return self
        return self.led_by(person)

    def led_by(self, person: Person) -> "OrderSet":
        """Return the orders of the organisations that a person leads, who may withdraw them."""
        return self.filter(organisation__memberships__person=person)

    def open(self) -> "OrderSet":
        """Return the orders that still await a decision."""
        return self.filter(state__in=Order.OPEN)

    def decided(self) -> "OrderSet":
        """Return the orders that await nobody any more, however they ended."""
        return self.exclude(state__in=Order.OPEN)


class Order(models.Model):
    """What a SuperAdministrator asks of the commercial department.

    An opening has no account until it is accepted; its quantities are totals, and `token` is
    its form's idempotency key. The quantities of an expansion are additions. A decided order
    never changes, and an accepted one references the agreement that it became.
    """

    never_deleted = True

    class Kind(models.TextChoices):
        OPENING = "opening"
        EXPANSION = "expansion"
        UPGRADE = "upgrade"
        RENEWAL = "renewal"

    class State(models.TextChoices):
        PENDING = "pending"
        OFFERED = "offered"
        ACCEPTED = "accepted"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"
        DECLINED = "declined"
        LAPSED = "lapsed"

    OPEN = (State.PENDING, State.OFFERED)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="orders")
    account = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="orders", db_constraint=False
    )
    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PENDING)
    submitted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    token = models.UUIDField(null=True, unique=True)

    licence = models.ForeignKey(
        LicenceVersion, null=True, on_delete=models.PROTECT, related_name="+"
    )
    meters = models.IntegerField(null=True)
    supply_points = models.IntegerField(null=True)
    data_points = models.IntegerField(null=True)
    rtc_lines = models.IntegerField(null=True)
    sms_credits = models.IntegerField(default=0)
    months = models.PositiveSmallIntegerField(null=True)

    account_name = models.CharField(max_length=120, blank=True, default="")
    client = models.CharField(max_length=120, blank=True, default="")
    nif = models.CharField(max_length=20, blank=True, default="")
    sector = models.CharField(max_length=20, choices=Sector.choices, blank=True, default="")
    contact_email = models.EmailField(blank=True, default="")
    time_zone = models.CharField(max_length=60, blank=True, default="")
    account_name_folded = models.GeneratedField(
        expression=Fold("account_name"), output_field=models.TextField(), db_persist=True
    )
    reference = models.CharField(max_length=60, blank=True, default="")
    comments = models.TextField(blank=True, default="")

    taken_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    rule = models.CharField(max_length=40, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    agreement = models.OneToOneField(
        Agreement, null=True, on_delete=models.PROTECT, related_name="order", db_constraint=False
    )

    objects = OrderSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["id", "organisation"], name="an_order_with_its_organisation"
            ),
            models.UniqueConstraint(
                fields=["account", "kind"],
                name="one_open_order_of_a_kind",
                condition=Q(state__in=["pending", "offered"]),
            ),
            models.UniqueConstraint(
                fields=["organisation", "account_name_folded"],
                name="one_open_opening_of_a_name",
                condition=Q(kind="opening", state__in=["pending", "offered"]),
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "pending",
                        "offered",
                        "accepted",
                        "rejected",
                        "withdrawn",
                        "declined",
                        "lapsed",
                    ]
                ),
                name="order_state_is_known",
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind="opening", licence__isnull=False, token__isnull=False)
                    & Q(months__isnull=False, months__gte=1, months__lte=120)
                    & Q(account_name__regex=r"^\S+( \S+)*$", client__regex=r"^\S+( \S+)*$")
                    & Q(sector__in=Sector.values)
                    & ~Q(time_zone="")
                )
                | (
                    Q(kind="expansion", account__isnull=False)
                    & Q(licence__isnull=True, months__isnull=True)
                )
                | (
                    Q(kind="upgrade", account__isnull=False, licence__isnull=False)
                    & Q(months__isnull=True)
                )
                | (Q(kind="renewal", account__isnull=False) & Q(licence__isnull=True)),
                name="an_order_asks_what_its_kind_asks",
            ),
            models.CheckConstraint(
                condition=Q(sms_credits__gte=0)
                & (Q(meters__isnull=True) | Q(meters__gte=0))
                & (Q(supply_points__isnull=True) | Q(supply_points__gte=0))
                & (Q(data_points__isnull=True) | Q(data_points__gte=0))
                & (Q(rtc_lines__isnull=True) | Q(rtc_lines__gte=0)),
                name="nothing_negative_is_asked",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", agreement__isnull=False, account__isnull=False)
                | (~Q(state="accepted") & Q(agreement__isnull=True)),
                name="accepted_means_agreed",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=["pending", "offered"])
                    & Q(decided_at__isnull=True, decided_by__isnull=True)
                )
                | (
                    ~Q(state__in=["pending", "offered"])
                    & Q(decided_at__isnull=False)
                    & (Q(decided_by__isnull=False) | ~Q(rule=""))
                ),
                name="a_decided_order_says_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | Q(reason__regex=r"\S"),
                name="a_rejection_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "rejected"])
                | Q(decided_by__isnull=True)
                | ~Q(decided_by=F("submitted_by")),
                name="nobody_decides_their_own_order",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "-submitted_at", "-id"], name="orders_of_an_organisation"
            ),
            models.Index(
                fields=["submitted_at", "id"],
                name="orders_waiting",
                condition=Q(state__in=["pending", "offered"]),
            ),
            models.Index(fields=["account", "-submitted_at"], name="orders_of_an_account"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def quantities(self) -> Quantities:
        """The quantities asked for: totals in an opening, additions in an expansion."""
        return Quantities(self.meters, self.supply_points, self.data_points, self.rtc_lines)

    @property
    def proposal(self) -> Proposal:
        """The licence, quantities, months and SMS credits that the order asks for."""
        return Proposal(self.licence, self.quantities, self.months, self.sms_credits)

    @property
    def project(self) -> Project:
        """The client's project, as an opening describes it."""
        return Project(
            account_name=self.account_name,
            client=self.client,
            nif=self.nif,
            sector=self.sector,
            contact_email=self.contact_email,
            time_zone=self.time_zone,
        )

    @property
    def is_open(self) -> bool:
        """Whether the order still awaits a decision."""
        return self.state in self.OPEN

    def awaits(self, person: Person) -> bool:
        """Return whether the order awaits a decision of the department, and a person is of it."""
        return person.is_commercial and self.is_open

    def is_submitted_by(self, person: Person) -> bool:
        """Return whether a person submitted the order: then somebody else has to decide it."""
        return self.submitted_by_id == person.pk


class CommentSet(models.QuerySet["Comment"]):
    """Comments, narrowed to those that a person may read."""

    def visible_to(self, person: Person) -> "CommentSet":
        """Return the comments that a person may read: notes only for the commercial department."""
        readable = self.filter(order__in=Order.objects.visible_to(person))
        return readable if person.is_commercial else readable.filter(is_note=False)


class Comment(models.Model):
    """A comment on an order: a question or an answer, or an internal note.

    Questions and answers pass between the organisation and the commercial
    department before the order is decided; a note stays in the department.
    """

    append_only = True

    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="said", db_constraint=False
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    is_note = models.BooleanField(default=False)
    words = models.TextField()

    objects = CommentSet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(words__regex=r"\S"), name="a_comment_says_something"
            ),
        ]

    def __str__(self) -> str:
        return self.words[:40]


class BulkRenewal(models.Model):
    """Several renewals requested at once; each account is renewed or refused on its own.

    A short bulk renewal runs within the request, a long one in the worker. Its orders count as
    submitted at `asked_at`, however long the work takes.
    """

    never_deleted = True

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="bulk_renewals"
    )
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = OfOrganisationSet["BulkRenewal"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["id", "organisation"], name="a_bulk_renewal_with_its_organisation"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "id"],
                name="rounds_in_work",
                condition=Q(finished_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.asked_at:%Y-%m-%d %H:%M}"


class BulkRenewalItem(models.Model):
    """One account of a bulk renewal: waiting, or with its outcome."""

    never_deleted = True

    class Outcome(models.TextChoices):
        WAITING = "waiting"
        ASKED = "asked"
        RENEWED = "renewed"
        REFUSED = "refused"

    bulk_renewal = models.ForeignKey(
        BulkRenewal, on_delete=models.PROTECT, related_name="items", db_constraint=False
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    shown_end = models.DateField()
    outcome = models.CharField(max_length=7, choices=Outcome.choices, default=Outcome.WAITING)
    order = models.ForeignKey(
        Order, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    until = models.DateField(null=True)
    words = models.TextField(blank=True, default="")

    objects = OfOrganisationSet["BulkRenewalItem"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bulk_renewal", "account"], name="one_item_of_an_account_in_a_bulk_renewal"
            ),
            models.CheckConstraint(
                condition=Q(outcome="waiting", order__isnull=True, words="")
                | Q(outcome="asked", order__isnull=False)
                | Q(outcome="renewed", order__isnull=False, until__isnull=False)
                | (Q(outcome="refused", order__isnull=True) & ~Q(words="")),
                name="an_item_says_what_became_of_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.outcome}"
