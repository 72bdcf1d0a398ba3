"""An uploaded file of load curves: how it is read, what storing it would do, how far it is."""

import csv
import io
from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.accounts.models import Account
from vatio.readings import drafts, storing_drafts
from vatio.readings.models import ReadingsDraft
from vatio.readings.targets import TO_BE_MADE
from vatio.refusal import Refused
from vatio.web.readings import preview
from vatio.web.readings.understanding import read_form, understanding
from vatio.web.shell.access import ADMINISTRATOR, SUPERADMINISTRATOR, Request, only
from vatio.web.shell.account_frame import enter
from vatio.workbooks import harmless

SHOWN = 200
"""How many refused rows the page shows at most; the file of them has all."""

OF_READING = ("point", "digits")
"""What of the choice changes how a file is read, so that it is looked at again."""


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def page(request: Request, uid: UUID, draft: UUID) -> HttpResponse:
    """Show what storing a file would do, and read it anew as a form says; or how far it is."""
    account = enter(request, to_change=True).account
    shown = _draft(account, draft)
    if shown.state != ReadingsDraft.State.DRAFT:
        return render(request, "readings/storing.html", {"account": account, "draft": shown})
    if request.method == "POST":
        told, choice, errors = read_form(account, request.POST)
        if errors:
            return _preview(request, account, shown, errors=errors, status=422)
        drafts.settle(shown, told, choice, at=clock.now())
        return redirect("readings_draft", uid, draft)
    return _preview(request, account, shown, errors={})


@require_POST
@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def carry_out(request: Request, uid: UUID, draft: UUID) -> HttpResponse:
    """Store a file, or leave it to the worker; first look again if it is to be read otherwise."""
    account = enter(request, to_change=True).account
    shown = _draft(account, draft)
    if shown.state == ReadingsDraft.State.DRAFT:
        told, choice, errors = read_form(account, request.POST)
        if errors:
            return _preview(request, account, shown, errors=errors, status=422)
        before = drafts.options_of(shown.told), [shown.choice.get(each) for each in OF_READING]
        drafts.settle(shown, told, choice, at=clock.now())
        if before != (told, [choice.get(each) for each in OF_READING]):
            messages.warning(
                request,
                _("Nothing was stored yet: the file is now read in another way. Look at it again."),
            )
        else:
            storing_drafts.begin(shown, by=request.user, now=clock.now)
    return redirect("readings_draft", uid, draft)


@require_POST
@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def discard(request: Request, uid: UUID, draft: UUID) -> HttpResponse:
    """Delete an uploaded file without storing it."""
    drafts.discard(enter(request, to_change=True).account, draft)
    return redirect("readings_import", uid)


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def refused(request: Request, uid: UUID, draft: UUID) -> HttpResponse:
    """Return all rows that are refused, as CSV."""
    account = enter(request, to_change=True).account
    shown = _draft(account, draft)
    if shown.state != ReadingsDraft.State.DRAFT:
        raise Http404
    try:
        plan = drafts.plan(account, shown, at=clock.now())
    except Refused as unreadable:
        raise Http404 from unreadable
    written = io.StringIO()
    rows = csv.writer(written, delimiter=";", lineterminator="\r\n")
    rows.writerow([_("File"), _("Line"), _("Code"), _("Why")])
    for each in preview.refused_rows(plan):
        rows.writerow(map(harmless, (each.name, each.row.line, each.row.code, each.row.why)))
    name = f"{slugify(_('Refused lines'))}-{slugify(shown.file_name)[:60]}.csv"
    answer = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _preview(
    request: Request,
    account: Account,
    shown: ReadingsDraft,
    *,
    errors: Mapping[str, str],
    status: int = 200,
) -> HttpResponse:
    """Show what storing a draft would do; a file that cannot be read says why."""
    at, plan, wrong = clock.now(), None, ""
    try:
        plan = drafts.plan(account, shown, at=at)
    except Refused as unreadable:
        wrong = str(unreadable)
    takings = preview.takings(account, plan, at=at) if plan else []
    every = preview.refused_rows(plan) if plan else []
    homeless, reasons = preview.without_place(every)
    found = [each for each in every if each.row.code not in TO_BE_MADE]
    return render(
        request,
        "readings/draft.html",
        {
            "account": account,
            "draft": shown,
            "plan": plan,
            "wrong": wrong,
            "read_as": understanding(account, shown, plan, errors=errors),
            "curves": preview.curves(account, plan) if plan else [],
            "columns": preview.columns(plan) if plan else [],
            "counts": preview.counted(plan) if plan else None,
            "takings": takings,
            "takes": preview.in_words(takings),
            "create": bool(shown.choice.get("create")),
            "is_remembered": bool(shown.told) and not shown.choice,
            "homeless": len(homeless),
            "reasons_without": reasons,
            "refused_count": len(found),
            "refused": found[:SHOWN],
            "is_long": storing_drafts.is_long(shown),
        },
        status=status,
    )


def _draft(account: Account, uid: UUID) -> ReadingsDraft:
    found = drafts.find(account, uid)
    if found is None:
        raise Http404
    return found


urlpatterns = [
    path("accounts/<uuid:uid>/readings/import/<uuid:draft>/", page, name="readings_draft"),
    path(
        "accounts/<uuid:uid>/readings/import/<uuid:draft>/carry-out/",
        carry_out,
        name="readings_carry_out",
    ),
    path(
        "accounts/<uuid:uid>/readings/import/<uuid:draft>/discard/",
        discard,
        name="readings_discard",
    ),
    path(
        "accounts/<uuid:uid>/readings/import/<uuid:draft>/refused.csv",
        refused,
        name="readings_refused",
    ),
]
