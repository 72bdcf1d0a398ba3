"""The page of an invitation: a new person registers, a known person joins."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from vatio import clock
from vatio.accounts import inviting
from vatio.people import one_time_links
from vatio.people.models import OneTimeLink
from vatio.refusal import Refused
from vatio.tenants.models import Person
from vatio.web.people.first_use import dead_link, let_in, untraced
from vatio.web.people.passwords import NewcomerForm
from vatio.web.shell.access import ANYBODY, Request, only


@only(ANYBODY)
def invitation(request: Request, token: str) -> HttpResponse:
    """Show the page that an invitation leads to: to register or to join."""
    at = clock.real()
    try:
        link = one_time_links.find(token, OneTimeLink.Kind.INVITATION, at=at)
    except one_time_links.LinkIsDead as dead:
        return dead_link(request, dead, _("Ask whoever invited you for a new one."))
    if request.user.is_authenticated or Person.objects.filter(email=link.email).exists():
        return _join(request, token, link)
    return _enter(request, token, link)


def _enter(request: Request, token: str, link: OneTimeLink) -> HttpResponse:
    form = NewcomerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = inviting.enter_invited(
                token,
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password"],
                at=clock.real(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return let_in(request, person, to="home")
    return untraced(
        render(
            request,
            "people/invitation.html",
            {"form": form, "link": link, "led_to": inviting.place_of(link)},
            status=422 if form.errors else 200,
        )
    )


def _join(request: Request, token: str, link: OneTimeLink) -> HttpResponse:
    """Accept the invitation for the signed-in person; anybody else is asked to sign in first."""
    refused = None
    if request.method == "POST" and request.user.is_authenticated:
        try:
            joined = inviting.join(token, person=request.user, at=clock.real())
        except Refused as no:
            refused = str(no)
        else:
            messages.success(request, _("You have accepted the invitation."))
            slug = joined.organisation.slug if joined.organisation else ""
            if joined.role == OneTimeLink.Role.SUPERADMINISTRATOR:
                return redirect("accounts", slug)
            return redirect("desk" if joined.role == OneTimeLink.Role.COMMERCIAL else "my_accounts")
    return untraced(
        render(
            request,
            "people/join.html",
            {"link": link, "refused": refused, "led_to": inviting.place_of(link)},
            status=409 if refused else 200,
        )
    )


urlpatterns = [path("invitation/<str:token>/", invitation, name="invitation")]
