"""Organisations, created by the commercial department, and their people, invited."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from vatio import clock, pagination
from vatio.accounts import inviting, revoking
from vatio.accounts.models import Account
from vatio.dates import DEPARTMENT_TIME_ZONE
from vatio.history.models import Act
from vatio.keys import parse_key
from vatio.people import creating, one_time_links
from vatio.people.models import OneTimeLink
from vatio.refusal import Refused
from vatio.tenants.folding import SortKey, fold_in_database, tidy
from vatio.tenants.models import Membership, Organisation
from vatio.web.people import fresh_invitation
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SUPERADMINISTRATOR,
    Request,
    only,
)
from vatio.web.shell.fields import AddressField, NameField, time_zone_choices
from vatio.web.shell.way_back import WayBack

PURGES_SHOWN = 30


class OrganisationForm(forms.Form):
    """An organisation's name, time zone and address for notices."""

    name = NameField(label=gettext_lazy("Name"), max_length=120)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=time_zone_choices)
    notice_address = AddressField(label=gettext_lazy("Address for notices"), required=False)


class InvitationForm(forms.Form):
    """Whom to invite."""

    email = AddressField(label=gettext_lazy("E-mail address"))


@only(COMMERCIAL)
def listing(request: Request) -> HttpResponse:
    """Show every organisation with its numbers of accounts and people."""
    text = tidy(request.GET.get("q", ""))
    found = Organisation.objects.visible_to(request.user)
    for word in text.split():
        found = found.filter(name_folded__contains=fold_in_database(word))
    page = pagination.page(found, order=["name_sorted", "id"], parameters=request.GET)
    ids = [organisation.pk for organisation in page.rows]
    shown = Organisation.objects.visible_to(request.user).filter(pk__in=ids)
    return render(
        request,
        "people/organisations.html",
        {
            "page": page,
            "count": found.count(),
            "text": text,
            "accounts": _counts(shown, "accounts"),
            "people": _counts(shown, "memberships"),
        },
    )


def _counts(organisations: QuerySet[Organisation], related: str) -> dict[int, int]:
    counted = organisations.annotate(number=Count(related))
    return dict(counted.values_list("pk", "number"))


@only(COMMERCIAL)
def new(request: Request) -> HttpResponse:
    """Create an organisation."""
    form = OrganisationForm(request.POST or None, initial={"time_zone": DEPARTMENT_TIME_ZONE})
    if request.method == "POST" and form.is_valid():
        try:
            organisation = creating.create_organisation(
                form.cleaned_data["name"],
                time_zone=form.cleaned_data["time_zone"],
                notice_address=form.cleaned_data["notice_address"],
                by=request.user,
                at=clock.now(),
            )
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(
                request,
                _("%(name)s is created. Invite its first SuperAdministrator.")
                % {"name": organisation.name},
            )
            return redirect("organisation", organisation.slug)
    return render(
        request, "people/organisation_new.html", {"form": form}, status=422 if form.errors else 200
    )


@only(COMMERCIAL)
def organisation(request: Request, slug: str) -> HttpResponse:
    """Show an organisation's people to the commercial department, and invite more people."""
    shown = get_object_or_404(Organisation.objects.visible_to(request.user), slug=slug)
    return _people(request, shown, at_desk=True)


@only(SUPERADMINISTRATOR)
def people(request: Request, slug: str) -> HttpResponse:
    """Show an organisation's people to its SuperAdministrators, and invite more people."""
    return _people(request, request.organisation, at_desk=False)


@require_POST
@only(COMMERCIAL)
def trust(request: Request, slug: str) -> HttpResponse:
    """Set whether an organisation's renewals are accepted without review."""
    shown = get_object_or_404(Organisation.objects.visible_to(request.user), slug=slug)
    trusted = request.POST.get("trusted") == "yes"
    creating.trust(shown, trusted=trusted, by=request.user, at=clock.now())
    messages.success(
        request,
        _("From now on the renewals of %(name)s take effect at once.") % {"name": shown.name}
        if trusted
        else _("From now on the renewals of %(name)s are reviewed.") % {"name": shown.name},
    )
    return redirect(WayBack(request).keep("organisation", shown.slug))


def _people(request: Request, shown: Organisation, *, at_desk: bool) -> HttpResponse:
    at = clock.real()
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            link, token = one_time_links.invite(
                shown, form.cleaned_data["email"], by=request.user, at=at
            )
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            fresh_invitation.announce(link, token, request=request)
            return redirect(request.path)
    return render(
        request,
        "people/organisation_people.html",
        {
            "shown": shown,
            "at": at,
            "at_desk": at_desk,
            "form": form,
            "link": fresh_invitation.shown(request.session),
            "members": shown.memberships.select_related("person").order_by(
                SortKey("person__name"), "id"
            ),
            "waiting": OneTimeLink.objects.visible_to(request.user)
            .waiting()
            .filter(organisation=shown, account_id__isnull=True)
            .select_related("made_by")
            .order_by("-made_at"),
            "purged": Act.objects.visible_to(request.user)
            .filter(organisation=shown, verb="account.purged")
            .select_related("person")
            .order_by("-at", "-id")[:PURGES_SHOWN]
            if at_desk
            else [],
        },
        status=422 if form.errors else 200,
    )


@require_POST
@only(COMMERCIAL, SUPERADMINISTRATOR)
def remove(request: Request, slug: str) -> HttpResponse:
    """Remove a SuperAdministrator from an organisation."""
    shown = get_object_or_404(Organisation.objects.visible_to(request.user), slug=slug)
    membership = get_object_or_404(
        Membership.objects.visible_to(request.user).select_related("person", "organisation"),
        organisation=shown,
        person_id=parse_key(request.POST.get("person")),
    )
    try:
        revoking.leave_organisation(membership, by=request.user, at=clock.now())
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(
            request,
            _("%(name)s no longer leads %(organisation)s.")
            % {"name": membership.person.name, "organisation": shown.name},
        )
    if request.user.is_commercial and request.POST.get("from") == "desk":
        return redirect("organisation", slug)
    still = shown.is_led_by(request.user)
    return redirect("people", slug) if still else redirect("home")


@require_POST
@only(COMMERCIAL, SUPERADMINISTRATOR, ADMINISTRATOR)
def withdraw_invitation(request: Request, uid: UUID) -> HttpResponse:
    """Withdraw an invitation to an organisation, to an account or to the department."""
    person = request.user
    link = get_object_or_404(inviting.managed_by(person), uid=uid, kind=OneTimeLink.Kind.INVITATION)
    try:
        one_time_links.withdraw_invitation(link, by=request.user, at=clock.real())
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("The invitation no longer works."))
    if link.account_id is not None:
        accounts = Account.objects.visible_to(person)
        account = get_object_or_404(accounts, pk=link.account_id)
        manages = accounts.administered_by(person).filter(pk=account.pk).exists()
        return redirect("account_people" if manages else "account", account.uid)
    if link.organisation is None:
        return redirect("colleagues")
    at_desk = request.POST.get("from") == "desk" and person.is_commercial
    return redirect("organisation" if at_desk else "people", link.organisation.slug)


urlpatterns = [
    path("desk/organisations/", listing, name="organisations"),
    path("desk/new-organisation/", new, name="organisation_new"),
    path("desk/organisations/<slug:slug>/", organisation, name="organisation"),
    path("desk/organisations/<slug:slug>/trust/", trust, name="organisation_trust"),
    path("o/<slug:slug>/people/", people, name="people"),
    path("organisations/<slug:slug>/people/remove/", remove, name="people_remove"),
    path("invitations/<uuid:uid>/withdraw/", withdraw_invitation, name="invitation_withdraw"),
]
