"""Many keys passed to a query as one array parameter."""

from collections.abc import Iterable

from django.db.models.expressions import RawSQL


def any_of(keys: Iterable[int]) -> RawSQL:
    """Return an expression that matches any of these keys, as in `account__in=any_of(keys)`.

    One array keeps the statement's text the same for any number of keys, so that its
    prepared plan can be reused.
    """
    return RawSQL("SELECT unnest(%s::bigint[])", [list(keys)])
