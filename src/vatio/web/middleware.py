"""What every answer carries: its language, and what a browser may do with it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from vatio.tenants.models import Person

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

Answer = Callable[[HttpRequest], HttpResponse]


def language(answer: Answer) -> Answer:
    """Speak the person's language, else the one chosen before signing in, else Spanish."""

    def speaking(request: HttpRequest) -> HttpResponse:
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


def security(answer: Answer) -> Answer:
    """Forbid what our pages never do: scripts and styles from elsewhere or inline, frames."""

    def guarded(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=()"
        )
        if isinstance(request.user, Person):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return guarded
