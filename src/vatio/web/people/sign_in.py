"""Signing in, the home page, the language and the profile."""

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.account.views import LoginView, LogoutView, PasswordResetView
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.people import one_time_links
from vatio.tenants.addresses import fold_address
from vatio.tenants.models import Person
from vatio.tenants.platform import DEMO_SECRET, demo_people, is_demo
from vatio.web.shell.access import ANYBODY, SIGNED_IN, Request, led_by, only, roles_held
from vatio.web.shell.fields import AddressField, NameField
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
    """The page of a forgotten password, by django-allauth, which limits the rate of requests.

    The link goes through the outbox; without a mail server the page says whom to ask.
    """

    template_name = "account/forgotten.html"
    form_class = ForgottenForm
    success_url = reverse_lazy("forgotten_sent")

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


class ProfileForm(forms.Form):
    """A person's name, language and choice of a daily digest."""

    name = NameField(label=gettext_lazy("Name"), max_length=120)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)

    digest = forms.ChoiceField(
        label=gettext_lazy("New orders"),
        choices=[
            ("", gettext_lazy("A message for each, at once")),
            ("daily", gettext_lazy("One message a day")),
        ],
        required=False,
    )


@only(SIGNED_IN)
def profile(request: Request) -> HttpResponse:
    """Show and change the person's own name, language and password."""
    person = request.user
    about = ProfileForm(
        initial={
            "name": person.name,
            "language": person.language,
            "digest": "daily" if person.digest else "",
        }
    )
    password = PasswordChangeForm(person)
    if request.method == "POST" and "old_password" in request.POST:
        password = PasswordChangeForm(person, request.POST)
        if password.is_valid():
            person.set_password(password.cleaned_data["new_password1"])
            person.save(update_fields=["password"])
            one_time_links.forget_password_links(person, at=clock.real())
            update_session_auth_hash(request, person)
            messages.success(request, _("Your password is changed."))
            return redirect("profile")
    elif request.method == "POST":
        about = ProfileForm(request.POST)
        if about.is_valid():
            person.name = about.cleaned_data["name"]
            person.language = about.cleaned_data["language"]
            person.digest = person.is_commercial and about.cleaned_data["digest"] == "daily"
            person.save(update_fields=["name", "language", "digest"])
            with override(person.language):
                messages.success(request, _("Your profile is saved."))
            return redirect("profile")
    refused = about.errors or password.errors
    return render(
        request,
        "people/profile.html",
        {"about": about, "password": password},
        status=422 if refused else 200,
    )


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
    path("profile/", profile, name="profile"),
    path("healthz", healthz, name="healthz"),
    path("robots.txt", robots, name="robots"),
    path("style/<str:version>.css", stylesheet, name="stylesheet"),
]
