"""«Exportaciones»: what a person asked for, how far it is, and the file."""

from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.http import content_disposition_header

from vatio import clock
from vatio.downloads import running
from vatio.downloads.models import Download
from vatio.purging import exporting
from vatio.web.shell.access import SIGNED_IN, Request, only

RECENT = 50


@only(SIGNED_IN)
def downloads(request: Request) -> HttpResponse:
    """Show the files that the person asked for lately."""
    own = Download.objects.visible_to(request.user).select_related("organisation")
    return render(request, "downloads/downloads.html", {"downloads": own.order_by("-id")[:RECENT]})


@only(SIGNED_IN)
def download(request: Request, uid: UUID) -> HttpResponse:
    """Show the progress of a file and, once it is written, the link to it."""
    return render(request, "downloads/download.html", {"shown": _own(request, uid)})


@only(SIGNED_IN)
def file(request: Request, uid: UUID) -> HttpResponseBase:
    """Return the file; of an account's export, record that it was taken."""
    shown = _own(request, uid)
    if shown.state != Download.State.DONE:
        return redirect("download", uid)
    if shown.account is not None and request.method == "GET":
        exporting.record_taken(shown.account, shown, at=clock.now())
    response = StreamingHttpResponse(running.content(shown), content_type=shown.content_type)
    response.headers["Content-Length"] = str(shown.size)
    response.headers["Content-Disposition"] = str(
        content_disposition_header(as_attachment=True, filename=shown.file_name)
    )
    return response


def _own(request: Request, uid: UUID) -> Download:
    own = Download.objects.visible_to(request.user).select_related("organisation", "account")
    return get_object_or_404(own, uid=uid)


urlpatterns = [
    path("exports/", downloads, name="downloads"),
    path("exports/<uuid:uid>/", download, name="download"),
    path("exports/<uuid:uid>/file/", file, name="download_file"),
]
