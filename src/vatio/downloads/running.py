"""Writes a person's file in the worker, records its progress, and keeps it for a day."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from typing import IO, Any

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from vatio.accounts.models import Account
from vatio.downloads.models import Download, DownloadPart
from vatio.notifications.work_done import Work, tell_done
from vatio.refusal import Refused
from vatio.task_queue import defer
from vatio.tenants.models import Organisation, Person

TASK = "write_download"
LOCK = 7_032_029
"""First key of the advisory locks under which one process at a time writes a file."""

LANES = 2
"""How many files are written at a time: other work of the worker is not kept waiting."""

KEPT = timedelta(days=1)
PART = 1_000_000
"""Bytes of a part of a file."""

MOST_WAITING = 10
"""How many files one person may wait for."""

MOST_ATTEMPTS = 3
"""How often a file is begun; its process may have been killed."""

Tell = Callable[[int], None]
Now = Callable[[], datetime]
Writer = Callable[[Download, Tell], IO[bytes]]
"""Writes a file, and tells how many rows are written; may change `what` of the download."""


class TooManyDownloads(Refused):
    """The person waits for as many files as one may."""


class CannotBeWritten(Refused):
    """The file was begun several times and never finished."""


@transaction.atomic
def ask(
    kind: Download.Kind,
    *,
    by: Person,
    at: datetime,
    file_name: str,
    content_type: str,
    rows: int,
    organisation: Organisation | None = None,
    account: Account | None = None,
    what: Mapping[str, Any],
) -> Download:
    """Queue the writing of a file; if the same is queued already, return that.

    :param what: what the writer needs to know besides, as JSON.
    :param rows: about how many rows the file has, for the progress.
    :raises TooManyDownloads: if the person waits for as many files as one may.
    """
    same = [kind, organisation and organisation.pk, account and account.pk, dict(what)]
    key = hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()
    waiting = Download.objects.filter(asked_by=by, state=Download.State.WAITING)
    if waiting.exclude(key=key).count() >= MOST_WAITING:
        raise TooManyDownloads(_("You are waiting for as many exports as one may: let one end."))
    try:
        with transaction.atomic():
            begun = Download.objects.create(
                kind=kind,
                key=key,
                asked_by=by,
                asked_at=at,
                organisation=organisation,
                account=account,
                what=dict(what),
                file_name=file_name,
                content_type=content_type,
                rows=rows,
            )
    except IntegrityError:
        return waiting.get(key=key)
    defer(TASK, lock=f"{TASK}-{begun.pk % LANES}", number=begun.pk)
    return begun


def carry_on(number: int, *, writers: Mapping[str, Writer], real: Now, now: Now) -> None:
    """Write a file, unless another process does; it is there whole, or not at all.

    A process that is killed leaves nothing behind, and the next one begins again.

    :param real: the wall clock, by which files are kept; `now` may be the demo's clock, by which
        it is told that the file is there.
    """
    with transaction.atomic(), closing(connection.copy()) as beside:
        begun = _locked(number)
        if begun is None:
            return
        begun.attempts += 1
        _write_beside(beside, begun, "attempts", begun.attempts)
        with override(begun.asked_by.language):
            try:
                _write(
                    begun,
                    writers[begun.kind],
                    tell=lambda done: _write_beside(beside, begun, "done", done),
                    real=real,
                )
            except Refused as refused:
                _waiting(begun.pk).update(
                    state=Download.State.REFUSED, words=str(refused), kept_until=real() + KEPT
                )
                _tell_done(begun, words=str(refused), at=now())
            else:
                _tell_done(begun, words="", at=now())


def carry_all_on(*, writers: Mapping[str, Writer], real: Now, now: Now) -> None:
    """Write the files that are waiting, except those that a process is writing."""
    waiting = Download.objects.filter(state=Download.State.WAITING).order_by("id")
    for number in list(waiting.values_list("pk", flat=True)):
        carry_on(number, writers=writers, real=real, now=now)


def content(download: Download) -> Iterator[bytes]:
    """Yield the content of a file, part by part."""
    parts = DownloadPart.objects.filter(download=download).order_by("number")
    for number in list(parts.values_list("pk", flat=True)):
        yield bytes(DownloadPart.objects.values_list("content", flat=True).get(pk=number))


def forget_old(*, real: datetime) -> None:
    """Delete the files that were kept long enough."""
    Download.objects.filter(kept_until__lte=real).delete()


def _locked(number: int) -> Download | None:
    """Return a waiting download, locked until the transaction ends; None if another has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, number % 2**31])
        (is_free,) = cursor.fetchone()
    related = ("asked_by", "organisation", "account__organisation")
    return _waiting(number).select_related(*related).first() if is_free else None


def _write(begun: Download, write: Writer, *, tell: Tell, real: Now) -> None:
    if begun.attempts > MOST_ATTEMPTS:
        raise CannotBeWritten(_("It could not be written. Tell whoever runs this platform."))
    with transaction.atomic(), write(begun, tell) as made:
        size = made.seek(0, 2)
        made.seek(0)
        kept = _waiting(begun.pk).update(
            state=Download.State.DONE, what=begun.what, size=size, kept_until=real() + KEPT
        )
        if not kept:  # It was deleted meanwhile, with an account that it may hold.
            return
        for number, part in enumerate(iter(lambda: made.read(PART), b"")):
            DownloadPart.objects.create(download=begun, number=number, content=part)


def _tell_done(begun: Download, *, words: str, at: datetime) -> None:
    """Tell who asked that the file is there, or why not; nothing if it was deleted meanwhile."""
    if not Download.objects.filter(pk=begun.pk).exists():
        return
    tell_done(
        Work.DOWNLOAD,
        begun.pk,
        begun.asked_by,
        name=begun.file_name,
        words=words,
        path="/exports/",
        at=at,
        organisation=begun.organisation,
        account_id=begun.account_id,
    )


def _waiting(number: int) -> QuerySet[Download]:
    return Download.objects.filter(pk=number, state=Download.State.WAITING)


def _write_beside(beside: Any, begun: Download, column: str, value: int) -> None:
    """Write a number on a connection of its own, so that it is visible before the commit."""
    with beside.cursor() as cursor:
        cursor.execute(
            f"UPDATE downloads_download SET {column} = %s WHERE id = %s",  # noqa: S608
            [value, begun.pk],
        )
