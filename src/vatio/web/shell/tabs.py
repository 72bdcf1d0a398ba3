"""The tabs of «Gestionar cuentas» and of the desk's accounts, each with its count."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from vatio.orders.counting import count
from vatio.tenants.models import Organisation
from vatio.web.shell.addresses import url


@dataclass(frozen=True)
class Tab:
    """A tab: its label, its address, its count, and whether it is the current one."""

    name: str
    label: str
    url: str
    count: int
    current: bool


def tabs(organisation: Organisation, *, at: datetime, current: str) -> list[Tab]:
    """Return the tabs «Cuentas activas», «Cuentas expiradas» and «Solicitudes» (open orders).

    The organisation must be one that the person leads: `only` has checked it.
    """
    counts = count(organisation, at=at)
    found = [
        ("accounts", _("Active accounts"), counts.active),
        ("accounts_expired", _("Expired accounts"), counts.expired),
        ("orders", _("Orders"), counts.open_orders),
    ]
    return [
        Tab(name, label, url(name, organisation.slug), number, name == current)
        for name, label, number in found
    ]


def all_tabs(*, at: datetime, current: str) -> list[Tab]:
    """Return the tabs of the accounts of every organisation, for the commercial department."""
    counts = count(None, at=at)
    return [
        Tab(name, label, url(name), number, name == current)
        for name, label, number in (
            ("desk_accounts", _("Active accounts"), counts.active),
            ("desk_accounts_expired", _("Expired accounts"), counts.expired),
        )
    ]
