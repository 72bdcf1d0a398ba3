"""«Entregas»: what came, from whom, and what became of it; a delivery can be taken back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import ngettext

from vatio import clock, pagination
from vatio.accounts.models import Account
from vatio.formats import number
from vatio.keys import parse_uuid
from vatio.metering.models import Meter
from vatio.readings import delivery_list, keeping, taking_back
from vatio.readings.delivery_list import ListedDelivery
from vatio.readings.models import KeptFile
from vatio.refusal import Refused
from vatio.web.readings.words import ORIGINS, REASONS
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SUPERADMINISTRATOR,
    VIEWER,
    Request,
    only,
)
from vatio.web.shell.account_frame import AccountFrame, enter

SHOWN = 200


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def deliveries(request: Request, uid: UUID) -> HttpResponse:
    """Show the deliveries of an account, or of one meter (`?meter=`), the newest first."""
    frame = enter(request)
    meter = _meter(request, frame.account)
    found = delivery_list.of_account(frame.account)
    if meter is not None:
        found = delivery_list.of_data_points(frame.account, list(meter.data_points.all()))
    page = pagination.page(found, order=delivery_list.ORDER, parameters=request.GET)
    return render(
        request,
        "readings/deliveries.html",
        {
            "account": frame.account,
            "meter": meter,
            "may_change": frame.may_change,
            "may_download": _may_download(request, frame),
            "page": page,
            "listed": delivery_list.described(frame.account, page.rows),
            "origins": ORIGINS,
            "reasons": REASONS,
            "kept_days": KeptFile.DAYS,
        },
    )


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def delivery(request: Request, uid: UUID, number: int) -> HttpResponse:
    """Show a delivery: what became of it, what was refused, and what was left when taken back."""
    frame = enter(request)
    shown = _found(frame.account, number)
    left = delivery_list.left_slots(shown.row)
    return render(
        request,
        "readings/delivery.html",
        {
            "account": frame.account,
            "may_change": frame.may_change,
            "may_download": _may_download(request, frame),
            "shown": shown,
            "refused_rows": shown.refused_rows[:SHOWN],
            "left": left[:SHOWN],
            "left_count": len(left),
            "origins": ORIGINS,
            "reasons": REASONS,
        },
    )


@only(SUPERADMINISTRATOR, ADMINISTRATOR, VIEWER)
def file(request: Request, uid: UUID, number: int) -> HttpResponse:
    """Return the file of a delivery while it is kept; never shown, only downloaded."""
    frame = enter(request)
    if not _may_download(request, frame):
        raise Http404
    shown = _found(frame.account, number)
    content = keeping.content_of(shown.row)
    if content is None:
        raise Http404
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = str(
        content_disposition_header(as_attachment=True, filename=shown.row.file_name or "file")
    )
    return answer


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def take_back(request: Request, uid: UUID, number: int) -> HttpResponse:
    """Say what taking a delivery back does, and take it back."""
    account = enter(request, to_change=True).account
    shown = _found(account, number)
    if request.method == "POST":
        try:
            done = taking_back.take_back(account, shown.row.id, by=request.user, at=clock.now())
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _said(done))
            return redirect("delivery", uid, number)
    return render(
        request,
        "readings/take_back.html",
        {
            "account": account,
            "shown": shown,
            "why_not": taking_back.why_not(shown.row),
            "origins": ORIGINS,
        },
    )


def _meter(request: Request, account: Account) -> Meter | None:
    uid = parse_uuid(request.GET.get("meter"))
    return account.meters.filter(uid=uid).first() if uid else None


def _may_download(request: Request, frame: AccountFrame) -> bool:
    """Return whether they may have the file: it holds curves, which are the account's own."""
    return frame.leads or not request.user.is_commercial


def _said(done: taking_back.TakenBack) -> str:
    words = ngettext(
        "Delivery taken back: %(num)s day is as it was before.",
        "Delivery taken back: %(num)s days are as they were before.",
        done.days,
    ) % {"num": number(done.days)}
    if done.kept:
        words += " " + ngettext(
            "%(num)s value stays, as somebody changed it since.",
            "%(num)s values stay, as somebody changed them since.",
            done.kept,
        ) % {"num": number(done.kept)}
    return words


def _found(account: Account, key: int) -> ListedDelivery:
    row = delivery_list.find(account, key)
    if row is None:
        raise Http404
    (listed,) = delivery_list.described(account, [row])
    return listed


ROUTE = "accounts/<uuid:uid>/readings/deliveries/"

urlpatterns = [
    path(ROUTE, deliveries, name="deliveries"),
    path(f"{ROUTE}<int:number>/", delivery, name="delivery"),
    path(f"{ROUTE}<int:number>/file/", file, name="delivery_file"),
    path(f"{ROUTE}<int:number>/take-back/", take_back, name="delivery_take_back"),
]
