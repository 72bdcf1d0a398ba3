"""«Importar una cartera»: hand a file in, see what it will do, mend it, import it."""

import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import IO
from uuid import UUID

import xlsxwriter
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
from vatio.portfolios import drafts, running
from vatio.portfolios.importing import Faulty, Plan
from vatio.portfolios.models import Import, ImportDraft
from vatio.portfolios.reading import NAMES, Ends, Fault, fold
from vatio.portfolios.spreadsheet import Line
from vatio.refusal import Refused
from vatio.tenants.models import Organisation
from vatio.web.access import COMMERCIAL, Request, only
from vatio.web.exporting import XLSX

RECENT = 10
SHOWN = 200
"""More rows are counted and imported; the page shows these many."""
MEANINGS: dict[str, Ends] = {"exclusive": "exclusive", "inclusive": "inclusive"}
ENDS = {
    "": gettext_lazy("Say which when it is not clear"),
    "exclusive": gettext_lazy("The day on which it expires"),
    "inclusive": gettext_lazy("The last day that it covers"),
}


class UploadForm(forms.Form):
    """Whose portfolio, and the file."""

    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"),
        queryset=Organisation.objects.none(),
        to_field_name="slug",
        empty_label=gettext_lazy("Choose one"),
    )
    file = forms.FileField(label=gettext_lazy("File (xlsx, xls, ods or csv)"))


@only(COMMERCIAL)
def upload(request: Request) -> HttpResponse:
    """Hand a portfolio in."""
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        initial={"organisation": request.GET.get("organisation")},
    )
    known = Organisation.objects.visible_to(request.user).order_by("name_folded", "id")
    form.fields["organisation"].queryset = known  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            draft = drafts.keep(
                form.cleaned_data["organisation"],
                file.name,
                file.read(drafts.LARGEST + 1),
                by=request.user,
                at=clock.now(),
            )
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("import_draft", draft.uid)
    return render(
        request,
        "imports/upload.html",
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
    """Show what importing a file would do, row by row, and let it be read otherwise."""
    shown = _draft(request, uid)
    begun = _begun(request, shown)
    if begun is not None:
        return redirect("import_running", begun.uid)
    if request.method == "POST":
        drafts.settle(
            shown,
            ends=MEANINGS.get(request.POST.get("ends", ""), ""),
            licences=_pairs(request, "licence"),
            columns=_pairs(request, "column"),
        )
        return redirect("import_draft", uid)
    plan, refused = _plan(shown)
    faults: dict[int, list[Fault]] = {}
    for fault in plan.faults if plan else []:
        faults.setdefault(fault.line, []).append(fault)
    return render(
        request,
        "imports/draft.html",
        {
            "draft": shown,
            "plan": plan,
            "refused": refused,
            "general": [fault.words for fault in faults.get(0, [])],
            "faulty": _faulty(plan, faults) if plan else [],
            "fault_count": len(plan.faults) if plan else 0,
            "shown": plan.accounts[:SHOWN] if plan else [],
            "ends": ENDS,
            "licences": LicenceVersion.objects.published()
            .select_related("licence")
            .order_by("licence__name_folded"),
            "theirs": _unknown_licences(plan) if plan else [],
            "fields": NAMES,
        },
    )


@dataclass(frozen=True)
class Cell:
    """A cell of a faulty line: what is written in it, and what is wrong with it."""

    heading: str
    text: str
    faults: list[str]


def _faulty(plan: Plan, faults: dict[int, list[Fault]]) -> list[tuple[int, list[Cell]]]:
    """List the first faulty lines of a file, their cells under our headings, each with its faults.

    A fault of a column that the file lacks has a cell of its own.
    """
    portfolio, found = plan.portfolio, list[tuple[int, list[Cell]]]()
    by_number = {line.number: line for line in portfolio.lines}
    wanted = [number for number in faults if number][:SHOWN]
    for number in wanted:
        told: dict[str, list[str]] = {}
        for fault in faults[number]:
            told.setdefault(fault.column, []).append(fault.words)
        cells = [
            Cell(str(NAMES[key]), _text(by_number[number], place), told.pop(str(NAMES[key]), []))
            for key, place in sorted(portfolio.columns.items(), key=lambda column: column[1])
        ]
        cells += [Cell(column, "", words) for column, words in told.items()]
        found.append((number, cells))
    return found


def _text(line: Line, place: int) -> str:
    cell = line.cells[place] if place < len(line.cells) else ""
    return f"{cell:%d/%m/%Y}" if isinstance(cell, date) else str(cell).strip()[:120]


@require_POST
@only(COMMERCIAL)
def carry_out(request: Request, uid: UUID) -> HttpResponse:
    """Import a file, all of it or nothing: a long one is left to the worker."""
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
        % {"num": len(made)},
    )
    return redirect(f"/desk/accounts/?organisation={shown.organisation.slug}")


@only(COMMERCIAL)
def running_page(request: Request, uid: UUID) -> HttpResponse:
    """Show how far an import has come, and what became of it."""
    shown = get_object_or_404(
        Import.objects.visible_to(request.user).select_related("organisation", "asked_by", "draft"),
        uid=uid,
    )
    return render(request, "imports/running.html", {"shown": shown})


@require_POST
@only(COMMERCIAL)
def discard(request: Request, uid: UUID) -> HttpResponse:
    """Let go of a file without importing it."""
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
    """Hand the file back with each fault marked in its cell and told at the end of its line."""
    shown = _draft(request, uid)
    plan, _refused = _plan(shown)
    if plan is None:
        return redirect("import_draft", uid)
    name = _("faults-%(name)s.xlsx") % {"name": shown.file_name.rsplit(".", 1)[0][:80]}
    return FileResponse(_marked(plan), as_attachment=True, filename=name, content_type=XLSX)


def _marked(plan: Plan) -> IO[bytes]:
    portfolio = plan.portfolio
    made = tempfile.TemporaryFile()  # noqa: SIM115
    book = xlsxwriter.Workbook(made, {"constant_memory": True, "default_date_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet()
    wrong = book.add_format({"bg_color": "#F8D0CB", "font_color": "#A3231B"})
    plain = book.add_format({})
    faults: dict[int, list[Fault]] = {}
    for fault in plan.faults:
        faults.setdefault(fault.line or portfolio.headings_at, []).append(fault)
    width = max((len(line.cells) for line in portfolio.lines), default=0)
    for line in portfolio.lines:
        told = faults.get(line.number, [])
        cells = {portfolio.position_of(fault) for fault in told}
        for place, cell in enumerate(line.cells):
            _write(sheet, line.number - 1, place, cell, wrong if place in cells else plain)
        if told:
            words = "; ".join(f"{each.column}: {each.words}".strip(": ") for each in told)
            sheet.write_string(line.number - 1, width, words, wrong)
    book.close()
    made.seek(0)
    return made


def _write(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, place: int, cell: object, look: object
) -> None:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        sheet.write_number(row, place, cell, look)
    elif hasattr(cell, "isoformat"):
        sheet.write_datetime(row, place, cell, look)
    else:
        sheet.write_string(row, place, str(cell), look)


def _draft(request: Request, uid: UUID) -> ImportDraft:
    return get_object_or_404(
        ImportDraft.objects.visible_to(request.user).select_related("organisation", "made_by"),
        uid=uid,
    )


def _begun(request: Request, shown: ImportDraft) -> Import | None:
    """Find the import of a file that the worker is doing."""
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
    """Read pairs of fields: what the file says, and what it stands for."""
    theirs = request.POST.getlist(f"{name}_theirs")
    return dict(zip(theirs, request.POST.getlist(f"{name}_ours"), strict=False))


def _unknown_licences(plan: Plan) -> list[str]:
    """List the licences of the file that are not in the catalogue, the commonest first."""
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
