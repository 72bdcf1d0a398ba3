"""Middleware: the language of a response, NUL in requests, and the security headers."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.utils import translation

from vatio.tenants.models import Person
from vatio.web.shell.errors import bad

LANGUAGE_COOKIE = "language"
POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)

Answer = Callable[[HttpRequest], HttpResponseBase]


def language(answer: Answer) -> Answer:
    """Activate the person's language, else the one chosen before signing in, else Spanish."""

    def speaking(request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
        if isinstance(request.user, Person):
            chosen = request.user.language
        if chosen not in dict(settings.LANGUAGES):
            chosen = settings.LANGUAGE_CODE
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = answer(request)
            response.headers.setdefault("Content-Language", chosen)
        return response

    return speaking


def readable(answer: Answer) -> Answer:
    """Remove NUL, which PostgreSQL cannot store, from query strings; refuse a form with NUL.

    A form is refused rather than cleaned: nothing is stored that was not meant.
    """

    def reading(request: HttpRequest) -> HttpResponseBase:
        if _holds_nul(request.GET):
            plain = request.GET.copy()
            for name, values in request.GET.lists():
                plain.setlist(name, [value.replace("\0", "") for value in values])
            request.GET = plain  # type: ignore[assignment]
        if request.method == "POST" and _holds_nul(request.POST):
            return bad(request)
        return answer(request)

    return reading


def _holds_nul(sent: QueryDict) -> bool:
    return any("\0" in str(value) for _name, values in sent.lists() for value in values)


def security(answer: Answer) -> Answer:
    """Add the content security policy, the permissions policy and, if signed in, `no-store`.

    They forbid what our pages never do: scripts and styles from elsewhere or inline, frames."""

    def guarded(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=()"
        )
        if isinstance(request.user, Person):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return guarded
