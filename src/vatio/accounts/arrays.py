"""Many keys asked for as one parameter."""

from collections.abc import Iterable

from django.db.models.expressions import RawSQL


def any_of(keys: Iterable[int]) -> RawSQL:
    """Stand for any of these keys, as in `account__in=any_of(keys)`.

    A parameter for each would be a statement of its own for each number of them,
    which the server could not keep, and fifty lookups to write one.
    """
    return RawSQL("SELECT unnest(%s::bigint[])", [list(keys)])
