"""The token of a source, which the page of that source shows once after it was made.

It goes from the answer that makes it to the page that shows it in a signed cookie of a minute,
sent to that page alone: a session is a row of the database, where only its hash may stand.
"""

from typing import TypeVar

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

from vatio.metering.models import DataSource
from vatio.web.shell.access import Request

COOKIE = "source-token"
SECONDS = 60
Response = TypeVar("Response", bound=HttpResponse)


def announce(response: Response, source: DataSource, token: str) -> Response:
    """Hand a new token, if there is one, to the page of its source in the browser that asked."""
    if not token:
        return response
    response.set_signed_cookie(
        COOKIE,
        token,
        salt=_salt(source),
        max_age=SECONDS,
        path=_page(source),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


def shown(source: DataSource, *, request: Request) -> str:
    """Return the token that was just made for a source; empty if none was, or a minute is over."""
    found = request.get_signed_cookie(COOKIE, "", salt=_salt(source), max_age=SECONDS)
    return found or ""


def forget(response: Response, source: DataSource) -> Response:
    """Take the token from the browser once the page shows it, so that it is shown once."""
    response.delete_cookie(COOKIE, path=_page(source), samesite="Strict")
    return response


def _page(source: DataSource) -> str:
    return reverse("source", args=[source.account.uid, source.uid])


def _salt(source: DataSource) -> str:
    return f"{COOKIE}.{source.uid}"
