"""The three zones of «Gestionar cuentas», each with its count."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from vatio.accounts.models import Account
from vatio.orders.models import Order
from vatio.tenants.models import Organisation, Person


@dataclass(frozen=True)
class Zone:
    """One zone: its words, where it leads, how many are in it, and whether it is the open one."""

    name: str
    label: str
    url: str
    count: int
    current: bool


def zones(organisation: Organisation, person: Person, *, at: datetime, current: str) -> list[Zone]:
    """List the zones «Cuentas activas», «Cuentas expiradas» and «Solicitudes» (the open ones)."""
    accounts = (
        Account.objects.visible_to(person)
        .filter(organisation=organisation)
        .aggregate(
            active=Count("id", filter=Q(ends_at__gt=at)),
            expired=Count("id", filter=Q(ends_at__lte=at)),
        )
    )
    orders = Order.objects.visible_to(person).open().filter(organisation=organisation).count()
    found = [
        ("accounts", _("Active accounts"), accounts["active"]),
        ("accounts_expired", _("Expired accounts"), accounts["expired"]),
        ("orders", _("Orders"), orders),
    ]
    return [
        Zone(name, label, reverse(name, args=[organisation.slug]), count, name == current)
        for name, label, count in found
    ]
