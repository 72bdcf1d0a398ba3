"""«Ayuda»: the guide to the life of an account, or to the work of its own people."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from vatio.web.shell.access import SIGNED_IN, Request, only

PICTURES = {
    "menu": (1280, 640),
    "zonas": (1280, 640),
    "nueva-cuenta": (1280, 900),
    "solicitud": (1280, 640),
    "ampliar-mtr": (1280, 760),
    "ampliar-dp": (1280, 700),
    "licencia": (1280, 640),
    "renovar": (1280, 480),
}
"""The screenshots of the guide and their sizes in pixels; the tests take the screenshots."""


@only(SIGNED_IN)
def guide(request: Request) -> HttpResponse:
    """Show the guide in the reader's language: to an account's own people, that to their work."""
    language = "en" if request.LANGUAGE_CODE == "en" else "es"
    reader = request.user
    arranges = reader.is_commercial or reader.memberships.exists()
    page = "guide" if arranges else "work"
    return render(request, f"help/{page}_{language}.html", {"pictures": PICTURES})


urlpatterns = [path("help/", guide, name="help")]
