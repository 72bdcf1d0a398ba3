"""Whether the platform can work, told to programs that watch over it."""

from datetime import datetime

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.urls import path

from vatio import clock, schema
from vatio.notifications import stoppage
from vatio.notifications.stoppage import Outflow
from vatio.web.shell.access import ANYBODY, only


@only(ANYBODY)
def readyz(request: HttpRequest) -> JsonResponse:
    """Return 200, or 503 if the database or its schema is wrong, and how work goes as JSON.

    When a worker was last heard of and which message waits longest never make it 503: the
    pages can be served meanwhile.
    """
    answers, fault = _database()
    outflow = _outflow() if answers and not fault else None
    is_ready = outflow is not None
    response = JsonResponse(
        {
            "ready": is_ready,
            "database": "ok" if answers else "unreachable",
            "schema": (fault or "ok") if answers else None,
            "worker_last_heard_of": _written(outflow.heard_at if outflow else None),
            "messages_waiting": outflow.waiting if outflow else None,
            "oldest_message_waiting": _written(outflow.oldest_at if outflow else None),
            "no_message_leaves_since": _written(outflow.stopped_since if outflow else None),
        },
        status=200 if is_ready else 503,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def current_outflow() -> Outflow:
    """Return how messages leave now.

    :raises Error: if the database cannot be asked.
    """
    return stoppage.look(
        at=clock.now(),
        real=clock.real(),
        even_since=clock.even_since(),
        has_server=bool(settings.EMAIL_URL),
    )


def _database() -> tuple[bool, str]:
    """Return whether the database answers, and what is wrong with its tables."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False, ""
    try:
        return True, schema.fault()
    except Error:
        return True, schema.INCOMPLETE


def _outflow() -> Outflow | None:
    try:
        return current_outflow()
    except Error:
        return None


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


urlpatterns = [path("readyz", readyz, name="readyz")]
