"""Middleware: what cannot be a request of ours, the language, NUL, and the security headers."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.utils import translation

from vatio.tenants.models import Person
from vatio.web.shell import security_headers
from vatio.web.shell.errors import METHODS, bad, method_not_allowed

LANGUAGE_COOKIE = "language"
FOR_PROGRAMS = "/readings"
"""What ends the addresses at which programs post: their bodies are no forms, whatever they say."""

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
        is_form = request.method == "POST" and not request.path.endswith(FOR_PROGRAMS)
        if is_form and _holds_nul(request.POST):
            return bad(request)
        return answer(request)

    return reading


def _holds_nul(sent: QueryDict) -> bool:
    return any("\0" in str(value) for _name, values in sent.lists() for value in values)


def security(answer: Answer) -> Answer:
    """Add our security headers to every response and, if somebody is signed in, `no-store`."""

    def guarded(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        for name, value in security_headers.OURS.items():
            response.headers.setdefault(name, value)
        if isinstance(getattr(request, "user", None), Person):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return guarded


def well_formed(answer: Answer) -> Answer:
    """Refuse a request for another host or by a method that no page takes; drop cookies with NUL.

    None of them is an event for the log: anybody can send as many as they like.
    """

    def checking(request: HttpRequest) -> HttpResponseBase:
        if request.method not in METHODS:
            return method_not_allowed(request)
        try:
            request.get_host()
        except DisallowedHost:
            return bad(request)
        if any("\0" in value for value in request.COOKIES.values()):
            request.COOKIES = {
                name: value for name, value in request.COOKIES.items() if "\0" not in value
            }
        return answer(request)

    return checking
