"""«Departamento comercial»: its people, who invite and remove one another."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.accounts import revoking
from vatio.keys import parse_key
from vatio.people import one_time_links
from vatio.people.models import OneTimeLink
from vatio.refusal import Refused
from vatio.tenants.folding import SortKey
from vatio.tenants.models import Person
from vatio.web.people import fresh_invitation
from vatio.web.people.organisations import InvitationForm
from vatio.web.shell.access import COMMERCIAL, Request, only


@only(COMMERCIAL)
def colleagues(request: Request) -> HttpResponse:
    """Show the people of the commercial department, and invite more people."""
    at = clock.real()
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            link, token = one_time_links.invite_colleague(
                form.cleaned_data["email"], by=request.user, at=at
            )
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            fresh_invitation.announce(link, token, request=request)
            return redirect("colleagues")
    return render(
        request,
        "people/colleagues.html",
        {
            "at": at,
            "form": form,
            "link": fresh_invitation.shown(request.session),
            "people": Person.objects.filter(is_commercial=True, is_active=True).order_by(
                SortKey("name")
            ),
            "waiting": OneTimeLink.objects.visible_to(request.user)
            .waiting()
            .filter(role=OneTimeLink.Role.COMMERCIAL)
            .order_by("-made_at"),
        },
        status=422 if form.errors else 200,
    )


@require_POST
@only(COMMERCIAL)
def remove(request: Request) -> HttpResponse:
    """Remove a colleague from the commercial department."""
    person = get_object_or_404(
        Person.objects.filter(is_commercial=True), pk=parse_key(request.POST.get("person"))
    )
    try:
        revoking.leave_department(person, by=request.user, at=clock.now())
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(
            request,
            _("%(name)s no longer belongs to the commercial department.") % {"name": person.name},
        )
    return redirect("colleagues")


urlpatterns = [
    path("desk/people/", colleagues, name="colleagues"),
    path("desk/people/remove/", remove, name="colleagues_remove"),
]
