"""What an invitation gives: a role in the department, in an organisation or in an account."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vatio.accounts.models import Account, AccountRole, AccountSet
from vatio.history.recording import tell
from vatio.people import one_time_links
from vatio.people.models import Entrance, EntranceSet
from vatio.people.one_time_links import AlreadyMember, Place
from vatio.tenants.models import Membership, Person, fold_address


@transaction.atomic
def invite_to_account(
    account: Account, email: str, *, role: AccountRole.Role, by: Person, at: datetime
) -> tuple[Entrance, str]:
    """Invite somebody to administer an account, or to see it; an older invitation dies.

    :raises AlreadyMember: if they have a role in it: it is changed instead.
    """
    address = fold_address(email)
    if account.roles.filter(person__email=address).exists():
        raise AlreadyMember(
            _("%(email)s already has a role in this account: change it in the list.")
            % {"email": address},
            field="email",
        )
    place = Place(Entrance.Role(role.value), account.name, account.organisation, account.pk)
    return one_time_links.invite_to(place, address, by=by, at=at)


@transaction.atomic
def enter_invited(token: str, *, name: str, password: str, at: datetime) -> Person:
    """Make the invited person, and give them what they are invited to.

    :raises LinkIsDead: if the token opens nothing now.
    :raises SomebodyElse: if a person of that address exists: they sign in and join.
    """
    person, entrance = one_time_links.use_as_newcomer(token, name=name, password=password, at=at)
    _give(entrance, person, at=at)
    return person


@transaction.atomic
def join(token: str, *, person: Person, at: datetime) -> Entrance:
    """Give somebody who exists what they are invited to.

    :raises LinkIsDead: if the token opens nothing now.
    :raises SomebodyElse: if the invitation is for another address.
    """
    entrance = one_time_links.use(token, person=person, at=at)
    _give(entrance, person, at=at)
    return entrance


def invitations_to(accounts: AccountSet) -> EntranceSet:
    """List the invitations to these accounts."""
    return Entrance.objects.filter(account_id__in=accounts.values("id"))


def waiting_for(account: Account) -> EntranceSet:
    """List the invitations to an account that nobody has answered, the latest first."""
    waiting = Entrance.objects.waiting().filter(account_id=account.pk)
    return waiting.select_related("made_by").order_by("-made_at")


def place_of(entrance: Entrance) -> str:
    """Name what an invitation leads to."""
    if entrance.account_id is not None:
        return Account.objects.get(pk=entrance.account_id).name
    return entrance.organisation.name if entrance.organisation else "Vatio"


def _give(entrance: Entrance, person: Person, *, at: datetime) -> None:
    if entrance.role == Entrance.Role.COMMERCIAL:
        person.is_commercial = True
        person.save(update_fields=["is_commercial"])
    elif entrance.account_id is None:
        Membership.objects.get_or_create(
            organisation=entrance.organisation, person=person, defaults={"created_at": at}
        )
    elif entrance.organisation is not None:
        AccountRole.objects.update_or_create(
            account_id=entrance.account_id,
            person=person,
            defaults={"role": entrance.role},
            create_defaults={
                "role": entrance.role,
                "organisation": entrance.organisation,
                "created_at": at,
            },
        )
    tell(
        "person.joined",
        at=at,
        by=person,
        organisation=entrance.organisation,
        account_id=entrance.account_id,
        facts={"role": entrance.role},
    )
