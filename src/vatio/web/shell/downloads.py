"""Files that pages return: the media type of workbooks, and files that the worker writes."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from vatio.downloads import running
from vatio.downloads.models import Download
from vatio.refusal import Refused
from vatio.web.shell.access import Request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def leave_to_worker(
    kind: Download.Kind, request: Request, *, otherwise: tuple[Any, ...], **about: Any
) -> HttpResponse:
    """Ask the worker for a file, and lead to its progress; if that is refused, say why.

    :param otherwise: the page to lead to after a refusal, as `redirect` takes it.
    :param about: what `running.ask` takes besides.
    """
    try:
        begun = running.ask(kind, by=request.user, **about)
    except Refused as refused:
        messages.warning(request, str(refused))
        return redirect(*otherwise)
    return redirect("download", begun.uid)
