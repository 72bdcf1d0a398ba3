"""«Importar inventario» and «Exportar inventario»: upload, preview and import; the workbook."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.accounts.models import Account, BelowAccountSet
from vatio.entitlements.limits import ensure_open, why_closed
from vatio.metering.inventory import drafts, exporting, planning, reading
from vatio.metering.inventory.reading import FaultyInventory
from vatio.metering.inventory.sheets import SHEETS
from vatio.metering.inventory.words import WHAT
from vatio.metering.models import InventoryDraft
from vatio.refusal import Refused
from vatio.spreadsheets.uploads import LARGEST
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SUPERADMINISTRATOR,
    VIEWER,
    Request,
    only,
)
from vatio.web.shell.account_frame import enter
from vatio.web.shell.downloads import XLSX

SHOWN = 200
"""How many changes or faults the page shows at most; all are counted and imported."""


class InventoryForm(forms.Form):
    """The workbook."""

    file = forms.FileField(label=gettext_lazy("File"))


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def upload(request: Request, uid: UUID) -> HttpResponse:
    """Upload an inventory."""
    account, at = enter(request, to_change=True).account, clock.now()
    form = InventoryForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            ensure_open(account, at=at)
            content = file.read(LARGEST + 1)
            draft = drafts.keep(account, file.name, content, by=request.user, at=at)
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("inventory_draft", uid, draft.uid)
    return render(
        request,
        "metering/inventory_import.html",
        {
            "account": account,
            "form": form,
            "shut": why_closed(account, at=at),
            "drafts": _drafts(request, account).order_by("-made_at", "-id").defer("content"),
            "sheets": [sheet.label for sheet in SHEETS.values()],
        },
        status=422 if form.errors else 200,
    )


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def preview(request: Request, uid: UUID, draft: UUID) -> HttpResponse:
    """Show what importing an uploaded inventory would do, or its faults."""
    account = enter(request, to_change=True).account
    shown = get_object_or_404(_drafts(request, account), uid=draft)
    return _preview(request, account, shown)


@require_POST
@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def carry_out(request: Request, uid: UUID, draft: UUID) -> HttpResponse:
    """Import an uploaded inventory, all or nothing."""
    account = enter(request, to_change=True).account
    shown = get_object_or_404(
        _drafts(request, account).select_related("account__organisation"), uid=draft
    )
    try:
        drafts.carry_out(shown, by=request.user, at=clock.now())
    except FaultyInventory:
        return _preview(request, account, shown, status=422)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("inventory_import", uid)
    messages.success(request, _("The inventory was imported."))
    return redirect("installation", uid)


@require_POST
@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def discard(request: Request, uid: UUID, draft: UUID) -> HttpResponse:
    """Delete an uploaded inventory without importing it."""
    account = enter(request, to_change=True).account
    _drafts(request, account).filter(uid=draft).delete()
    return redirect("inventory_import", uid)


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def export(request: Request, uid: UUID) -> FileResponse:
    """Return the inventory as a workbook that can be changed and imported again."""
    account = enter(request).account
    name = f"{slugify(_('Inventory'))}-{slugify(account.name)}.xlsx"
    return FileResponse(
        exporting.workbook(account), as_attachment=True, filename=name, content_type=XLSX
    )


def _preview(
    request: Request, account: Account, shown: InventoryDraft, *, status: int = 200
) -> HttpResponse:
    """Show what a draft would do; a file that cannot be read says why."""
    found, refused = None, ""
    try:
        found = planning.plan(account, reading.read(bytes(shown.content)), at=clock.now())
    except Refused as unreadable:
        refused = str(unreadable)
    changes = found.changes if found else []
    return render(
        request,
        "metering/inventory_draft.html",
        {
            "account": account,
            "draft": shown,
            "plan": found,
            "refused": refused,
            "what": WHAT,
            "counts": {what: found.count(what) for what in WHAT} if found else {},
            "kinds": {key: sheet.label for key, sheet in SHEETS.items()},
            "changes": changes[:SHOWN],
            "faults": found.faults[:SHOWN] if found else [],
        },
        status=status,
    )


def _drafts(request: Request, account: Account) -> BelowAccountSet[InventoryDraft]:
    return InventoryDraft.objects.visible_to(request.user).filter(account=account)


urlpatterns = [
    path("accounts/<uuid:uid>/installation/import/", upload, name="inventory_import"),
    path("accounts/<uuid:uid>/installation/import/<uuid:draft>/", preview, name="inventory_draft"),
    path(
        "accounts/<uuid:uid>/installation/import/<uuid:draft>/carry-out/",
        carry_out,
        name="inventory_carry_out",
    ),
    path(
        "accounts/<uuid:uid>/installation/import/<uuid:draft>/discard/",
        discard,
        name="inventory_discard",
    ),
    path("accounts/<uuid:uid>/installation/export/", export, name="inventory_export"),
]
