"""Imports a long portfolio in the worker, and records its progress."""

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from vatio.notifications.work_done import Work, tell_done
from vatio.portfolios import drafts
from vatio.portfolios.importing import Faulty
from vatio.portfolios.models import Import, ImportDraft
from vatio.refusal import Refused
from vatio.task_queue import defer, each_by_itself
from vatio.tenants.models import Person

AT_ONCE = 500
"""A portfolio of more rows than this is imported by the worker."""

TASK = "import_portfolio"

Now = Callable[[], datetime]


@transaction.atomic
def ask(draft: ImportDraft, *, rows: int, by: Person, at: datetime) -> Import:
    """Queue the import of a draft; if one is queued already, return that import.

    :param rows: about how many accounts the draft has, for the progress.
    """
    try:
        with transaction.atomic():
            begun = Import.objects.create(
                organisation=draft.organisation,
                draft=draft,
                file_name=draft.file_name,
                asked_by=by,
                asked_at=at,
                rows=rows,
            )
    except IntegrityError:
        return Import.objects.get(draft=draft, state=Import.State.WAITING)
    defer(TASK, number=begun.pk)
    return begun


def carry_on(begun: Import, *, now: Now) -> None:
    """Run an import, all or nothing, and record its outcome.

    The draft's row lock admits one process at a time. A process that is killed has imported
    nothing, and the next one begins again.
    """
    if begun.state != Import.State.WAITING:
        return
    # What the file holds is read as whoever asked read it: their language may group by commas.
    with override(begun.asked_by.language):
        try:
            _import(begun, at=now())
        except Faulty:
            _refuse(begun, _("Nothing was imported: the file has faults now."), at=now())
        except Refused as refused:
            _refuse(begun, str(refused), at=now())
    begun.refresh_from_db()


def carry_all_on(*, now: Now) -> None:
    """Resume the imports that are unfinished, except those whose draft a process has locked."""

    def resume(begun: Import) -> None:
        if _is_free(begun):
            carry_on(begun, now=now)

    each_by_itself(Import.objects.filter(state=Import.State.WAITING).order_by("id"), resume)


@transaction.atomic
def _is_free(begun: Import) -> bool:
    if begun.draft is None:
        return True
    free = ImportDraft.objects.select_for_update(skip_locked=True).filter(pk=begun.draft.pk)
    return free.first() is not None


@transaction.atomic
def _import(begun: Import, *, at: datetime) -> None:
    if begun.draft is None:
        raise drafts.AlreadyImported(_("This file was already imported, or is no longer kept."))
    made = drafts.carry_out(
        begun.draft, by=begun.asked_by, at=at, tell=lambda done: _tell(begun, done)
    )
    count = len(made)
    _waiting(begun).update(state=Import.State.DONE, rows=count, done=count, finished_at=at)
    _tell_done(begun, count=count, at=at)


@transaction.atomic
def _refuse(begun: Import, words: str, *, at: datetime) -> None:
    if _waiting(begun).update(state=Import.State.REFUSED, words=words, finished_at=at):
        _tell_done(begun, words=words, at=at)


def _tell_done(begun: Import, *, at: datetime, count: int = 0, words: str = "") -> None:
    tell_done(
        Work.IMPORT,
        begun.pk,
        begun.asked_by,
        name=begun.file_name,
        count=count,
        words=words,
        path=f"/desk/imports/running/{begun.uid}/",
        at=at,
        organisation=begun.organisation,
    )


def _waiting(begun: Import) -> QuerySet[Import]:
    return Import.objects.filter(pk=begun.pk, state=Import.State.WAITING)


def _tell(begun: Import, done: int) -> None:
    """Write the progress on a connection of its own, so that it is visible before the commit."""
    beside = connection.copy()
    try:
        with beside.cursor() as cursor:
            cursor.execute("UPDATE portfolios_import SET done = %s WHERE id = %s", [done, begun.pk])
    finally:
        beside.close()
