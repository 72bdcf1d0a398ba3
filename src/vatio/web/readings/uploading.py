"""«Importar lecturas»: upload a file of load curves."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy

from vatio import clock
from vatio.metering.tokens import NotCollecting, ensure_collects
from vatio.readings import drafts
from vatio.readings.files.unpacking import MOST_BYTES, MOST_MEMBERS
from vatio.readings.models import KeptFile
from vatio.refusal import Refused
from vatio.spreadsheets.uploads import LARGEST
from vatio.web.readings.words import FORMATS
from vatio.web.shell.access import ADMINISTRATOR, SUPERADMINISTRATOR, Request, only
from vatio.web.shell.account_frame import enter

RECENT = 10
ANY = ("matrix", "long")
"""The formats that are nobody's."""


class CurveFileForm(forms.Form):
    """The file, whatever it is called."""

    file = forms.FileField(label=gettext_lazy("File"), allow_empty_file=True)


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def upload(request: Request, uid: UUID) -> HttpResponse:
    """Upload a file of load curves."""
    account, at = enter(request, to_change=True).account, clock.now()
    form = CurveFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            draft = drafts.keep(account, file.name, file.read(LARGEST + 1), by=request.user, at=at)
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("readings_draft", uid, draft.uid)
    shut = ""
    try:
        ensure_collects(account, at=at)
    except NotCollecting as refused:
        shut = str(refused)
    return render(
        request,
        "readings/import.html",
        {
            "account": account,
            "form": form,
            "shut": shut,
            "drafts": drafts.of_account(account)[:RECENT],
            "formats": [words for key, words in FORMATS.items() if key not in ANY],
            "largest": LARGEST // 1_000_000,
            "most_members": MOST_MEMBERS,
            "most_unpacked": MOST_BYTES // 1024 // 1024,
            "kept_days": KeptFile.DAYS,
        },
        status=422 if form.errors else 200,
    )


urlpatterns = [path("accounts/<uuid:uid>/readings/import/", upload, name="readings_import")]
