"""Signing in, the home page and the language."""

from datetime import timedelta
from math import ceil
from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.account.views import LoginView, LogoutView, PasswordResetView
from django import forms
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path, reverse_lazy
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.people import one_time_links
from vatio.people.rate_limits import TooOften
from vatio.tenants.addresses import fold_address
from vatio.tenants.models import Person
from vatio.tenants.platform import DEMO_SECRET, demo_people, is_demo
from vatio.web.people import attempts
from vatio.web.people.allauth_adapter import TOO_OFTEN
from vatio.web.shell.access import ANYBODY, SIGNED_IN, Request, led_by, only, roles_held
from vatio.web.shell.fields import AddressField
from vatio.web.shell.middleware import LANGUAGE_COOKIE
from vatio.web.shell.redirects import back_to
from vatio.web.shell.stylesheet import stylesheet

A_YEAR = 31_536_000


@only(SIGNED_IN)
def home(request: Request) -> HttpResponse:
    """Redirect a person to the page of their role, or show the choice of organisations."""
    led = led_by(request)
    if request.user.is_commercial:
        return redirect("desk")
    if len(led) == 1:
        return redirect("accounts", led[0].slug)
    if not led and roles_held(request).is_in_accounts:
        return redirect("my_accounts")
    return render(request, "people/home.html", {"led": led})


class SignInForm(LoginForm):  # type: ignore[misc]
    """Address and password; the address may be written in either spelling of its domain."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField()

    def clean_login(self) -> str:
        return fold_address(self.cleaned_data["login"])


class SignIn(LoginView):  # type: ignore[misc]
    """The sign-in page, by django-allauth; the demo lists its people beside the form."""

    def get_form_class(self) -> type[SignInForm]:
        return SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "demo_people": _demo_people(),
            "secret": DEMO_SECRET,
        }

    def form_valid(self, form: LoginForm) -> HttpResponse:
        """Sign the person in, and make the browser known to that person."""
        response: HttpResponse = super().form_valid(form)
        if self.request.user.is_authenticated:
            attempts.remember(response, self.request, form.user)
        return response

    def form_invalid(self, form: LoginForm) -> HttpResponse:
        """Show the page again: 429 if attempts were too many."""
        response: HttpResponse = super().form_invalid(form)
        for error in form.non_field_errors().as_data():
            if error.code == TOO_OFTEN:
                slow_down(response, error.params["wait"])
        return response


def slow_down(response: HttpResponse, wait: timedelta) -> None:
    """Make a response one that says how long to wait (429)."""
    response.status_code = 429
    response.headers["Retry-After"] = str(ceil(wait.total_seconds()))


def _demo_people() -> list[Person]:
    if not is_demo():
        return []
    people = demo_people().order_by("id")
    return list(people.prefetch_related("memberships__organisation", "account_roles__account"))


class ForgottenForm(ResetPasswordForm):  # type: ignore[misc]
    """The address to which a link to choose a new password is sent."""

    email = AddressField(label=gettext_lazy("E-mail address"))

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        address: str = self.cleaned_data["email"]
        one_time_links.send_password_link(address, at=clock.real())
        return address


class Forgotten(PasswordResetView):  # type: ignore[misc]
    """The page of a forgotten password, by django-allauth, with our limits.

    The link goes through the outbox; without a mail server the page says whom to ask.
    """

    template_name = "account/forgotten.html"
    form_class = ForgottenForm
    success_url = reverse_lazy("forgotten_sent")

    def form_valid(self, form: ForgottenForm) -> HttpResponse:
        """Send the link, unless that was asked too often for this address or from this network."""
        try:
            attempts.begin(
                attempts.FORGOTTEN, self.request, form.cleaned_data["email"], at=clock.real()
            )
        except TooOften as refused:
            form.add_error(None, str(refused))
            late: HttpResponse = self.form_invalid(form)
            slow_down(late, refused.wait)
            return late
        return super().form_valid(form)  # type: ignore[no-any-return]

    def get_form_class(self) -> type[ForgottenForm]:
        return self.form_class

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "can_send": bool(settings.EMAIL_URL)}


@only(ANYBODY)
def forgotten_sent(request: HttpRequest) -> HttpResponse:
    """Show that a link was sent if the address is known, without revealing whether it is."""
    return render(request, "account/forgotten_sent.html")


@require_POST
@only(ANYBODY)
def choose_language(request: Request) -> HttpResponse:
    """Set the language: in the profile if signed in, and in a cookie of this browser."""
    chosen = request.POST.get("language", "")
    response = HttpResponseRedirect(back_to(request.POST, "/"))
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            LANGUAGE_COOKIE,
            chosen,
            max_age=A_YEAR,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure(),
        )
        if request.user.is_authenticated:
            Person.objects.filter(pk=request.user.pk).update(language=chosen)
    return response


@only(ANYBODY)
def healthz(request: HttpRequest) -> HttpResponse:
    """Return 200 when the database answers, so that pages can be served (health check)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@only(ANYBODY)
def robots(request: HttpRequest) -> HttpResponse:
    """Return a robots.txt that keeps search engines out."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")


urlpatterns = [
    path("", home, name="home"),
    path("sign-in/", only(ANYBODY)(SignIn.as_view()), name="account_login"),
    path("sign-out/", only(ANYBODY)(LogoutView.as_view()), name="account_logout"),
    path("sign-in/forgotten/", only(ANYBODY)(Forgotten.as_view()), name="account_reset_password"),
    path("sign-in/forgotten/sent/", forgotten_sent, name="forgotten_sent"),
    path("language/", choose_language, name="language"),
    path("healthz", healthz, name="healthz"),
    path("robots.txt", robots, name="robots"),
    path("style/<str:version>.css", stylesheet, name="stylesheet"),
]
