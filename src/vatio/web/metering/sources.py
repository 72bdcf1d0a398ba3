"""A data source: its page, and the forms that add one and give it another name."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vatio import clock, pagination
from vatio.entitlements.limits import why_closed
from vatio.metering import changing, tokens
from vatio.metering.labels import SOURCES
from vatio.metering.models import DataSource
from vatio.readings.waiting import count_waiting
from vatio.web.metering import fresh_token
from vatio.web.metering.form_page import ThingForm, show, takes
from vatio.web.metering.found import source_of
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SUPERADMINISTRATOR,
    VIEWER,
    Request,
    only,
)
from vatio.web.shell.account_frame import enter
from vatio.web.shell.fields import NameField

DOOR = "/readings"
"""Where a gateway sends what it read."""


class SourceChangeForm(ThingForm):
    """What can be changed of a data source: its kind stays as it is."""

    name = NameField(label=gettext_lazy("Name"), max_length=120)
    registers_at_end = forms.BooleanField(
        label=gettext_lazy("Register at the end of the interval"),
        required=False,
        help_text=gettext_lazy(
            "For gateways that send, with the time at which an interval begins, what the meter"
            " showed at its end. It holds for what arrives from now on."
        ),
    )


class SourceForm(ThingForm):
    """A new data source."""

    name = NameField(label=gettext_lazy("Name"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=list(SOURCES.items()))


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def new(request: Request, uid: UUID) -> HttpResponse:
    """Add a data source; the page of one by insertion shows its token once."""
    account = enter(request, to_change=True).account
    form = SourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = form.attempt(
            lambda: tokens.add_with_token(
                account,
                **form.cleaned_data,
                by=request.user,
                at=clock.now(),
                issued_at=clock.real(),
            )
        )
        if made:
            source, token = made
            messages.success(request, _("Data source added: %(name)s") % {"name": source.name})
            return fresh_token.announce(redirect("source", uid, source.uid), source, token)
    says = [*takes(account), _("A gateway gets a token, which is shown once.")]
    return show(account, form, request, title=_("Add a source"), says=says)


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def change(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Change the name of a data source and, of one by insertion, what its registers are."""
    account = enter(request, to_change=True).account
    source = source_of(account, thing, request.user)
    name = source.name
    known: dict[str, Any] = {"name": name, "registers_at_end": source.registers_at_end}
    form = SourceChangeForm(request.POST or None, initial=known)
    if source.kind != DataSource.Kind.INSERTION:
        del form.fields["registers_at_end"]
    if request.method == "POST" and form.is_valid():
        changed = form.attempt(
            lambda: changing.change_source(
                source, **(known | form.cleaned_data), by=request.user, at=clock.now()
            )
        )
        if changed:
            messages.success(request, _("Data source changed: %(name)s") % {"name": changed.name})
            return redirect("source", uid, thing)
    return show(
        account,
        form,
        request,
        title=_("Change %(name)s") % {"name": name},
        says=[_("Its tokens, its devices and what it sent stay as they are.")],
        above=(name, "source", thing),
    )


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def page(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Show a data source: its tokens, how to send, its devices; a new token once."""
    frame = enter(request)
    account = frame.account
    source = source_of(account, thing, request.user)
    fresh = fresh_token.shown(source, request=request)
    seen = source.tokens.order_by("-last_seen_at").exclude(last_seen_at=None).first()
    response = render(
        request,
        "metering/source.html",
        {
            "account": account,
            "source": source,
            "kind": SOURCES[source.kind],
            "inserts": source.kind == DataSource.Kind.INSERTION,
            "tokens": source.tokens.live(at=clock.real())
            .select_related("made_by")
            .order_by("-made_at", "-id"),
            "fresh": fresh,
            "last_seen_at": seen.last_seen_at if seen else None,
            "door": request.build_absolute_uri(DOOR),
            "point_count": source.data_points.in_service().count(),
            "waiting_count": count_waiting(source),
            "device_count": source.devices.count(),
            "page": pagination.page(
                source.devices.select_related("meter"),
                order=("did", "id"),
                parameters=request.GET,
            ),
            "may_change": frame.may_change,
            "closed": why_closed(account, at=clock.now()),
        },
    )
    return (
        fresh_token.forget(response, source) if fresh_token.COOKIE in request.COOKIES else response
    )


PLACE = "accounts/<uuid:uid>/installation/sources"

urlpatterns = [
    path(f"{PLACE}/new/", new, name="source_new"),
    path(f"{PLACE}/<uuid:thing>/", page, name="source"),
    path(f"{PLACE}/<uuid:thing>/change/", change, name="source_change"),
]
