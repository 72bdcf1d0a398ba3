"""The one gate of all that alerts send: whether a person may be disturbed now."""

from datetime import datetime

from vatio.tenants.models import Person


def is_quiet(person: Person, at: datetime) -> bool:
    """Return whether it is a quiet hour of a person: what would be sent is held until it is over.

    Nobody has quiet hours yet.
    """
    return False
