"""The people of an account: inviting them, changing their role and removing them."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.accounts import inviting, revoking
from vatio.accounts.models import Account, AccountRole
from vatio.accounts.reaching import telephones_of
from vatio.keys import parse_key
from vatio.orders.lockout import is_shut
from vatio.people.labels import ROLES
from vatio.refusal import Refused
from vatio.tenants.folding import SortKey
from vatio.web.people import fresh_invitation
from vatio.web.shell.access import (
    ADMINISTRATOR,
    SUPERADMINISTRATOR,
    Request,
    only,
)
from vatio.web.shell.fields import AddressField

ACCOUNT_ROLES = [(role.value, ROLES[role.value]) for role in AccountRole.Role]


class AccountInvitationForm(forms.Form):
    """Whom to invite, and in which role."""

    email = AddressField(label=gettext_lazy("E-mail address"))
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ACCOUNT_ROLES)


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def people(request: Request, uid: UUID) -> HttpResponse:
    """Show who has a role in an account, and invite more people."""
    at = clock.real()
    account = _administered(request, uid)
    form = AccountInvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            link, token = inviting.invite_to_account(
                account,
                form.cleaned_data["email"],
                role=AccountRole.Role(form.cleaned_data["role"]),
                by=request.user,
                at=at,
            )
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            fresh_invitation.announce(link, token, request=request)
            return redirect("account_people", uid)
    return render(
        request,
        "people/account_people.html",
        {
            "account": account,
            "at": at,
            "form": form,
            "link": fresh_invitation.shown(request.session),
            "roles": account.roles.select_related("person").order_by(
                "role", SortKey("person__name"), "id"
            ),
            "telephones": telephones_of(account, seen_by=request.user),
            "waiting": inviting.waiting_for(account),
        },
        status=422 if form.errors else 200,
    )


@require_POST
@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def change(request: Request, uid: UUID) -> HttpResponse:
    """Change a person's role in an account, or remove the role."""
    account = _administered(request, uid)
    role = get_object_or_404(
        AccountRole.objects.visible_to(request.user)
        .filter(account=account)
        .select_related("person", "organisation"),
        person_id=parse_key(request.POST.get("person")),
    )
    to = request.POST.get("role", "")
    if to in AccountRole.Role.values:
        revoking.change_role(role, AccountRole.Role(to), by=request.user, at=clock.now())
        messages.success(request, _("The role is changed."))
    else:
        revoking.leave_account(role, by=request.user, at=clock.now())
        messages.success(
            request, _("%(name)s no longer enters this account.") % {"name": role.person.name}
        )
    still = Account.objects.visible_to(request.user).administered_by(request.user)
    return redirect("account_people", uid) if still.filter(uid=uid).exists() else redirect("home")


def _administered(request: Request, uid: UUID) -> Account:
    """Return an account whose people the person may manage."""
    account = get_object_or_404(
        Account.objects.visible_to(request.user)
        .administered_by(request.user)
        .select_related("organisation"),
        uid=uid,
    )
    if account.organisation.is_led_by(request.user):
        request.organisation = account.organisation
    # A member of the commercial department who administers the account is locked out like others.
    elif is_shut(account, at=clock.now()):
        raise PermissionDenied
    else:
        request.time_zone = account.time_zone
    return account


urlpatterns = [
    path("accounts/<uuid:uid>/people/", people, name="account_people"),
    path("accounts/<uuid:uid>/people/change/", change, name="account_people_change"),
]
