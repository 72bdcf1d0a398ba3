"""Invites to an account, and gives what an accepted invitation grants: a role."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vatio.accounts.models import Account, AccountRole
from vatio.history.recording import record
from vatio.people import one_time_links
from vatio.people.models import OneTimeLink, OneTimeLinkSet
from vatio.people.one_time_links import AlreadyMember, InvitedRole
from vatio.tenants.addresses import check_address, in_letters
from vatio.tenants.models import Membership, Person


@transaction.atomic
def invite_to_account(
    account: Account, email: str, *, role: AccountRole.Role, by: Person, at: datetime
) -> tuple[OneTimeLink, str]:
    """Invite an address to administer or view an account; an older invitation is withdrawn.

    :raises NotAnAddress: if it is no e-mail address.
    :raises AlreadyMember: if the address has a role in the account: change the role instead.
    :raises InvitedTooOften: if the address was invited too often within the hour.
    """
    address = check_address(email)
    if account.roles.filter(person__email=address).exists():
        raise AlreadyMember(
            _("%(email)s already has a role in this account: change it in the list.")
            % {"email": in_letters(address)},
            field="email",
        )
    place = InvitedRole(
        OneTimeLink.Role(role.value), account.name, account.organisation, account.pk
    )
    return one_time_links.invite_to(place, address, by=by, at=at)


@transaction.atomic
def enter_invited(token: str, *, name: str, password: str, at: datetime) -> Person:
    """Create the invited person, with the role that the invitation grants.

    :raises LinkIsDead: if no valid invitation has this token.
    :raises SomebodyElse: if a person with that address exists, who has to sign in and join.
    """
    person, link = one_time_links.use_as_newcomer(token, name=name, password=password, at=at)
    _give(link, person, at=at)
    return person


@transaction.atomic
def join(token: str, *, person: Person, at: datetime) -> OneTimeLink:
    """Grant an existing person the role that the invitation grants.

    :raises LinkIsDead: if no valid invitation has this token.
    :raises SomebodyElse: if the invitation is for another address.
    """
    link = one_time_links.use(token, person=person, at=at)
    _give(link, person, at=at)
    return link


def managed_by(person: Person) -> OneTimeLinkSet:
    """Return the links that a person may withdraw: the visible, and those to accounts managed."""
    accounts = Account.objects.visible_to(person).administered_by(person)
    to_accounts = OneTimeLink.objects.filter(account_id__in=accounts.values("id"))
    return OneTimeLink.objects.visible_to(person) | to_accounts


def waiting_for(account: Account) -> OneTimeLinkSet:
    """Return the unanswered invitations to an account, the latest first."""
    waiting = OneTimeLink.objects.waiting().filter(account_id=account.pk)
    return waiting.select_related("made_by").order_by("-made_at")


def place_of(link: OneTimeLink) -> str:
    """Return the name of the account or organisation that an invitation is to, or «Vatio»."""
    if link.account_id is not None:
        return Account.objects.get(pk=link.account_id).name
    return link.organisation.name if link.organisation else "Vatio"


def _give(link: OneTimeLink, person: Person, *, at: datetime) -> None:
    if link.role == OneTimeLink.Role.COMMERCIAL:
        person.is_commercial = True
        person.save(update_fields=["is_commercial"])
    elif link.account_id is None:
        Membership.objects.get_or_create(
            organisation=link.organisation, person=person, defaults={"created_at": at}
        )
    elif link.organisation is not None:
        AccountRole.objects.update_or_create(
            account_id=link.account_id,
            person=person,
            defaults={"role": link.role},
            create_defaults={
                "role": link.role,
                "organisation": link.organisation,
                "created_at": at,
            },
        )
    record(
        "person.joined",
        at=at,
        by=person,
        organisation=link.organisation,
        account_id=link.account_id,
        facts={"role": link.role},
    )
