"""The error pages."""

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
    """Show that the request cannot be understood (400)."""
    return render(request, "errors/400.html", status=400)


@only(ANYBODY)
def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Show that there is nothing here, or nothing that the person may see (404)."""
    return render(request, "errors/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Show that something failed (500), without a database query or a template."""
    return HttpResponse(BROKEN, status=500)


BROKEN = """<!doctype html>
<html lang="es"><head><meta charset="utf-8"><title>Error · Vatio</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>Algo ha fallado</h1>
<p>No se ha guardado nada a medias. Vuelva a intentarlo dentro de un minuto; si se repite, avise a
quien administra la plataforma.</p>
<h1 lang="en">Something failed</h1>
<p lang="en">Nothing was half saved. Try again in a minute; if it goes on, tell whoever runs this
platform.</p>
<p><a href="/">Vatio</a></p></main></body></html>
"""
