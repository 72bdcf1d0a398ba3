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
    "primeros-pasos": (1000, 436),
    "resumen": (1000, 568),
    "consumo": (1000, 890),
    "comparar": (1000, 480),
    "periodos": (1000, 340),
    "hueco": (1000, 480),
    "mapa-de-calor": (1000, 450),
    "calidad-de-datos": (1000, 462),
    "cartera": (1000, 630),
}
"""The screenshots of the guide and their sizes in pixels; the tests take the screenshots."""


@only(SIGNED_IN)
def guide(request: Request) -> HttpResponse:
    """Show the guide in the reader's language: to an account's own people, that to their work.

    Looking at energy is for all; the portfolio for SuperAdministrators, and what an entry leaves
    in the history for the commercial department.
    """
    language = "en" if request.LANGUAGE_CODE == "en" else "es"
    reader = request.user
    leads, is_commercial = reader.memberships.exists(), reader.is_commercial
    page = "guide" if leads or is_commercial else "work"
    known = {"pictures": PICTURES, "leads": leads, "is_commercial": is_commercial}
    return render(request, f"help/{page}_{language}.html", known)


urlpatterns = [path("help/", guide, name="help")]
