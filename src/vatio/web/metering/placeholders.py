"""Addresses that other pages will have."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import path

from vatio.web.shell.access import SIGNED_IN, Request, only

NAMES = ("supply-points", "meters", "data-points", "lines", "sources")


@only(SIGNED_IN)
def missing(request: Request, uid: UUID) -> HttpResponse:
    """Answer that there is no such page yet."""
    raise Http404


urlpatterns = [
    path("accounts/<uuid:uid>/installation/", missing, name="installation"),
    *(
        path(
            f"accounts/<uuid:uid>/installation/{name}/",
            missing,
            name=f"installation_{name.replace('-', '_')}",
        )
        for name in NAMES
    ),
]
