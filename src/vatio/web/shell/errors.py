"""The error pages."""

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from vatio.web.shell.access import ANYBODY, only


@only(ANYBODY)
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Show that the page is for another role (403)."""
    return render(request, "errors/403.html", status=403)


@only(ANYBODY)
def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show that the form was open too long, and what to do (the CSRF check failed: 403)."""
    return render(request, "errors/stale.html", status=403)


@only(ANYBODY)
def bad(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Show that the request cannot be understood (400).

    The page is plain where the request failed before it was known who sent it, or where its
    address cannot be read: the page's links hand it on.
    """
    if not hasattr(request, "user") or not _can_be_read(request):
        return HttpResponse(plain_page(400), status=400)
    return render(request, "errors/400.html", status=400)


def _can_be_read(request: HttpRequest) -> bool:
    try:
        return request.GET is not None
    except SuspiciousOperation:
        return False


@only(ANYBODY)
def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Show that there is nothing here, or nothing that the person may see (404)."""
    return render(request, "errors/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Show that something failed (500), without a database query or a template."""
    return HttpResponse(plain_page(500), status=500)


@only(ANYBODY)
def method_not_allowed(request: HttpRequest) -> HttpResponse:
    """Show that no page takes this method (405)."""
    answer = HttpResponse(plain_page(405), status=405)
    answer.headers["Allow"] = ", ".join(METHODS)
    return answer


def plain_page(code: int) -> str:
    """Return a page in both languages that needs no template: what went wrong, and what to do."""
    spanish, english = PLAIN.get(code, PLAIN[400])
    return PAGE % {"es": _paragraphs(*spanish), "en": _paragraphs(*english)}


def _paragraphs(heading: str, advice: str) -> str:
    return f"<h1>{heading}</h1>\n<p>{advice}</p>"


METHODS = ("GET", "HEAD", "POST")
"""The methods that pages take."""

PAGE = """<!doctype html>
<html lang="es"><head><meta charset="utf-8"><title>Error · Vatio</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main>%(es)s
<div lang="en">%(en)s</div>
<p><a href="/">Vatio</a></p></main></body></html>
"""

PLAIN = {
    400: (
        ("Esto no se entiende", "Algo en la dirección o en lo enviado no se puede leer."),
        ("This cannot be understood", "Something in the address or in the form cannot be read."),
    ),
    405: (
        ("Esto no se puede hacer aquí", "Ninguna página admite esa clase de petición."),
        ("This cannot be done here", "No page takes this kind of request."),
    ),
    413: (
        ("El fichero es demasiado grande", "Vuelva atrás y elija uno de 20 MB como mucho."),
        ("The file is too large", "Go back, and choose one of 20 MB at most."),
    ),
    431: (
        ("La dirección es demasiado larga", "Vuelva atrás y use una más corta."),
        ("The address is too long", "Go back, and use a shorter one."),
    ),
    500: (
        (
            "Algo ha fallado",
            "No se ha guardado nada a medias. Vuelva a intentarlo dentro de un minuto; si se"
            " repite, avise a quien administra la plataforma.",
        ),
        (
            "Something failed",
            "Nothing was half saved. Try again in a minute; if it goes on, tell whoever runs this"
            " platform.",
        ),
    ),
}
"""The words of each plain page: a heading and advice, in Spanish and in English."""
