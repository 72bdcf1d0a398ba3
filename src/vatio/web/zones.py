"""The three zones of «Gestionar cuentas», each with its count."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from vatio.accounts.models import EndingCount
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
    endings = EndingCount.objects.visible_to(person).filter(organisation=organisation)
    active, ended = _counted(endings, at=at)
    orders = Order.objects.visible_to(person).open().filter(organisation=organisation).count()
    found = [
        ("accounts", _("Active accounts"), active),
        ("accounts_expired", _("Expired accounts"), ended),
        ("orders", _("Orders"), orders),
    ]
    return [
        Zone(name, label, reverse(name, args=[organisation.slug]), count, name == current)
        for name, label, count in found
    ]


def all_zones(person: Person, *, at: datetime, current: str) -> list[Zone]:
    """List the zones of the accounts of every organisation."""
    active, ended = _counted(EndingCount.objects.visible_to(person), at=at)
    return [
        Zone(name, label, reverse(name), count, name == current)
        for name, label, count in (
            ("desk_accounts", _("Active accounts"), active),
            ("desk_accounts_expired", _("Expired accounts"), ended),
        )
    ]


def _counted(endings: QuerySet[EndingCount], *, at: datetime) -> tuple[int, int]:
    """Sum how many accounts end after a moment, and how many by it."""
    sums = endings.aggregate(
        active=Sum("accounts", filter=Q(ends_at__gt=at), default=0),
        ended=Sum("accounts", filter=Q(ends_at__lte=at), default=0),
    )
    return sums["active"], sums["ended"]
