"""Which regulated price stands on a day, and until when that is known."""

from datetime import date, timedelta

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from vatio.dates import written
from vatio.refusal import Refused
from vatio.tariffs.kinds import SHAPES, PriceKind
from vatio.tariffs.models import RegulatedPrice

ONE_DAY = timedelta(days=1)


class UnknownPrice(Refused):
    """No price of a kind is known on a day.

    `known_until` is the first day without one after the last known price; None if the prices that
    are known, if any, begin later.
    """

    def __init__(self, kind: PriceKind, day: date, known_until: date | None) -> None:
        words = _("«%(kind)s» is not known on %(day)s.")
        last = ""
        if known_until is not None:
            words = _("«%(kind)s» is not known on %(day)s: the last known day is %(last)s.")
            last = written(known_until - ONE_DAY)
        super().__init__(words % {"kind": SHAPES[kind].label, "day": written(day), "last": last})
        self.kind, self.day, self.known_until = kind, day, known_until


def price_on(
    day: date,
    kind: PriceKind,
    *,
    tariff: str = "",
    territory: str = "",
    period: int = 0,
    variant: str = "",
) -> RegulatedPrice:
    """Return the price that stands on a day.

    Ask the row's `is_known_on(day)` whether that has been checked: what is computed with a price
    that has not is to be marked.

    :raises UnknownPrice: if no price is known that day; none is ever guessed.
    """
    prices = _prices(kind, tariff, territory, period, variant)
    price = prices.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day
    ).first()
    if price is None:
        ended = prices.filter(valid_to__lte=day).aggregate(until=Max("valid_to"))["until"]
        raise UnknownPrice(kind, day, ended)
    return price


def prices_between(
    since: date, until: date, *, tariff: str, territory: str
) -> list[RegulatedPrice]:
    """Return all prices that stand on any day from `since` up to, not including, `until`.

    They are those of a tariff in a territory, and those that depend on neither: all that a bill
    needs, in one query. A price that changes in between comes once for each of its values.
    """
    return list(
        RegulatedPrice.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=since),
            valid_from__lt=until,
            tariff__in=["", tariff],
            territory__in=["", territory],
        ).order_by("kind", "variant", "period", "valid_from")
    )


def known_until(
    kind: PriceKind,
    *,
    tariff: str = "",
    territory: str = "",
    period: int = 0,
    variant: str = "",
) -> date | None:
    """Return the first day on which a price has not been checked; None if there was never one."""
    prices = _prices(kind, tariff, territory, period, variant)
    until: date | None = prices.aggregate(until=Max("known_until"))["until"]
    return until


def _prices(
    kind: PriceKind, tariff: str, territory: str, period: int, variant: str
) -> QuerySet[RegulatedPrice]:
    return RegulatedPrice.objects.filter(
        kind=kind, variant=variant, tariff=tariff, territory=territory, period=period
    )
