"""The request and the consequence of an order, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vatio.accounts.holdings import Holding
from vatio.catalogue.labels import counted, rise
from vatio.dates import written
from vatio.formats import joined
from vatio.orders import consequences
from vatio.orders.consequences import (
    Difference,
    Differences,
    GrowthConsequence,
    OpeningConsequence,
    RenewalConsequence,
)
from vatio.orders.models import Order
from vatio.refusal import Refused
from vatio.units import Unit, sold_units


@dataclass(frozen=True)
class Told:
    """The consequence of accepting an order as a sentence, or why the order cannot be accepted."""

    words: str
    is_possible: bool = True


def asks(orders: list[Order]) -> dict[int, str]:
    """Return in a few words what each order asks for, by the order's primary key."""
    return {order.pk: ask(order) for order in orders}


def ask(order: Order) -> str:
    """Return in a few words what an order asks for."""
    if order.kind == Order.Kind.RENEWAL:
        return _("One more year")
    if order.kind == Order.Kind.UPGRADE and order.licence is not None:
        return _("To %(licence)s") % {"licence": order.licence.licence.name}
    parts = [order.licence.licence.name] if order.licence else []
    units = sold_units(order.licence.billing) if order.licence else tuple(Unit)
    parts += [
        counted(unit, number)
        for unit, number in order.quantities.items()
        if unit in units and number
    ]
    if order.months:
        parts.append(ngettext("%(n)s month", "%(n)s months", order.months) % {"n": order.months})
    if order.sms_credits:
        parts.append(counted("sms_credits", order.sms_credits))
    return ", ".join(parts)


def consequence(order: Order, holding: Holding | None, *, at: datetime) -> Told:
    """Return in one sentence what accepting the order today would do."""
    try:
        found = consequences.foresee(order, order.proposal, holding, at=at)
    except Refused as refused:
        return Told(str(refused), is_possible=False)
    if isinstance(found, OpeningConsequence):
        return Told(_opening(found))
    if isinstance(found, RenewalConsequence):
        return Told(_renewal(found))
    return Told(_growth(found) if found is not None else "")


def rises(quantities: Differences, credits: Difference | None) -> list[str]:
    """Return the words for each unit that changes, and for the credits if any are added."""
    words = [rise(unit, each.before, each.after) for unit, each in quantities.items() if each.added]
    if credits is not None and credits.added:
        words.append(rise("sms_credits", credits.before, credits.after))
    return words


def _opening(found: OpeningConsequence) -> str:
    """Return what the account opens with, without RTC lines, which most accounts do not have."""
    first = [
        counted(unit, each.after)
        for unit, each in found.quantities.items()
        if unit != Unit.RTC_LINES
    ]
    return _("%(quantities)s for %(months)s, until %(day)s") % {
        "quantities": joined(first),
        "months": ngettext("%(n)s month", "%(n)s months", found.months) % {"n": found.months},
        "day": written(found.ends_on),
    }


def _renewal(found: RenewalConsequence) -> str:
    return _("One more year, from %(start)s until %(end)s") % {
        "start": written(found.term.starts_on),
        "end": written(found.term.ends_on),
    }


def _growth(found: GrowthConsequence) -> str:
    """Return what an expansion or an upgrade changes, and until when."""
    changes = rises(found.quantities, found.credits)
    if found.licence is not None:
        changes.insert(0, _("licence %(licence)s") % {"licence": found.licence.licence.name})
    words = (
        _("The account goes %(changes)s, until %(day)s and in the term that follows")
        if found.waiting
        else _("The account goes %(changes)s, until %(day)s")
    )
    return words % {"changes": joined(changes), "day": written(found.ends_on)}
