"""The stylesheet: a file for each subject, served as one file."""

import hashlib
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse

from vatio.web.shell.access import ANYBODY, only

FOLDER = Path(__file__).parent / "css"
ORDER = """
    tokens base layout frame controls states panels lists tables forms charts
    energy_charts energy_curve energy_pages installation portfolio lines quality alerts
    phone helpers print
"""
LAYERS = "@layer tokens, base, layout, parts, helpers, print;\n"
A_YEAR = 31_536_000


@cache
def text() -> str:
    """Return the files joined in the order of the cascade."""
    return LAYERS + "".join((FOLDER / f"{name}.css").read_text("utf-8") for name in ORDER.split())


@cache
def version() -> str:
    """Return a hash of the stylesheet for its address, so that browsers may cache it for good."""
    return hashlib.sha256(text().encode()).hexdigest()[:12]


@only(ANYBODY)
def stylesheet(request: HttpRequest, version: str) -> HttpResponse:
    """Return the whole stylesheet, to be cached for a year."""
    return HttpResponse(
        text(),
        content_type="text/css; charset=utf-8",
        headers={"Cache-Control": f"public, max-age={A_YEAR}, immutable"},
    )
