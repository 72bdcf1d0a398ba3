"""Regulated prices, from the day on which a norm sets them."""

from datetime import date
from typing import NamedTuple

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from vatio.tariffs.kinds import SHAPES, PriceKind


class PriceKey(NamedTuple):
    """Which price, and from which day on; what a kind does not depend on is empty, or 0."""

    kind: str
    variant: str
    tariff: str
    territory: str
    period: int
    valid_from: date

    @property
    def subject(self) -> tuple[object, ...]:
        """Which price, whatever the day."""
        return self[:5]


class PriceDays(Func):
    """The days from `valid_from` up to, and not including, `valid_to`; open where that is null."""

    template = "daterange(valid_from, valid_to)"
    output_field = DateRangeField()


class RegulatedPrice(models.Model):
    """What a norm charges: a toll, a charge, a tax, a rent, from a day on.

    It stands up to, and not including, `valid_to`; null where the norm sets no end. That it still
    stands has been checked for the days before `known_until`: later ones are an assumption, and
    said to be one. A price that nobody has found has no row; zero is a price.
    """

    kind = models.CharField(max_length=30, choices=PriceKind.choices)
    variant = models.CharField(max_length=20, blank=True, default="")
    tariff = models.CharField(max_length=10, blank=True, default="")
    territory = models.CharField(max_length=9, blank=True, default="")
    period = models.PositiveSmallIntegerField(default=0)
    value = models.DecimalField(max_digits=16, decimal_places=8)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    known_until = models.DateField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "variant", "tariff", "territory", "period", "valid_from"],
                name="one_price_from_a_day_on",
            ),
            ExclusionConstraint(
                name="one_price_on_a_day",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("variant", RangeOperators.EQUAL),
                    ("tariff", RangeOperators.EQUAL),
                    ("territory", RangeOperators.EQUAL),
                    ("period", RangeOperators.EQUAL),
                    (PriceDays(), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(kind__in=PriceKind.values), name="a_price_is_of_a_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(period__lte=6), name="a_price_is_of_at_most_six_periods"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="a_price_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(known_until__gt=F("valid_from"))
                & (Q(valid_to__isnull=True) | Q(known_until__lte=F("valid_to"))),
                name="a_price_is_known_while_it_stands",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="a_price_has_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value} {self.unit} [{self.valid_from}, {self.valid_to})"

    @property
    def key(self) -> PriceKey:
        """Which price it is, and from which day on."""
        return PriceKey(
            self.kind, self.variant, self.tariff, self.territory, self.period, self.valid_from
        )

    @property
    def unit(self) -> str:
        """The unit of the value, that of its kind."""
        return SHAPES[PriceKind(self.kind)].unit

    def is_known_on(self, day: date) -> bool:
        """Return whether it has been checked that the price stands on a day."""
        return self.valid_from <= day < self.known_until
