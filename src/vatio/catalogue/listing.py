"""The licences among which a list of accounts is filtered."""

from typing import NamedTuple
from uuid import UUID

from django.db import connection

KNOWN = """
SELECT id, uid, name FROM catalogue_licence licence
WHERE EXISTS (
    SELECT FROM catalogue_licenceversion
    WHERE licence_id = licence.id AND published_at IS NOT NULL)
ORDER BY name_sorted, id
"""


class KnownLicence(NamedTuple):
    """The key, the uid and the name of a licence."""

    pk: int
    uid: UUID
    name: str


def known_licences() -> list[KnownLicence]:
    """Return the licences that an account may hold, by name: those that were ever published."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN)
        return [KnownLicence._make(row) for row in cursor.fetchall()]
