"""Which account a page of its installation is about: to look at it, or to change it."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from vatio import clock
from vatio.accounts.models import Account, AccountSet
from vatio.orders.lockout import is_shut, may_enter
from vatio.tenants.models import Person
from vatio.web.shell.access import Request


def account_to_see(uid: UUID, request: Request) -> Account:
    """Return an account whose installation the person may look at.

    Its own people are shut out after its expiry, as they are from its other pages.
    """
    account = _of(uid, Account.objects.visible_to(request.user))
    leads = _place(request, account)
    if not may_enter(request.user, account, leads=leads, at=clock.now()):
        raise PermissionDenied
    return account


def account_to_change(uid: UUID, request: Request) -> Account:
    """Return an account whose installation the person may change: led, or administered."""
    seen = Account.objects.visible_to(request.user)
    account = _of(uid, seen.administered_by(request.user))
    if not _place(request, account) and is_shut(account, at=clock.now()):
        raise PermissionDenied
    return account


def may_change(account: Account, person: Person) -> bool:
    """Return whether a person may change the installation of an account."""
    accounts = Account.objects.visible_to(person).administered_by(person)
    return accounts.filter(pk=account.pk).exists()


def _of(uid: UUID, accounts: AccountSet) -> Account:
    return get_object_or_404(accounts.select_related("organisation"), uid=uid)


def _place(request: Request, account: Account) -> bool:
    """Set the organisation or the time zone of the page; return whether the person leads it."""
    leads = account.organisation.is_led_by(request.user)
    if leads:
        request.organisation = account.organisation
    elif not request.user.is_commercial:
        request.time_zone = account.time_zone
    return leads
