"""The first page of an empty platform, and the page of a password link."""

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from vatio import clock
from vatio.people import one_time_links
from vatio.people.models import OneTimeLink
from vatio.refusal import Refused
from vatio.tenants.models import Person
from vatio.web.people import attempts
from vatio.web.people.passwords import FirstPersonForm, PasswordForm
from vatio.web.shell.access import ANYBODY, Request, only

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@only(ANYBODY)
def first_use(request: Request, token: str) -> HttpResponse:
    """Create the first person of the commercial department, and sign that person in."""
    at = clock.real()
    try:
        one_time_links.find(token, OneTimeLink.Kind.FIRST, at=at)
    except one_time_links.LinkIsDead as dead:
        return dead_link(
            request, dead, _("Start Vatio again: it prints a fresh link while it needs one.")
        )
    form = FirstPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        written = form.cleaned_data
        try:
            person = one_time_links.enter_first(
                token,
                name=written["name"],
                email=written["email"],
                password=written["password"],
                at=at,
            )
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            return let_in(request, person, to="desk")
    return untraced(
        render(request, "people/first_use.html", {"form": form}, status=422 if form.errors else 200)
    )


@only(ANYBODY)
def new_password(request: Request, token: str) -> HttpResponse:
    """Set the new password of the person of a password link, and sign that person in."""
    at = clock.real()
    try:
        link = one_time_links.find(token, OneTimeLink.Kind.RESET, at=at)
    except one_time_links.LinkIsDead as dead:
        return dead_link(request, dead, _("Ask for another one: each works once, for a day."))
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = one_time_links.choose_password(
                token, password=form.cleaned_data["password"], at=at
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Your password is changed."))
            return let_in(request, person, to="home")
    return untraced(
        render(
            request,
            "people/new_password.html",
            {"form": form, "link": link},
            status=422 if form.errors else 200,
        )
    )


def let_in(request: Request, person: Person, *, to: str) -> HttpResponse:
    """Sign a person in after a valid one-time link, and redirect to the page named `to`."""
    login(request, person, backend=BACKEND)
    response = redirect(to)
    attempts.remember(response, request, person)
    return response


def dead_link(request: Request, dead: Refused, advice: str) -> HttpResponse:
    """Show that a link no longer works (410), and what to do."""
    return untraced(
        render(request, "people/dead_link.html", {"words": str(dead), "advice": advice}, status=410)
    )


def untraced(response: HttpResponse) -> HttpResponse:
    """Keep the address of a page that holds a token out of referrers and caches.

    `strict-origin`, because under `no-referrer` browsers send `Origin: null` with our forms.
    """
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


urlpatterns = [
    path("first-use/<str:token>/", first_use, name="first_use"),
    path("password/<str:token>/", new_password, name="new_password"),
]
