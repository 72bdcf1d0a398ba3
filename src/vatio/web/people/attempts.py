"""Attempts to sign in, to ask for a password link or to change a password, and their limits.

A stranger's attempts on an e-mail address are few in an hour, wherever they come from. A browser in
which the person of that address has signed in before is known: its attempts have a limit of their
own, so that nobody who guesses can shut that person out.
"""

import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare

from vatio.people import rate_limits
from vatio.people.rate_limits import Limit
from vatio.tenants.addresses import fold_address
from vatio.tenants.models import Person

COOKIE, SALT = "device", "vatio.device"
A_YEAR = 31_536_000
MOST_PEOPLE = 8
"""How many people a browser is known to at most: the latest."""

SIGN_IN, FORGOTTEN = "sign-in", "forgotten"
OF_ADDRESS = {
    SIGN_IN: Limit("sign-in.address", 5, timedelta(minutes=10)),
    FORGOTTEN: Limit("forgotten.address", 3, timedelta(minutes=20)),
}
OF_NETWORK = {
    SIGN_IN: Limit("sign-in.network", 30, timedelta(seconds=20)),
    FORGOTTEN: Limit("forgotten.network", 20, timedelta(minutes=1)),
}
OF_DEVICE = {
    SIGN_IN: Limit("sign-in.device", 10, timedelta(minutes=1)),
    FORGOTTEN: Limit("forgotten.device", 3, timedelta(minutes=20)),
}
OF_PERSON = Limit("password.person", 5, timedelta(minutes=1))
"""Guesses of one's old password by whoever sits at a browser that is signed in."""


@dataclass(frozen=True)
class Attempt:
    """What an attempt took, to be given back if it is right."""

    taken: tuple[tuple[Limit, str], ...]

    def succeeded(self) -> None:
        """Give back what was taken."""
        for limit, subject in self.taken:
            rate_limits.give_back(limit, subject)


@transaction.atomic
def begin(action: str, request: HttpRequest, address: str, *, at: datetime) -> Attempt:
    """Count an attempt on an e-mail address.

    :raises TooOften: if a limit is reached; then nothing is counted.
    """
    folded = fold_address(address)
    device = _known_device(request, folded)
    if device:
        taken = [(OF_DEVICE[action], f"{device} {folded}")]
    else:
        caller = network(
            direct=request.META.get("REMOTE_ADDR", ""),
            forwarded=request.headers.get("X-Forwarded-For", ""),
        )
        taken = [(OF_NETWORK[action], caller), (OF_ADDRESS[action], folded)]
    for limit, subject in taken:
        rate_limits.take(limit, subject, at=at)
    return Attempt(tuple(taken))


def network(*, direct: str, forwarded: str) -> str:
    """Return the address that a request comes from; of IPv6 the network that one customer has.

    Behind proxies of ours it is what the outermost of them was called from.

    :param direct: the other end of the connection.
    :param forwarded: what the proxies wrote, X-Forwarded-For.
    """
    told = [part.strip() for part in forwarded.split(",")]
    try:
        found = ipaddress.ip_address(
            told[-settings.PROXIES] if 0 < settings.PROXIES <= len(told) else direct
        )
    except ValueError:
        return direct
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _known_device(request: HttpRequest, address: str) -> str:
    """Return the name of the browser if the person of an address signed in there before."""
    device, marks = _read(request)
    if not marks:
        return ""
    person = Person.objects.filter(email=address).first()
    if person is None or str(person.pk) not in marks:
        return ""
    return device if constant_time_compare(marks[str(person.pk)], _mark(person)) else ""


def remember(response: HttpResponseBase, request: HttpRequest, person: Person) -> None:
    """Make a browser known to a person who has signed in there, until the password changes."""
    device, marks = _read(request)
    marks.pop(str(person.pk), None)
    marks = dict([*marks.items(), (str(person.pk), _mark(person))][-MOST_PEOPLE:])
    response.set_cookie(
        COOKIE,
        signing.dumps([device or secrets.token_urlsafe(12), marks], salt=SALT),
        max_age=A_YEAR,
        samesite="Lax",
        httponly=True,
        secure=request.is_secure(),
    )


def _read(request: HttpRequest) -> tuple[str, dict[str, str]]:
    try:
        device, marks = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=A_YEAR)
    except (signing.BadSignature, ValueError):
        return "", {}
    return device, marks


def _mark(person: Person) -> str:
    """Return what a browser keeps of a person: it is another one after a new password."""
    return person.get_session_auth_hash()[:20]
