"""Accounts, agreements, terms, grants, and the wallet of SMS credits."""

import uuid
from datetime import date
from typing import Self, TypeVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat

from vatio.catalogue.models import LicenceVersion
from vatio.tenants.addresses import STORED
from vatio.tenants.folding import Fold, SortKey
from vatio.tenants.models import LANGUAGES, Membership, OfOrganisationSet, Organisation, Person
from vatio.units import Quantities

Row = TypeVar("Row", bound=models.Model)


class Sector(models.TextChoices):
    """What an account's building or business is for."""

    ADMINISTRATION = "administration"
    AGRICULTURE = "agriculture"
    COMMERCE = "commerce"
    EDUCATION = "education"
    HEALTH = "health"
    HOTELS = "hotels"
    HOUSING = "housing"
    INDUSTRY = "industry"
    LOGISTICS = "logistics"
    OFFICES = "offices"
    SPORT = "sport"
    OTHER = "other"


class AccountSet(models.QuerySet["Account"]):
    """Accounts, narrowed to those that a person may see or act on."""

    def visible_to(self, person: Person) -> "AccountSet":
        """Return the accounts that this person may see through any of their roles."""
        if not person.is_active:
            return self.none()
        return self if person.is_commercial else self.with_role_of(person)

    def led_by(self, person: Person) -> "AccountSet":
        """Return the accounts of the organisations that a person leads, who may renew them."""
        return self.filter(organisation__memberships__person=person)

    def with_role_of(self, person: Person) -> "AccountSet":
        """Return the accounts that a person leads, administers or views, as a role of theirs says.

        Unlike `visible_to`, somebody of the commercial department has no role by that alone.
        """
        led = Membership.objects.filter(person=person).values("organisation_id")
        placed = AccountRole.objects.filter(person=person).values("account_id")
        return self.filter(Q(organisation_id__in=led) | Q(id__in=placed))

    def overseen_by(self, person: Person) -> "AccountSet":
        """Return the accounts whose renewals a person may undo: led, or all for the department."""
        return self if person.is_commercial else self.led_by(person)

    def administered_by(self, person: Person) -> "AccountSet":
        """Return the accounts whose people a person may manage: led, or administered by role."""
        led = Organisation.objects.led_by(person).values("id")
        own = AccountRole.objects.visible_to(person).filter(
            person=person, role=AccountRole.Role.ADMINISTRATOR
        )
        return self.filter(Q(organisation__in=led) | Q(id__in=own.values("account_id")))


class Account(models.Model):
    """One client's project: what the organisation pays for and its client uses.

    Whether an account is active follows from its terms. `covered_until` (the exclusive
    end of the last live term), `ends_at` (that day's first instant in the account's
    time zone) and `opened_on` (the start of the first term) are derived from the terms,
    so that lists can be sorted; `coverage.write` writes them. `not_renewing_since` is
    set while the organisation has announced that the account will not be renewed. From
    `closed_at` on the account is being deleted: nothing of it changes any more.
    """

    never_deleted = True

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="accounts"
    )
    name = models.CharField(max_length=120)
    client = models.CharField(max_length=120)
    nif = models.CharField(max_length=20, blank=True, default="")
    sector = models.CharField(max_length=20, choices=Sector.choices)
    contact_email = models.EmailField(blank=True, default="")
    language = models.CharField(max_length=2, choices=LANGUAGES, default="es")
    time_zone = models.CharField(max_length=60, default="Europe/Madrid")
    created_at = models.DateTimeField()
    opened_on = models.DateField(null=True)
    covered_until = models.DateField(null=True)
    ends_at = models.DateTimeField(null=True)
    not_renewing_since = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    name_folded = models.GeneratedField(
        expression=Fold("name"), output_field=models.TextField(), db_persist=True
    )
    name_sorted = models.GeneratedField(
        expression=SortKey("name"), output_field=models.TextField(db_collation="C"), db_persist=True
    )
    client_folded = models.GeneratedField(
        expression=Fold("client"), output_field=models.TextField(), db_persist=True
    )
    client_sorted = models.GeneratedField(
        expression=SortKey("client"),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )
    search_text = models.GeneratedField(
        expression=Concat(
            Value(" "),
            Fold(Concat("name", Value(" "), "client", Value(" "), "nif")),
            output_field=models.TextField(),
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = AccountSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name_folded"],
                include=["ends_at", "id"],
                name="one_account_of_a_name",
            ),
            models.UniqueConstraint(
                fields=["id", "organisation"], name="an_account_with_its_organisation"
            ),
            models.CheckConstraint(
                condition=Q(name__regex=r"^\S+( \S+)*$"), name="account_name_is_trimmed"
            ),
            models.CheckConstraint(
                condition=Q(client__regex=r"^\S+( \S+)*$"), name="client_name_is_trimmed"
            ),
            models.CheckConstraint(condition=Q(sector__in=Sector.values), name="sector_is_known"),
            models.CheckConstraint(
                condition=Q(
                    opened_on__isnull=True, covered_until__isnull=True, ends_at__isnull=True
                )
                | Q(opened_on__isnull=False, covered_until__isnull=False, ends_at__isnull=False),
                name="coverage_is_written_whole",
            ),
            models.CheckConstraint(
                condition=Q(contact_email__regex=STORED), name="a_contact_has_one_spelling"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "ends_at", "id"], name="accounts_by_their_end"),
            models.Index(
                fields=["organisation", "opened_on", "id"],
                include=["ends_at"],
                name="accounts_by_their_opening",
            ),
            models.Index(
                fields=["organisation", "name_sorted", "id"],
                include=["ends_at"],
                name="accounts_by_their_name",
            ),
            models.Index(
                fields=["organisation", "client_sorted", "id"],
                include=["ends_at"],
                name="accounts_by_their_client",
            ),
            models.Index(fields=["ends_at", "id"], name="accounts_of_all_by_their_end"),
            GinIndex(
                F("organisation_id"),
                OpClass(F("search_text"), name="gin_trgm_ops"),
                name="accounts_by_any_word",
                fastupdate=False,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EndingCount(models.Model):
    """How many accounts of an organisation end at an instant.

    Triggers maintain the count, so that the counts on the tabs are a short sum at any
    instant, however many accounts there are.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    ends_at = models.DateTimeField()
    accounts = models.IntegerField()

    objects = OfOrganisationSet["EndingCount"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "ends_at"], name="one_count_of_an_ending"
            ),
            models.CheckConstraint(condition=Q(accounts__gte=0), name="no_count_is_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.ends_at}: {self.accounts}"


class BelowAccountSet(models.QuerySet[Row]):
    """Rows that belong to an account, narrowed to those of accounts that a person may see."""

    def visible_to(self, person: Person) -> Self:
        """Return the rows of the accounts that this person may see."""
        if person.is_active and person.is_commercial:
            return self
        return self.filter(account__in=Account.objects.visible_to(person))


class AccountRole(models.Model):
    """A person's role in one account: administrator or viewer."""

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator"
        VIEWER = "viewer"

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="roles", db_constraint=False
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="account_roles")
    role = models.CharField(max_length=13, choices=Role.choices)
    created_at = models.DateTimeField()

    objects = BelowAccountSet["AccountRole"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "person"], name="one_role_in_an_account"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.account_id} · {self.role}"


class Agreement(models.Model):
    """What was agreed about an account, when, and by whom or by which rule.

    Everything that an account holds comes from an agreement, which never changes.
    `token` is the form's idempotency key: a second submission is refused.
    """

    append_only = True

    class Kind(models.TextChoices):
        OPENING = "opening"
        EXPANSION = "expansion"
        UPGRADE = "upgrade"
        RENEWAL = "renewal"
        IMPORT = "import"
        ADJUSTMENT = "adjustment"

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="agreements", db_constraint=False
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=40, blank=True, default="")
    note = models.TextField(blank=True, default="")
    token = models.UUIDField(null=True)

    objects = BelowAccountSet["Agreement"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "account"], name="an_agreement_with_its_account"),
            models.UniqueConstraint(fields=["token"], name="one_agreement_of_a_form"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["opening", "expansion", "upgrade", "renewal", "import", "adjustment"]
                ),
                name="agreement_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=False) | ~Q(rule=""),
                name="somebody_or_a_rule_agrees",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class LiveRange(Func):
    """The days that a term covers: none if it was cancelled, fewer if it ended early."""

    template = (
        "CASE WHEN cancelled_at IS NULL"
        " THEN daterange(starts_on, COALESCE(closed_on, ends_on))"
        " ELSE 'empty'::daterange END"
    )
    output_field = DateRangeField()


class Term(models.Model):
    """A stretch of time for which an account holds a licence.

    A term is the half-open interval from `starts_on` up to, and not including,
    `ends_on`. Two columns are written once: `closed_on`, the exclusive end of a term
    ended early, and `cancelled_at`, when a term is taken back before it starts.
    `anchor_day` is the day of the month from which the next term's months are counted.
    """

    never_deleted = True

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="terms", db_constraint=False
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="terms", db_constraint=False
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    anchor_day = models.PositiveSmallIntegerField()
    closed_on = models.DateField(null=True)
    closed_by = models.ForeignKey(
        Agreement, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    cancelled_at = models.DateTimeField(null=True)
    live = models.GeneratedField(
        expression=LiveRange(), output_field=DateRangeField(), db_persist=True
    )

    objects = BelowAccountSet["Term"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "account"], name="a_term_with_its_account"),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="a_term_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(anchor_day__gte=1, anchor_day__lte=31),
                name="anchor_is_a_day_of_a_month",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, closed_by__isnull=True)
                | Q(
                    closed_by__isnull=False,
                    closed_on__gte=F("starts_on"),
                    closed_on__lt=F("ends_on"),
                ),
                name="a_closed_term_ends_early_by_agreement",
            ),
            ExclusionConstraint(
                name="live_terms_never_overlap",
                expressions=[("account", RangeOperators.EQUAL), ("live", RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"[{self.starts_on}, {self.ends_on})"

    @property
    def over_on(self) -> date:
        """The exclusive end of the term, early or not."""
        return self.closed_on or self.ends_on

    @property
    def is_void(self) -> bool:
        """Whether the term covers no day: it was cancelled, or closed on its first day."""
        return self.cancelled_at is not None or self.over_on <= self.starts_on


class Grant(models.Model):
    """What an agreement gave to a term: a licence, or extras on top of one, or both.

    Extras may be negative: an import or an adjustment may hold less than the
    licence's defaults. Credits are never part of a grant.
    """

    append_only = True

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="grants", db_constraint=False
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey(
        Term, on_delete=models.PROTECT, related_name="grants", db_constraint=False
    )
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="grants", db_constraint=False
    )
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()
    licence = models.ForeignKey(
        LicenceVersion, null=True, on_delete=models.PROTECT, related_name="+"
    )
    extra_meters = models.IntegerField(default=0)
    extra_supply_points = models.IntegerField(default=0)
    extra_data_points = models.IntegerField(default=0)
    extra_rtc_lines = models.IntegerField(default=0)

    objects = BelowAccountSet["Grant"].as_manager()

    def __str__(self) -> str:
        return f"{self.agreement_id} → {self.term_id}"

    @property
    def extras(self) -> Quantities:
        """How many of each unit the grant adds to, or takes from, the licence's defaults."""
        return Quantities(
            self.extra_meters,
            self.extra_supply_points,
            self.extra_data_points,
            self.extra_rtc_lines,
        )


class CurrentHolding(models.Model):
    """What an account holds from `holds_from` up to, and not including, `changes_on`.

    A copy of what terms and grants say, so that lists can be sorted by it: the quantities are
    totals, null for a unit that the licence does not count. It is right for the days of its
    interval alone, whatever the day is today: who reads it compares the day that a page shows
    (`holdings.shown_day`), and computes the holding of any other. `current_holdings.write`
    writes it; an account that never held anything has no row.
    """

    account = models.OneToOneField(
        Account,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="current_holding",
        db_constraint=False,
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    licence = models.ForeignKey(LicenceVersion, on_delete=models.PROTECT, related_name="+")
    meters = models.IntegerField(null=True)
    supply_points = models.IntegerField(null=True)
    data_points = models.IntegerField(null=True)
    rtc_lines = models.IntegerField(null=True)
    holds_from = models.DateField()
    changes_on = models.DateField(null=True)

    objects = BelowAccountSet["CurrentHolding"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(changes_on__isnull=True) | Q(changes_on__gt=F("holds_from")),
                name="a_holding_changes_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["changes_on"], name="holdings_by_their_change")]

    def __str__(self) -> str:
        return f"{self.account_id}: [{self.holds_from}, {self.changes_on})"


class SmsWallet(models.Model):
    """How many SMS credits an account has left: the sum of its transactions, never below zero.

    `last_added` is how many the last purchase, import or adjustment upwards brought. `told_step`
    is what the SuperAdministrators were told since: 1 that few credits are left, 2 that none is;
    `tellings` counts these messages.
    """

    never_deleted = True

    account = models.OneToOneField(
        Account,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="wallet",
        db_constraint=False,
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    balance = models.IntegerField(default=0)
    last_added = models.IntegerField(default=0, db_default=0)
    told_step = models.PositiveSmallIntegerField(default=0, db_default=0)
    tellings = models.IntegerField(default=0, db_default=0)

    objects = BelowAccountSet["SmsWallet"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(balance__gte=0), name="a_wallet_is_never_negative"),
        ]

    def __str__(self) -> str:
        return str(self.balance)


class SmsTransaction(models.Model):
    """SMS credits added to a wallet, or taken from it; `key` is the idempotency key.

    What a message costs is spent when it is queued, under the key `sms:{message}`, and returned,
    if it certainly never left, under `sms:{message}:returned`. `message_id` is the key of that
    message, a row that is deleted with the account alone.
    """

    append_only = True

    class Kind(models.TextChoices):
        BOUGHT = "bought"
        IMPORTED = "imported"
        ADJUSTED = "adjusted"
        SPENT = "spent"
        RETURNED = "returned"

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="sms_transactions", db_constraint=False
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    credits = models.IntegerField()
    at = models.DateTimeField()
    agreement = models.ForeignKey(
        Agreement, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    message_id = models.BigIntegerField(null=True)

    objects = BelowAccountSet["SmsTransaction"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["account", "-at", "-id"], name="sms_transactions_of_an_account"),
            models.Index(
                fields=["at"],
                name="sms_transactions_of_messages",
                include=["organisation", "account", "credits"],
                condition=Q(message_id__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind="spent") & Q(credits__lt=0))
                | (Q(kind__in=["bought", "imported", "returned"]) & Q(credits__gt=0))
                | (Q(kind="adjusted") & ~Q(credits=0)),
                name="an_sms_transaction_goes_the_way_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["spent", "returned"], message_id__isnull=False)
                | (~Q(kind__in=["spent", "returned"]) & Q(message_id__isnull=True)),
                name="credits_are_spent_on_a_message",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.credits:+d}"
