"""Revokes and changes roles: in an account, an organisation, the commercial department."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vatio.accounts.models import AccountRole
from vatio.history.recording import record
from vatio.people import one_time_links
from vatio.refusal import Refused
from vatio.tenants.models import Membership, Organisation, Person


class LastOne(Refused):
    """The organisation would be left without a SuperAdministrator."""


class Oneself(Refused):
    """A person would remove themselves from the commercial department."""


@transaction.atomic
def change_role(role: AccountRole, to: AccountRole.Role, *, by: Person, at: datetime) -> None:
    """Change a person's role in an account. Doing it twice is harmless."""
    changed = AccountRole.objects.filter(pk=role.pk).exclude(role=to).update(role=to)
    if changed:
        _record_of_account(role, "role.changed", by=by, at=at, to=to.value)


@transaction.atomic
def leave_account(role: AccountRole, *, by: Person, at: datetime) -> None:
    """Revoke a person's role in an account, and withdraw the invitations to it that they made.

    Doing it twice is harmless.
    """
    gone, _kinds = AccountRole.objects.filter(pk=role.pk).delete()
    if gone:
        one_time_links.withdraw_made_by(role.person, at=at, account_id=role.account_id)
        _record_of_account(role, "role.taken", by=by, at=at, to="")


@transaction.atomic
def leave_organisation(membership: Membership, *, by: Person, at: datetime) -> None:
    """Revoke a SuperAdministrator's role in an organisation, and withdraw their invitations to it.

    Only the commercial department may remove the last one, as it can invite another.

    :raises LastOne: if nobody would be left and `by` is not of the commercial department.
    """
    organisation = membership.organisation
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    others = organisation.memberships.exclude(pk=membership.pk)
    if not by.is_commercial and not others.exists():
        raise LastOne(_("Nobody else leads this organisation. Invite somebody first."))
    gone, _kinds = Membership.objects.filter(pk=membership.pk).delete()
    if gone:
        one_time_links.withdraw_made_by(membership.person, at=at, organisation=organisation)
        record(
            "member.gone",
            at=at,
            by=by,
            organisation=organisation,
            facts={"person": membership.person_id},
        )


@transaction.atomic
def leave_department(person: Person, *, by: Person, at: datetime) -> None:
    """Remove a colleague from the commercial department, and withdraw all their invitations.

    :raises Oneself: if `person` is `by`: so the department is never left empty.
    """
    if person.pk == by.pk:
        raise Oneself(_("You cannot remove yourself: ask a colleague."))
    gone = Person.objects.filter(pk=person.pk, is_commercial=True).update(is_commercial=False)
    if gone:
        one_time_links.withdraw_made_by(person, at=at)
        record("colleague.gone", at=at, by=by, facts={"person": person.pk})


def _record_of_account(role: AccountRole, verb: str, *, by: Person, at: datetime, to: str) -> None:
    record(
        verb,
        at=at,
        by=by,
        organisation=role.organisation,
        account_id=role.account_id,
        facts={"person": role.person_id, "to": to},
    )
