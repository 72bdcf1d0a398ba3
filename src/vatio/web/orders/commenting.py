"""The thread and the notes of an order, and its assignment («Tomar»)."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.keys import parse_key
from vatio.orders import assigning, commenting
from vatio.refusal import Refused
from vatio.web.orders.orders import visible
from vatio.web.shell.access import COMMERCIAL, SUPERADMINISTRATOR, Request, only
from vatio.web.shell.fields import clean_text
from vatio.web.shell.way_back import WayBack


class WordsForm(forms.Form):
    """The text of a comment or a note."""

    words = forms.CharField(label=gettext_lazy("Message"), max_length=4000, required=False)

    def clean_words(self) -> str:
        return clean_text(self.cleaned_data["words"])


@require_POST
@only(SUPERADMINISTRATOR, COMMERCIAL)
def comment(request: Request, uid: UUID) -> HttpResponse:
    """Add a comment to the thread of an order."""
    return _say(request, uid, is_note=False)


@require_POST
@only(COMMERCIAL)
def note(request: Request, uid: UUID) -> HttpResponse:
    """Add a note that only the commercial department sees."""
    return _say(request, uid, is_note=True)


def _say(request: Request, uid: UUID, *, is_note: bool) -> HttpResponse:
    shown = visible(request, uid)
    form = WordsForm(request.POST)
    rule = commenting.note if is_note else commenting.comment
    if not form.is_valid():
        messages.warning(request, str(form.errors["words"][0]))
    else:
        try:
            rule(shown, form.cleaned_data["words"], by=request.user, at=clock.now())
        except Refused as refused:
            messages.warning(request, str(refused))
    return HttpResponseRedirect(f"{WayBack(request).keep('order', uid)}#said")


@require_POST
@only(COMMERCIAL)
def take(request: Request, uid: UUID) -> HttpResponse:
    """Assign an order to the person, or release the order: «Tomar»."""
    shown = visible(request, uid)
    seen = request.POST.get("seen", "")
    try:
        if request.POST.get("go"):
            assigning.let_go(shown, by=request.user, at=clock.now())
        else:
            assigning.take(
                shown,
                seen=parse_key(seen) or None,
                by=request.user,
                at=clock.now(),
            )
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(
            request,
            _("You let go of this order.")
            if request.POST.get("go")
            else _("You have this order in hand."),
        )
    return HttpResponseRedirect(WayBack(request).keep("order", uid))


urlpatterns = [
    path("orders/<uuid:uid>/comment/", comment, name="order_comment"),
    path("orders/<uuid:uid>/note/", note, name="order_note"),
    path("orders/<uuid:uid>/take/", take, name="order_take"),
]
