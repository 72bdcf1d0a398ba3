"""«Mensajes»: the outbox, for the commercial department; secret messages stay hidden."""

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vatio import clock, pagination
from vatio.notifications import delivery
from vatio.notifications.labels import MESSAGE_STATES, SMS_KINDS
from vatio.notifications.models import Message
from vatio.notifications.rendering import RenderedMessage
from vatio.notifications.rendering import render as written_out
from vatio.people.telephones import masked
from vatio.refusal import Refused
from vatio.tenants.addresses import fold_address
from vatio.tenants.folding import fold_in_database, tidy
from vatio.web.shell.access import COMMERCIAL, Request, only
from vatio.web.shell.way_back import WayBack


@only(COMMERCIAL)
def listing(request: Request) -> HttpResponse:
    """Show the messages, the latest first."""
    text = tidy(request.GET.get("q", ""))
    state = request.GET.get("state", "")
    found = Message.objects.visible_to(request.user)
    if state in Message.State.values:
        found = found.filter(state=state)
    for word in text.split():
        found = found.filter(
            Q(address__contains=fold_address(word))
            | Q(organisation__name_folded__contains=fold_in_database(word))
        )
    page = pagination.page(
        found.select_related("organisation", "person"),
        order=["-queued_at", "-id"],
        parameters=request.GET,
    )
    return render(
        request,
        "messages/list.html",
        {
            "page": page,
            "at": clock.now(),
            "subjects": {
                message.pk: _text_message(message)
                if message.channel == Message.Channel.SMS
                else _("Secret message")
                if message.secret
                else _letter(request, message).subject
                for message in page.rows
            },
            "masked": masked,
            "can_send": bool(settings.EMAIL_URL),
            "count": found.count(),
            "text": text,
            "state": state if state in Message.State.values else "",
            "states": MESSAGE_STATES,
        },
    )


@only(COMMERCIAL)
def message(request: Request, number: int) -> HttpResponse:
    """Show a message as it is sent; of a secret message, only that it exists."""
    shown = get_object_or_404(
        Message.objects.visible_to(request.user).select_related("organisation", "person"),
        pk=number,
    )
    is_text = shown.channel == Message.Channel.SMS
    return render(
        request,
        "messages/message.html",
        {
            "shown": shown,
            "letter": None if shown.secret or is_text else _letter(request, shown),
            "is_text": is_text,
            "text_words": _text_message(shown) if is_text else "",
            "masked": masked,
            "can_be_retried": delivery.may_retry(shown),
        },
    )


@require_POST
@only(COMMERCIAL)
def retry(request: Request, number: int) -> HttpResponse:
    """Queue a failed message again: «Reintentar»."""
    again = get_object_or_404(Message.objects.visible_to(request.user), pk=number)
    try:
        delivery.retry(again, at=clock.now())
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("It waits to be sent again."))
    return redirect(WayBack(request).keep("message", number))


def _text_message(message: Message) -> str:
    """Return what the department reads of a text message: its kind, and nothing of its words."""
    return _("Text message: %(kind)s") % {"kind": SMS_KINDS[message.template]}


def _letter(request: Request, message: Message) -> RenderedMessage:
    address = settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
    return written_out(message, address=address)


urlpatterns = [
    path("desk/messages/", listing, name="messages"),
    path("desk/messages/<int:number>/", message, name="message"),
    path("desk/messages/<int:number>/retry/", retry, name="retry_message"),
]
