"""Tells who asked for long work that it is done, or that it failed."""

from datetime import datetime
from enum import StrEnum

from vatio.notifications.queueing import Recipient, queue
from vatio.tenants.models import Organisation, Person


class Work(StrEnum):
    """Work that the worker does while somebody may be elsewhere."""

    DOWNLOAD = "download"
    IMPORT = "import"
    RENEWALS = "renewals"
    READINGS = "readings"


def tell_done(
    work: Work,
    number: object,
    person: Person,
    *,
    path: str,
    at: datetime,
    name: str = "",
    count: int = 0,
    refused: int = 0,
    words: str = "",
    organisation: Organisation | None = None,
    account_id: int | None = None,
) -> None:
    """Queue the news that work is done, once.

    :param number: what tells the work from others of its kind.
    :param name: the file that it read or wrote, or the organisation that it was for.
    :param count: how many things it did: accounts imported, renewals asked for, files stored.
    :param refused: how many it could not do.
    :param words: why nothing came of it; empty if something did.
    """
    queue(
        "work_done",
        [Recipient.of(person)],
        key=f"work-done:{work}:{number}",
        context={
            "work": work.value,
            "name": name,
            "count": count,
            "refused": refused,
            "words": words,
            "path": path,
        },
        at=at,
        organisation=organisation,
        account_id=account_id,
    )
