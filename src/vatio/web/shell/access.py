"""Access control: who may open a page, declared by a decorator and checked before the view."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from vatio.tenants.models import Organisation, Person

ANYBODY = "anybody"
SIGNED_IN = "signed in"
COMMERCIAL = "commercial"
SUPERADMINISTRATOR = "superadministrator"
ADMINISTRATOR = "administrator"
VIEWER = "viewer"

Parameters = ParamSpec("Parameters")


class Request(HttpRequest):
    """A request that passed `only`: `organisation` is set under `/o/<slug>/`."""

    user: Person
    organisation: Organisation


def only(
    *roles: str,
) -> Callable[
    [Callable[Concatenate[Request, Parameters], HttpResponseBase]],
    Callable[..., HttpResponseBase],
]:
    """Restrict a view to these roles.

    Somebody who is not signed in is redirected to the sign-in page. Under `/o/<slug>/`
    the organisation must be one that the person leads, and is put on the request: any
    other organisation is a 404. A page of the commercial department is refused (403) to
    everybody else. The view itself narrows what it fetches with `visible_to`.
    """

    def guard(
        view: Callable[Concatenate[Request, Parameters], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(
            request: HttpRequest, *args: Parameters.args, **kwargs: Parameters.kwargs
        ) -> HttpResponseBase:
            if ANYBODY not in roles:
                if not request.user.is_authenticated:
                    return redirect_to_login(request.get_full_path())
                _check(request, roles, kwargs)
            return view(request, *args, **kwargs)  # type: ignore[arg-type]

        guarded.roles = roles  # type: ignore[attr-defined]
        return guarded

    return guard


def _check(request: HttpRequest, roles: tuple[str, ...], kwargs: dict[str, object]) -> None:
    person = request.user
    if not isinstance(person, Person):
        raise PermissionDenied
    if roles == (COMMERCIAL,) and not person.is_commercial:
        raise PermissionDenied
    if COMMERCIAL in roles and person.is_commercial:
        return
    if SUPERADMINISTRATOR in roles and "slug" in kwargs:
        found = next((each for each in led_by(request) if each.slug == kwargs["slug"]), None)
        if found is None:
            raise Http404
        request.organisation = found  # type: ignore[attr-defined]


def led_by(request: HttpRequest) -> list[Organisation]:
    """Return the organisations that the signed-in person leads; they are read once per request."""
    if not hasattr(request, "led"):
        led_ones = Organisation.objects.led_by(request.user)  # type: ignore[arg-type]
        request.led = list(led_ones.order_by("name_folded"))  # type: ignore[attr-defined]
    return request.led  # type: ignore[attr-defined, no-any-return]
