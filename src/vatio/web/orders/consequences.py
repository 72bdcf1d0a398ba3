"""What an order asks beside what there is, and what accepting it would do, in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vatio.accounts import growth, holdings, renewal
from vatio.accounts.holdings import Holding
from vatio.accounts.models import Account, SmsTransaction
from vatio.catalogue.labels import counted, rise
from vatio.dates import add_months, day_at, written
from vatio.formats import joined, number
from vatio.orders.models import Order
from vatio.refusal import Refused
from vatio.tenants.models import Person
from vatio.units import Unit, sold_units

INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Told:
    """What accepting an order would do, in a sentence, or why it cannot be accepted."""

    words: str
    is_possible: bool = True


@dataclass(frozen=True)
class Asked:
    """One quantity of an order: what there is before it, what it adds, and what there would be.

    Before an opening there is what the licence includes; else what is held today.
    """

    unit: str
    own: int
    more: int
    total: int


def asks(orders: list[Order]) -> dict[int, str]:
    """Say in a few words what each order asks for."""
    return {order.pk: ask(order) for order in orders}


def ask(order: Order) -> str:
    """Say in a few words what an order asks for."""
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
        parts.append(_("%(n)s SMS credits") % {"n": number(order.sms_credits)})
    return ", ".join(parts)


def credits_before(shown: Order, person: Person) -> int:
    """Count the SMS credits that the account had before the order: now, or when it was decided."""
    transactions = SmsTransaction.objects.visible_to(person).filter(account=shown.account)
    if shown.decided_at is not None:
        transactions = transactions.filter(at__lt=shown.decided_at)
    return int(transactions.aggregate(sum=Sum("credits", default=0))["sum"])


def before(shown: Order, account: Account, *, at: datetime) -> Holding | None:
    """Find what the account held before the order: now, or as it was known when it was decided."""
    if shown.decided_at is None:
        return holdings.shown([account], at=at).get(account.pk)
    day = day_at(shown.decided_at, account.time_zone)
    return holdings.held(account, day, known_at=shown.decided_at - INSTANT)


def asked(shown: Order, holding: Holding | None) -> list[Asked]:
    """List what an order asks of each unit, beside what there is before it."""
    if shown.kind == Order.Kind.OPENING and shown.licence is not None:
        before = shown.licence.defaults
        after = shown.quantities
        billing = shown.licence.billing
    elif holding is None or shown.kind == Order.Kind.RENEWAL:
        return []
    else:
        before, billing = holding.totals, holding.billing
        after = (
            shown.licence.defaults.plus(holding.extras)
            if shown.licence is not None
            else before.plus(shown.quantities)
        )
    rows = []
    for unit in sold_units(billing):
        own, total = before[unit] or 0, after[unit] or 0
        rows.append(Asked(unit, own, total - own, total))
    return rows


def consequence(shown: Order, holding: Holding | None, *, at: datetime) -> Told:
    """Say in one sentence what accepting the order today would do."""
    if shown.kind == Order.Kind.OPENING and shown.months:
        today = day_at(at, shown.time_zone)
        first = [
            counted(each.unit, each.total)
            for each in asked(shown, None)
            if each.unit != "rtc_lines"
        ]
        return Told(
            _("%(quantities)s for %(months)s, until %(day)s")
            % {
                "quantities": joined(first),
                "months": ngettext("%(n)s month", "%(n)s months", shown.months)
                % {"n": shown.months},
                "day": written(add_months(today, shown.months, anchor_day=today.day)),
            }
        )
    if shown.account is None or holding is None:
        return Told("")
    if shown.kind != Order.Kind.RENEWAL:
        return _growth(shown, holding, at=at)
    year = renewal.foresee(
        shown.account, asked_at=shown.submitted_at, at=at, anchor_day=holding.anchor_day
    )
    return Told(
        _("One more year, from %(start)s until %(end)s")
        % {"start": written(year.starts_on), "end": written(year.ends_on)}
    )


def _growth(shown: Order, holding: Holding, *, at: datetime) -> Told:
    """Say what an expansion or an upgrade changes, and until when."""
    if shown.account is None:
        return Told("")
    try:
        affected = growth.affected_terms(shown.account, at=at)
    except Refused as refused:
        return Told(str(refused), is_possible=False)
    changes = [rise(each.unit, each.own, each.total) for each in asked(shown, holding) if each.more]
    if shown.sms_credits:
        balance = shown.account.wallet.balance
        changes.append(rise("sms_credits", balance, balance + shown.sms_credits))
    if shown.licence is not None:
        changes.insert(0, _("licence %(licence)s") % {"licence": shown.licence.licence.name})
    words = (
        _("The account goes %(changes)s, until %(day)s and in the term that follows")
        if affected.waiting
        else _("The account goes %(changes)s, until %(day)s")
    )
    day = written(holding.ends_on)
    return Told(words % {"changes": joined(changes), "day": day})
