"""Sites, supply points and their contracts."""

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from vatio.accounts.models import BelowAccountSet
from vatio.metering.models.belonging import SERVICE_IS_KNOWN, OfAccount, Range, Served, ServedSet
from vatio.tenants.folding import Fold, SortKey


class Site(OfAccount):
    """A zone, a building or a part of one: a tree inside an account, at most 6 deep.

    Names are unique among the sites of one parent, so that a path names one site. A trigger
    keeps the tree free of cycles and not too deep.
    """

    DEEPEST = 6

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="parts", db_constraint=False
    )
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=200, blank=True, default="")
    activity = models.CharField(max_length=120, blank=True, default="")
    floor_area = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    working_hours = models.CharField(max_length=200, blank=True, default="")
    local_holidays = ArrayField(models.DateField(), default=list)
    time_zone = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    name_folded = models.GeneratedField(
        expression=Fold("name"), output_field=models.TextField(), db_persist=True
    )
    name_sorted = models.GeneratedField(
        expression=SortKey("name"), output_field=models.TextField(db_collation="C"), db_persist=True
    )

    objects = BelowAccountSet["Site"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "account"], name="a_site_with_its_account"),
            models.UniqueConstraint(
                fields=["account", "parent", "name_folded"],
                nulls_distinct=False,
                name="one_site_of_a_name_in_a_place",
            ),
            models.CheckConstraint(
                condition=Q(name__regex=r"^\S+( \S+)*$"), name="site_name_is_trimmed"
            ),
            models.CheckConstraint(
                condition=Q(floor_area__isnull=True) | Q(floor_area__gt=0),
                name="a_floor_has_an_area",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SupplyPoint(Served):
    """A point at which an energy is supplied, and where its bill is made out for.

    Electricity and gas have a CUPS: its 20 characters are the identity, the suffix of a border
    point stands apart. Others are known by supplier and policy. It takes a CUPS of the account
    while its bills are managed; kept only to be dialled or drawn it takes nothing.
    """

    class Energy(models.TextChoices):
        ELECTRICITY = "electricity"
        GAS = "gas"
        WATER = "water"
        HEAT = "heat"
        OTHER = "other"

    site = models.ForeignKey(
        Site, null=True, on_delete=models.PROTECT, related_name="supply_points", db_constraint=False
    )
    name = models.CharField(max_length=120)
    energy = models.CharField(max_length=11, choices=Energy.choices)
    cups = models.CharField(max_length=20, blank=True, default="")
    cups_suffix = models.CharField(max_length=2, blank=True, default="")
    supplier = models.CharField(max_length=120, blank=True, default="")
    policy = models.CharField(max_length=60, blank=True, default="")
    territory = models.CharField(max_length=9, blank=True, default="")
    manages_bills = models.BooleanField(default=True)
    name_sorted = models.GeneratedField(
        expression=SortKey("name"), output_field=models.TextField(db_collation="C"), db_persist=True
    )

    objects = ServedSet["SupplyPoint"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["id", "account"], name="a_supply_point_with_its_account"
            ),
            models.UniqueConstraint(
                fields=["account", "cups"],
                condition=Q(service="accepted") & ~Q(cups=""),
                name="one_supply_point_in_service_of_a_cups",
            ),
            models.CheckConstraint(condition=SERVICE_IS_KNOWN, name="supply_service_is_known"),
            models.CheckConstraint(
                condition=Q(cups="") | Q(cups__regex=r"^ES\d{16}[A-Z]{2}$"),
                name="a_cups_has_20_characters",
            ),
            models.CheckConstraint(
                condition=~Q(energy="electricity") | ~Q(territory=""),
                name="electricity_has_a_territory",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "name_sorted", "id"], name="supplies_by_their_name"),
            models.Index(fields=["cups"], name="supplies_of_a_cups", condition=~Q(cups="")),
        ]

    def __str__(self) -> str:
        return self.name


class SupplyContract(OfAccount):
    """What was agreed with a retailer for a supply point, from `since` up to, less `until`.

    The contracts of a supply point never overlap. `powers` are kW of P1 to P6.
    """

    supply_point = models.ForeignKey(
        SupplyPoint, on_delete=models.PROTECT, related_name="contracts", db_constraint=False
    )
    retailer = models.CharField(max_length=120, blank=True, default="")
    tariff = models.CharField(max_length=20, blank=True, default="")
    powers = ArrayField(models.DecimalField(max_digits=9, decimal_places=3), default=list)
    policy = models.CharField(max_length=60, blank=True, default="")
    since = models.DateField()
    until = models.DateField(null=True)
    days = models.GeneratedField(expression=Range(), output_field=DateRangeField(), db_persist=True)
    created_at = models.DateTimeField()

    objects = BelowAccountSet["SupplyContract"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                name="a_supply_contract_ends_after_it_begins",
            ),
            ExclusionConstraint(
                name="supply_contracts_never_overlap",
                expressions=[
                    ("supply_point", RangeOperators.EQUAL),
                    ("days", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.retailer} [{self.since}, {self.until})"
