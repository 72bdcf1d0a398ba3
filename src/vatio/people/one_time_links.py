"""One-time links: the first key, invitations, new passwords."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vatio.history.recording import record
from vatio.notifications.queueing import Recipient, queue, take_back
from vatio.people import rate_limits
from vatio.people.models import OneTimeLink
from vatio.people.rate_limits import Limit
from vatio.people.tokens import hashed
from vatio.refusal import Refused
from vatio.tenants.addresses import check_address, fold_address, in_letters
from vatio.tenants.folding import tidy
from vatio.tenants.models import Organisation, Person

FIRST_KEY = 7_032_027
"""Advisory lock for making the first key: of two concurrent starts one key stays valid."""

COLLEAGUES = 7_032_028
"""Advisory lock for inviting colleagues: the department has no row that could be locked."""

AN_HOUR, MOST_AN_HOUR = timedelta(hours=1), 5

OF_INVITER = Limit("invitation.inviter", 50, timedelta(minutes=1))
"""Invitations that one person makes, whatever they invite to."""

LIVES = {
    OneTimeLink.Kind.FIRST: timedelta(days=7),
    OneTimeLink.Kind.INVITATION: timedelta(days=7),
    OneTimeLink.Kind.RESET: timedelta(days=1),
}


@dataclass(frozen=True)
class InvitedRole:
    """The role that an invitation grants: in the department, an organisation or an account."""

    role: OneTimeLink.Role
    name: str
    organisation: Organisation | None = None
    account_id: int | None = None


class LinkIsDead(Refused):
    """The link was used, replaced or withdrawn, has lapsed, or never existed."""


class AlreadyMember(Refused):
    """The person has the role already, or another one in the same account."""


class NobodyOfThatAddress(Refused):
    """No active person has that e-mail address."""


class InvitedTooOften(Refused):
    """The address was invited to the same place as often as an hour allows."""


class SomebodyElse(Refused):
    """The link is for another address, or its address belongs to a person who has to sign in."""


@transaction.atomic
def first_key(*, at: datetime) -> str | None:
    """Create a first key and return its token; the key before it is withdrawn.

    Returns None once an active person of the commercial department exists.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FIRST_KEY])
    if Person.objects.filter(is_commercial=True, is_active=True).exists():
        return None
    _withdraw(Q(kind=OneTimeLink.Kind.FIRST), at=at)
    _link, token = _make(OneTimeLink.Kind.FIRST, at=at)
    return token


@transaction.atomic
def invite(
    organisation: Organisation, email: str, *, by: Person, at: datetime
) -> tuple[OneTimeLink, str]:
    """Invite an address to be a SuperAdministrator; an older invitation is withdrawn.

    :raises NotAnAddress: if it is no e-mail address.
    :raises AlreadyMember: if a SuperAdministrator of the organisation has that address.
    :raises InvitedTooOften: if the address was invited too often within the hour.
    """
    address = check_address(email)
    if organisation.memberships.filter(person__email=address).exists():
        raise AlreadyMember(
            _("%(email)s is already a SuperAdministrator of %(organisation)s.")
            % {"email": in_letters(address), "organisation": organisation.name},
            field="email",
        )
    place = InvitedRole(OneTimeLink.Role.SUPERADMINISTRATOR, organisation.name, organisation)
    return invite_to(place, address, by=by, at=at)


@transaction.atomic
def invite_colleague(email: str, *, by: Person, at: datetime) -> tuple[OneTimeLink, str]:
    """Invite an address to the commercial department; an older invitation is withdrawn.

    :raises NotAnAddress: if it is no e-mail address.
    :raises AlreadyMember: if a person of the department has that address.
    :raises InvitedTooOften: if the address was invited too often within the hour.
    """
    address = check_address(email)
    if Person.objects.filter(email=address, is_commercial=True).exists():
        raise AlreadyMember(
            _("%(email)s already belongs to the commercial department.")
            % {"email": in_letters(address)},
            field="email",
        )
    return invite_to(InvitedRole(OneTimeLink.Role.COMMERCIAL, "Vatio"), address, by=by, at=at)


@transaction.atomic
def invite_to(
    place: InvitedRole, address: str, *, by: Person, at: datetime
) -> tuple[OneTimeLink, str]:
    """Create an invitation, queue its message, and return the link and its token.

    An older invitation of the address to the same department, organisation or account
    is withdrawn, and its message is not sent if it is still queued.

    :raises InvitedTooOften: if the address was invited too often within the hour.
    :raises TooOften: if the person who invites made too many invitations.
    """
    organisation = place.organisation
    if organisation is not None:
        Organisation.objects.select_for_update().get(pk=organisation.pk)
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [COLLEAGUES])
    same = Q(
        kind=OneTimeLink.Kind.INVITATION,
        organisation=organisation,
        account_id=place.account_id,
        email=address,
    )
    _ensure_not_pestered(same, at=at)
    rate_limits.take(OF_INVITER, str(by.pk), at=at)
    for before in OneTimeLink.objects.filter(same, used_at__isnull=True, withdrawn_at__isnull=True):
        take_back(f"invitation:{before.pk}:", at=at)
    _withdraw(same, at=at)
    link, token = _make(OneTimeLink.Kind.INVITATION, at=at, email=address, place=place, made_by=by)
    record(
        "person.invited",
        at=at,
        by=by,
        organisation=organisation,
        account_id=place.account_id,
        facts={"invitation": link.pk, "role": place.role.value},
    )
    queue(
        "invitation",
        [Recipient(address, organisation.language if organisation else by.language)],
        key=f"invitation:{link.pk}",
        context={
            "place": place.name,
            "role": place.role.value,
            "by": by.name,
            "path": f"/invitation/{token}/",
        },
        at=at,
        organisation=organisation,
        account_id=place.account_id,
        secret=True,
    )
    return link, token


def _ensure_not_pestered(same: Q, *, at: datetime) -> None:
    """Refuse more than `MOST_AN_HOUR` invitations of the same kind within an hour."""
    lately = OneTimeLink.objects.filter(same, made_at__gt=at - AN_HOUR).count()
    if lately >= MOST_AN_HOUR:
        raise InvitedTooOften(
            _("This address was invited %(times)s times within the hour. Wait a while.")
            % {"times": lately},
            field="email",
        )


@transaction.atomic
def password_link(email: str, *, at: datetime) -> str:
    """Create a link with which an existing person chooses a new password; return its token.

    :raises NobodyOfThatAddress: if no active person has that address.
    """
    person = Person.objects.filter(email=fold_address(email), is_active=True).first()
    if person is None:
        raise NobodyOfThatAddress(
            _("There is nobody with the address %(email)s.") % {"email": email}
        )
    _withdraw(Q(kind=OneTimeLink.Kind.RESET, email=person.email), at=at)
    _link, token = _make(OneTimeLink.Kind.RESET, at=at, email=person.email)
    return token


@transaction.atomic
def send_password_link(email: str, *, at: datetime) -> None:
    """Queue a message with a password link, if an active person has that address.

    Nothing is raised otherwise, so that nobody learns which addresses are known.
    """
    try:
        token = password_link(email, at=at)
    except NobodyOfThatAddress:
        return
    person = Person.objects.get(email=fold_address(email))
    queue(
        "password_link",
        [Recipient.of(person)],
        key=f"password:{hashed(token)[:16]}",
        context={"name": person.name, "path": f"/password/{token}/"},
        at=at,
        send_before=at + LIVES[OneTimeLink.Kind.RESET],
        secret=True,
    )


def find(token: str, kind: OneTimeLink.Kind, *, at: datetime) -> OneTimeLink:
    """Return the valid link of this kind that a token belongs to.

    :raises LinkIsDead: if no valid link of this kind has the token.
    """
    link = (
        OneTimeLink.objects.filter(_living(at), token_hash=hashed(token), kind=kind)
        .select_related("organisation", "made_by")
        .first()
    )
    if link is None:
        raise LinkIsDead(_("This link no longer works: it was used, replaced, or has lapsed."))
    return link


@transaction.atomic
def enter_first(token: str, *, name: str, email: str, password: str, at: datetime) -> Person:
    """Create the first person of the commercial department.

    :raises LinkIsDead: if no valid first key has this token.
    :raises NotAnAddress: if `email` is no e-mail address.
    :raises SomebodyElse: if a person with that address exists.
    """
    link = find(token, OneTimeLink.Kind.FIRST, at=at)
    person = _make_person(email, name=name, password=password, at=at, is_commercial=True)
    _use(link, by=person, at=at)
    record("person.first", at=at, by=person)
    return person


@transaction.atomic
def use_as_newcomer(
    token: str, *, name: str, password: str, at: datetime
) -> tuple[Person, OneTimeLink]:
    """Create the person whom an invitation invites, and mark the invitation as used.

    `accounts.inviting` grants the role, in the same transaction.

    :raises LinkIsDead: if no valid invitation has this token.
    :raises SomebodyElse: if a person with that address exists, who has to sign in and join.
    """
    link = find(token, OneTimeLink.Kind.INVITATION, at=at)
    person = _make_person(link.email, name=name, password=password, at=at)
    _use(link, by=person, at=at)
    return person, link


@transaction.atomic
def use(token: str, *, person: Person, at: datetime) -> OneTimeLink:
    """Mark an invitation as used by an existing person.

    :raises LinkIsDead: if no valid invitation has this token.
    :raises SomebodyElse: if the invitation is for another address.
    """
    link = find(token, OneTimeLink.Kind.INVITATION, at=at)
    if link.email != person.email:
        raise SomebodyElse(
            _("This invitation is for %(email)s. Sign out, and open the link again.")
            % {"email": in_letters(link.email)}
        )
    _use(link, by=person, at=at)
    return link


@transaction.atomic
def choose_password(token: str, *, password: str, at: datetime) -> Person:
    """Set the password that the person of a password link has chosen.

    :raises LinkIsDead: if no valid password link has this token.
    """
    link = find(token, OneTimeLink.Kind.RESET, at=at)
    person = Person.objects.get(email=link.email)
    _use(link, by=person, at=at)
    person.set_password(password)
    person.save(update_fields=["password"])
    record("person.password_chosen", at=at, by=person)
    return person


@transaction.atomic
def withdraw_invitation(link: OneTimeLink, *, by: Person, at: datetime) -> None:
    """Withdraw an invitation that nobody has used.

    :raises LinkIsDead: if the invitation was used or withdrawn before.
    """
    taken_back = _withdraw(Q(pk=link.pk, kind=OneTimeLink.Kind.INVITATION), at=at)
    if not taken_back:
        raise LinkIsDead(_("This invitation was already used or withdrawn."))
    record(
        "person.uninvited",
        at=at,
        by=by,
        organisation=link.organisation,
        account_id=link.account_id,
        facts={"invitation": link.pk},
    )


def withdraw_made_by(person: Person, *, at: datetime, **where: object) -> None:
    """Withdraw the unanswered invitations that a person made, as the person loses their role."""
    _withdraw(Q(kind=OneTimeLink.Kind.INVITATION, made_by=person, **where), at=at)


def forget_password_links(person: Person, *, at: datetime) -> None:
    """Withdraw the unused password links of a person."""
    _withdraw(Q(kind=OneTimeLink.Kind.RESET, email=person.email), at=at)


def _living(at: datetime) -> Q:
    return Q(used_at__isnull=True, withdrawn_at__isnull=True, lapses_at__gt=at)


def _withdraw(which: Q, *, at: datetime) -> int:
    unused = OneTimeLink.objects.filter(which, used_at__isnull=True, withdrawn_at__isnull=True)
    return unused.update(withdrawn_at=at)


def _make(
    kind: OneTimeLink.Kind,
    *,
    at: datetime,
    email: str = "",
    place: InvitedRole | None = None,
    made_by: Person | None = None,
) -> tuple[OneTimeLink, str]:
    token = secrets.token_urlsafe(32)
    link = OneTimeLink.objects.create(
        kind=kind,
        token_hash=hashed(token),
        email=email,
        organisation=place.organisation if place else None,
        account_id=place.account_id if place else None,
        role=place.role if place else "",
        made_by=made_by,
        made_at=at,
        lapses_at=at + LIVES[kind],
    )
    return link, token


def _use(link: OneTimeLink, *, by: Person, at: datetime) -> None:
    """Mark a link as used; of two concurrent uses the second is refused."""
    used = OneTimeLink.objects.filter(_living(at), pk=link.pk).update(used_at=at, used_by=by)
    if not used:
        raise LinkIsDead(_("This link no longer works: it was used, replaced, or has lapsed."))


def _make_person(
    email: str, *, name: str, password: str, at: datetime, is_commercial: bool = False
) -> Person:
    person = Person(
        email=check_address(email), name=tidy(name), is_commercial=is_commercial, created_at=at
    )
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        raise SomebodyElse(
            _("Somebody with this address exists already: sign in first."), field="email"
        ) from None
    return person
