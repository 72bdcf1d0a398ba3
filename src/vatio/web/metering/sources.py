"""The form of a data source."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vatio import clock
from vatio.metering import installing
from vatio.metering.labels import SOURCES
from vatio.web.metering.form_page import ThingForm, show, takes
from vatio.web.shell.access import ADMINISTRATOR, SUPERADMINISTRATOR, Request, only
from vatio.web.shell.account_frame import enter
from vatio.web.shell.fields import NameField


class SourceForm(ThingForm):
    """A data source."""

    name = NameField(label=gettext_lazy("Name"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=list(SOURCES.items()))


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def new(request: Request, uid: UUID) -> HttpResponse:
    """Add a data source."""
    account = enter(request, to_change=True).account
    form = SourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        source = form.attempt(
            lambda: installing.add_source(
                account, **form.cleaned_data, by=request.user, at=clock.now()
            )
        )
        if source:
            messages.success(request, _("Data source added: %(name)s") % {"name": source.name})
            return redirect("installation_sources", uid)
    return show(account, form, request, title=_("Add a source"), says=takes(account))


urlpatterns = [path("accounts/<uuid:uid>/installation/sources/new/", new, name="source_new")]
