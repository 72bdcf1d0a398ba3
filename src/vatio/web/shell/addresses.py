"""The addresses of pages, each reversed once: a page has hundreds of links."""

from functools import cache, lru_cache
from uuid import UUID

from django.urls import reverse

NO_KEY = "00000000-0000-0000-0000-000000000000"


def url(name: str, *args: object, **kwargs: object) -> str:
    """Return the address of a page; an address with a uid is reversed once, then filled in."""
    if len(args) == 1 and isinstance(args[0], UUID):
        return _shape(name).replace(NO_KEY, str(args[0]))
    return _reversed(name, args) if not kwargs else reverse(name, args=args, kwargs=kwargs)


@lru_cache(maxsize=5_000)
def _reversed(name: str, args: tuple[object, ...]) -> str:
    return reverse(name, args=args or None)


def around(name: str, onward: str = "") -> tuple[str, str]:
    """Return what precedes and what follows the uid in the address of a page with a uid."""
    before, after = _shape(name).split(NO_KEY)
    return before, after + onward


def address_of(shape: tuple[str, str], key: str) -> str:
    """Return the address of a page with a uid, given as text, from what is `around` it."""
    return f"{shape[0]}{key}{shape[1]}"


@cache
def _shape(name: str) -> str:
    return reverse(name, args=[UUID(NO_KEY)])
