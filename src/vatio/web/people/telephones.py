"""The telephone and the quiet hours of a person's own profile."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.accounts.models import Account
from vatio.accounts.telephone_codes import ask_code, paying_accounts
from vatio.people import quiet_hours, telephones
from vatio.refusal import Refused
from vatio.web.people.profile import show
from vatio.web.people.telephone_forms import CodeForm, NumberForm, QuietHoursForm
from vatio.web.shell.access import SIGNED_IN, Request, only


@require_POST
@only(SIGNED_IN)
def ask(request: Request) -> HttpResponse:
    """Send a code to the telephone that the person wrote: «Enviar el código»."""
    person = request.user
    form = NumberForm(request.POST, accounts=paying_accounts(person, at=clock.now()))
    chosen = form.cleaned_data.get("account") if form.is_valid() else None
    if not isinstance(chosen, Account):
        return show({"number": form}, request)

    def send() -> None:
        number = form.cleaned_data["number"]
        stored = ask_code(person, chosen, number, at=clock.now(), real=clock.real())
        said = {"number": telephones.spelled(stored)}
        messages.success(request, _("A code is on its way to %(number)s.") % said)

    return _attempt(request, send, form, name="number")


@require_POST
@only(SIGNED_IN)
def confirm(request: Request) -> HttpResponse:
    """Confirm the telephone with the code that was sent to it: «Confirmar»."""
    form = CodeForm(request.POST)
    if not form.is_valid():
        return show({"code": form}, request)

    def enter() -> None:
        code = form.cleaned_data["code"]
        telephones.confirm(request.user, code, at=clock.now(), real=clock.real())
        messages.success(request, _("Your telephone is confirmed."))

    return _attempt(request, enter, form, name="code")


@require_POST
@only(SIGNED_IN)
def take_away(request: Request) -> HttpResponse:
    """Forget the person's telephone: «Quitar el teléfono»."""
    telephones.take_away(request.user, at=clock.now())
    messages.success(request, _("Your telephone is taken away."))
    return redirect("profile")


@require_POST
@only(SIGNED_IN)
def set_quiet_hours(request: Request) -> HttpResponse:
    """Set the person's quiet hours, or none: «Horas de silencio»."""
    form = QuietHoursForm(request.POST)
    if not form.is_valid():
        return show({"quiet": form}, request)

    def write() -> None:
        chosen = form.cleaned_data
        if chosen["quiet_from"] is None:
            quiet_hours.forget_hours(request.user)
        else:
            quiet_hours.set_hours(
                request.user,
                chosen["quiet_from"],
                chosen["quiet_until"],
                time_zone=chosen["time_zone"],
            )
        messages.success(request, _("Your quiet hours are saved."))

    return _attempt(request, write, form, name="quiet")


def _attempt(
    request: Request, act: Callable[[], None], form: forms.Form, *, name: str
) -> HttpResponse:
    """Act, and return to the profile; show it again with what was refused, beside its field."""
    try:
        act()
    except Refused as refused:
        field = refused.field if refused.field in form.fields else None
        form.add_error(field, str(refused))
        return show({name: form}, request)
    return redirect("profile")


urlpatterns = [
    path("profile/telephone/", ask, name="telephone_ask"),
    path("profile/telephone/confirm/", confirm, name="telephone_confirm"),
    path("profile/telephone/take-away/", take_away, name="telephone_take_away"),
    path("profile/quiet-hours/", set_quiet_hours, name="quiet_hours"),
]
