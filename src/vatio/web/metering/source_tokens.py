"""«Cambiar la clave» and «Anular»: another token of a source, and the end of one at once."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.keys import parse_key
from vatio.metering import tokens
from vatio.refusal import Refused
from vatio.web.metering import fresh_token
from vatio.web.metering.found import source_of
from vatio.web.shell.access import ADMINISTRATOR, SUPERADMINISTRATOR, Request, only
from vatio.web.shell.account_frame import enter


@require_POST
@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def rotate(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Make another token of a source, which its page shows once; the former goes on for a day."""
    account = enter(request, to_change=True).account
    source = source_of(account, thing, request.user)
    answer = redirect("source", uid, thing)
    try:
        token = tokens.rotate(source, by=request.user, at=clock.real())
    except Refused as refused:
        messages.warning(request, str(refused))
        return answer
    messages.success(request, _("%(name)s has a new token.") % {"name": source.name})
    return fresh_token.announce(answer, source, token)


@require_POST
@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def revoke(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Stop a token of a source at once."""
    account = enter(request, to_change=True).account
    source = source_of(account, thing, request.user)
    token = get_object_or_404(source.tokens, pk=parse_key(request.POST.get("token")))
    tokens.revoke(token, by=request.user, at=clock.real())
    messages.success(request, _("The token no longer works."))
    return redirect("source", uid, thing)


PLACE = "accounts/<uuid:uid>/installation/sources/<uuid:thing>"

urlpatterns = [
    path(f"{PLACE}/rotate/", rotate, name="source_rotate"),
    path(f"{PLACE}/revoke/", revoke, name="source_revoke"),
]
