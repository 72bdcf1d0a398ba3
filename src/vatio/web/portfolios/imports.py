"""«Importar una cartera»: upload a file, preview the import, correct the file, import it."""

from collections import Counter
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.catalogue.models import LicenceVersion
from vatio.formats import number
from vatio.portfolios import drafts, running, unread
from vatio.portfolios.columns import NAMES
from vatio.portfolios.importing import Faulty, Plan
from vatio.portfolios.models import Import, ImportDraft
from vatio.portfolios.parsing import Fault
from vatio.portfolios.values import Ends
from vatio.refusal import Refused
from vatio.spreadsheets.uploads import LARGEST
from vatio.spreadsheets.values import fold
from vatio.tenants.models import Organisation
from vatio.web.portfolios.marked_file import faulty, marked_file
from vatio.web.shell.access import COMMERCIAL, Request, only
from vatio.web.shell.downloads import XLSX

RECENT = 10
SHOWN = 200
"""How many rows the page shows at most; all rows are counted and imported."""
MEANINGS: dict[str, Ends] = {"exclusive": "exclusive", "inclusive": "inclusive"}
ENDS = {
    "": gettext_lazy("Say which when it is not clear"),
    "exclusive": gettext_lazy("The day on which it expires"),
    "inclusive": gettext_lazy("The last day that it covers"),
}


class UploadForm(forms.Form):
    """The organisation of the portfolio, and the file."""

    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"),
        queryset=Organisation.objects.none(),
        to_field_name="slug",
        empty_label=gettext_lazy("Choose one"),
    )
    file = forms.FileField(label=gettext_lazy("File (xlsx, xls, ods or csv)"))


@only(COMMERCIAL)
def upload(request: Request) -> HttpResponse:
    """Upload a portfolio."""
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        initial={"organisation": request.GET.get("organisation")},
    )
    known = Organisation.objects.visible_to(request.user).order_by("name_sorted", "id")
    form.fields["organisation"].queryset = known  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            draft = drafts.keep(
                form.cleaned_data["organisation"],
                file.name,
                file.read(LARGEST + 1),
                by=request.user,
                at=clock.now(),
            )
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("import_draft", draft.uid)
    return render(
        request,
        "portfolios/upload.html",
        {
            "form": form,
            "drafts": ImportDraft.objects.visible_to(request.user)
            .defer("content")
            .select_related("organisation", "made_by")
            .order_by("-made_at"),
            "imports": Import.objects.visible_to(request.user)
            .select_related("organisation", "asked_by")
            .order_by("-id")[:RECENT],
        },
        status=422 if form.errors else 200,
    )


@only(COMMERCIAL)
def draft(request: Request, uid: UUID) -> HttpResponse:
    """Preview the import of a file row by row, and save how the file is to be read."""
    shown = _draft(request, uid)
    begun = _begun(request, shown)
    if begun is not None:
        return redirect("import_running", begun.uid)
    if request.method == "POST":
        drafts.settle(
            shown,
            ends=MEANINGS.get(request.POST.get("ends", ""), ""),
            licences=_pairs(request, "licence"),
            columns=_mapped(request, shown),
            sheet=request.POST.get("sheet", ""),
        )
        return redirect("import_draft", uid)
    plan, refused = _plan(shown)
    faults: dict[int, list[Fault]] = {}
    for fault in plan.faults if plan else []:
        faults.setdefault(fault.line, []).append(fault)
    return render(
        request,
        "portfolios/draft.html",
        {
            "draft": shown,
            "plan": plan,
            "refused": refused,
            "general": [fault.words for fault in faults.get(0, [])],
            "faulty": faulty(plan, faults, most=SHOWN) if plan else [],
            "fault_count": len(plan.faults) if plan else 0,
            "shown": plan.accounts[:SHOWN] if plan else [],
            "ends": ENDS,
            "licences": LicenceVersion.objects.published()
            .select_related("licence")
            .order_by("licence__name_sorted"),
            "theirs": _unknown_licences(plan) if plan else [],
            "unread": unread.sentences(plan.portfolio) if plan else [],
            "sheets": plan.portfolio.sheets if plan else [],
            "sheet_is_asked": any(fault.answer == "sheet" for fault in faults.get(0, [])),
            **_columns(shown, plan),
            "fields": NAMES,
        },
    )


@require_POST
@only(COMMERCIAL)
def carry_out(request: Request, uid: UUID) -> HttpResponse:
    """Import a file, all of it or nothing: a long file is left to the worker."""
    shown = _draft(request, uid)
    rows = drafts.length(shown)
    if rows > running.AT_ONCE:
        begun = running.ask(shown, rows=rows, by=request.user, at=clock.now())
        return redirect("import_running", begun.uid)
    try:
        made = drafts.carry_out(shown, by=request.user, at=clock.now())
    except Faulty:
        messages.warning(request, _("Nothing was imported: the file has faults now."))
        return redirect("import_draft", uid)
    except Refused as refused:
        messages.warning(request, str(refused))
        return redirect("import_upload")
    messages.success(
        request,
        ngettext("%(num)s account imported.", "%(num)s accounts imported.", len(made))
        % {"num": number(len(made))},
    )
    return redirect(f"/desk/accounts/?organisation={shown.organisation.slug}")


@only(COMMERCIAL)
def running_page(request: Request, uid: UUID) -> HttpResponse:
    """Show the progress of an import, and its outcome."""
    shown = get_object_or_404(
        Import.objects.visible_to(request.user).select_related("organisation", "asked_by", "draft"),
        uid=uid,
    )
    return render(request, "portfolios/running.html", {"shown": shown})


@require_POST
@only(COMMERCIAL)
def discard(request: Request, uid: UUID) -> HttpResponse:
    """Discard a file without importing it."""
    shown = ImportDraft.objects.visible_to(request.user).filter(uid=uid).first()
    begun = _begun(request, shown) if shown else None
    if begun is not None:
        messages.warning(request, _("It is being imported: it can no longer be discarded."))
        return redirect("import_running", begun.uid)
    if shown is not None:
        shown.delete()
    messages.success(request, _("The file is discarded."))
    return redirect("import_upload")


@only(COMMERCIAL)
def marked(request: Request, uid: UUID) -> HttpResponseBase:
    """Return the file with each fault marked in its cell and described at the end of its row."""
    shown = _draft(request, uid)
    plan, _refused = _plan(shown)
    if plan is None:
        return redirect("import_draft", uid)
    name = _("faults-%(name)s.xlsx") % {"name": shown.file_name.rsplit(".", 1)[0][:80]}
    return FileResponse(marked_file(plan), as_attachment=True, filename=name, content_type=XLSX)


def _draft(request: Request, uid: UUID) -> ImportDraft:
    return get_object_or_404(
        ImportDraft.objects.visible_to(request.user).select_related("organisation", "made_by"),
        uid=uid,
    )


def _begun(request: Request, shown: ImportDraft) -> Import | None:
    """Return the import of a file that is waiting for the worker, or None."""
    return (
        Import.objects.visible_to(request.user)
        .filter(draft=shown, state=Import.State.WAITING)
        .first()
    )


def _plan(shown: ImportDraft) -> tuple[Plan | None, str]:
    try:
        return drafts.plan(shown, at=clock.now()), ""
    except Refused as refused:
        return None, str(refused)


def _pairs(request: Request, name: str) -> dict[str, str]:
    """Read pairs of fields: a value of the file, and what the value stands for."""
    theirs = request.POST.getlist(f"{name}_theirs")
    return dict(zip(theirs, request.POST.getlist(f"{name}_ours"), strict=False))


def _mapped(request: Request, shown: ImportDraft) -> dict[str, str]:
    """Read what each heading is to mean; what was only guessed, and left so, is not mapped."""
    was = dict(
        zip(request.POST.getlist("column_theirs"), request.POST.getlist("column_was"), strict=False)
    )
    return {
        theirs: ours
        for theirs, ours in _pairs(request, "column").items()
        if theirs in shown.columns or ours != was.get(theirs, "")
    }


def _columns(shown: ImportDraft, plan: Plan | None) -> dict[str, dict[str, str]]:
    """Return what each heading of the file is read as: those left out or mapped, and the others."""
    headings = dict[str, str]()
    if plan is not None:
        columns = plan.portfolio.columns
        headings = {each: columns.meaning(each) for each in columns.headings.values()}
    headings |= {each: ours for each, ours in shown.columns.items() if each not in headings}
    doubtful = {each: ours for each, ours in headings.items() if not ours or each in shown.columns}
    return {
        "doubtful": doubtful,
        "understood": {each: ours for each, ours in headings.items() if each not in doubtful},
    }


def _unknown_licences(plan: Plan) -> list[str]:
    """Return the licences of the file that are not in the catalogue, the commonest first."""
    published = LicenceVersion.objects.published().values_list("licence__name", flat=True)
    known = {fold(name) for name in published}
    named = Counter(row.licence for row in plan.portfolio.rows if fold(row.licence) not in known)
    return [name for name, _count in named.most_common()]


urlpatterns = [
    path("desk/imports/", upload, name="import_upload"),
    path("desk/imports/<uuid:uid>/", draft, name="import_draft"),
    path("desk/imports/running/<uuid:uid>/", running_page, name="import_running"),
    path("desk/imports/<uuid:uid>/carry-out/", carry_out, name="import_carry_out"),
    path("desk/imports/<uuid:uid>/discard/", discard, name="import_discard"),
    path("desk/imports/<uuid:uid>/faults/", marked, name="import_faults"),
]
