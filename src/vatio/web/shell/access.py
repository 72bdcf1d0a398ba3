"""Access control: who may open a page, declared by a decorator and checked before the view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from vatio.notices.standing import UNREAD
from vatio.tenants.models import Organisation, Person

ANYBODY = "anybody"
SIGNED_IN = "signed in"
COMMERCIAL = "commercial"
SUPERADMINISTRATOR = "superadministrator"
ADMINISTRATOR = "administrator"
VIEWER = "viewer"

Parameters = ParamSpec("Parameters")

COLUMNS = [field.attname for field in Organisation._meta.concrete_fields]
ROLES_HELD = f"""
SELECT EXISTS (SELECT FROM accounts_accountrole WHERE person_id = person.id),
       {UNREAD},
       {", ".join(f"organisation.{column}" for column in COLUMNS)}
FROM (VALUES (%(person)s::bigint)) AS person (id)
LEFT JOIN (
    tenants_membership membership
    JOIN tenants_organisation organisation ON organisation.id = membership.organisation_id
) ON membership.person_id = person.id
ORDER BY organisation.name_sorted
"""  # noqa: S608
"""The organisations that a person leads, one row at least, and how many notices are unread.

Every page asks.
"""


class Request(HttpRequest):
    """A request that passed `only`: `organisation` is set under `/o/<slug>/`.

    A page of an account's own people sets `time_zone`, in which its moments are written."""

    user: Person
    organisation: Organisation
    time_zone: str


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


@dataclass(frozen=True)
class RolesHeld:
    """What the signed-in person leads, by name, and whether they have a role in any account.

    `unread` is how many notices they have not read, up to `MOST_COUNTED`.
    """

    led: list[Organisation]
    is_in_accounts: bool
    unread: int


def roles_held(request: HttpRequest) -> RolesHeld:
    """Return what roles the signed-in person has; it is read once per request."""
    if not hasattr(request, "roles_held"):
        person = request.user
        commercial = isinstance(person, Person) and person.is_commercial
        request.roles_held = _read_roles(  # type: ignore[attr-defined]
            person.pk, commercial=commercial
        )
    return request.roles_held  # type: ignore[attr-defined, no-any-return]


def led_by(request: HttpRequest) -> list[Organisation]:
    """Return the organisations that the signed-in person leads, by name."""
    return roles_held(request).led


def _read_roles(person: int | None, *, commercial: bool) -> RolesHeld:
    with connection.cursor() as cursor:
        cursor.execute(ROLES_HELD, {"person": person, "commercial": commercial})
        rows = cursor.fetchall()
    led = [Organisation.from_db("default", COLUMNS, row[2:]) for row in rows if row[2] is not None]
    return RolesHeld(led, is_in_accounts=rows[0][0], unread=rows[0][1])
