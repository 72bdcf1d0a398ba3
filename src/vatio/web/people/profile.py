"""A person's own profile: name, language, news, telephone, quiet hours and password."""

from collections.abc import Mapping

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from vatio import clock
from vatio.accounts.telephone_codes import paying_accounts
from vatio.notices import digesting
from vatio.notifications.sms_queueing import is_set_up
from vatio.people import one_time_links, rate_limits
from vatio.people.models import QuietHours, Telephone
from vatio.people.rate_limits import TooOften
from vatio.people.telephones import spelled
from vatio.tenants.models import Person
from vatio.web.people import attempts
from vatio.web.people.news_form import NewsForm
from vatio.web.people.sign_in import slow_down
from vatio.web.people.telephone_forms import CodeForm, NumberForm, QuietHoursForm
from vatio.web.shell.access import SIGNED_IN, Request, only
from vatio.web.shell.fields import NameField


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
    given: dict[str, forms.BaseForm] = {}
    if request.method == "POST" and "old_password" in request.POST:
        try:
            rate_limits.take(attempts.OF_PERSON, str(person.pk), at=clock.real())
        except TooOften as refused:
            return _too_many_guesses(request, refused)
        password = PasswordChangeForm(person, request.POST)
        given["password"] = password
        if password.is_valid():
            return _change_password(request, password.cleaned_data["new_password1"])
    elif request.method == "POST":
        about = ProfileForm(request.POST)
        given["about"] = about
        if about.is_valid():
            person.name = about.cleaned_data["name"]
            person.language = about.cleaned_data["language"]
            person.digest = person.is_commercial and about.cleaned_data["digest"] == "daily"
            person.save(update_fields=["name", "language", "digest"])
            with override(person.language):
                messages.success(request, _("Your profile is saved."))
            return redirect("profile")
    return show(given, request)


def show(given: Mapping[str, forms.BaseForm], request: Request) -> HttpResponse:
    """Show the profile with these forms and, for those not given, with what is stored."""
    person = request.user
    accounts = paying_accounts(person, at=clock.now())
    telephone = Telephone.objects.visible_to(person).first()
    hours = QuietHours.objects.visible_to(person).first()
    known = {
        "about": _about(person),
        "password": PasswordChangeForm(person),
        "number": NumberForm(accounts=accounts),
        "code": CodeForm(),
        "quiet": QuietHoursForm.of(hours),
        "news": NewsForm.of(person),
        **given,
    }
    lapses_at = telephone.code_lapses_at if telephone else None
    return render(
        request,
        "people/profile.html",
        {
            **known,
            "telephone": telephone,
            "waits_for_code": lapses_at is not None and lapses_at > clock.real(),
            "spelled": spelled,
            "can_text": is_set_up(),
            "accounts": accounts,
            "digest_at": f"{digesting.AT:%H:%M}",
        },
        status=422 if any(form.errors for form in known.values()) else 200,
    )


def _about(person: Person) -> ProfileForm:
    return ProfileForm(
        initial={
            "name": person.name,
            "language": person.language,
            "digest": "daily" if person.digest else "",
        }
    )


def _too_many_guesses(request: Request, refused: TooOften) -> HttpResponse:
    """Show the profile again without checking the old password (429)."""
    messages.warning(request, str(refused))
    response = show({}, request)
    slow_down(response, refused.wait)
    return response


def _change_password(request: Request, chosen: str) -> HttpResponse:
    """Store a new password; other browsers have to sign in again, and are known no more."""
    person = request.user
    rate_limits.give_back(attempts.OF_PERSON, str(person.pk))
    person.set_password(chosen)
    person.save(update_fields=["password"])
    one_time_links.forget_password_links(person, at=clock.real())
    update_session_auth_hash(request, person)
    messages.success(request, _("Your password is changed."))
    response = redirect("profile")
    attempts.remember(response, request, person)
    return response


urlpatterns = [path("profile/", profile, name="profile")]
