"""Imports a long portfolio by the worker, and says how far it has come."""

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from vatio.portfolios import drafts
from vatio.portfolios.importing import Faulty
from vatio.portfolios.models import Import, ImportDraft
from vatio.refusal import Refused
from vatio.task_queue import defer
from vatio.tenants.models import Person

AT_ONCE = 500
"""A portfolio of more rows than this is the worker's."""

TASK = "import_portfolio"

Now = Callable[[], datetime]


@transaction.atomic
def ask(draft: ImportDraft, *, rows: int, by: Person, at: datetime) -> Import:
    """Leave a draft to the worker. Asking twice for the same one gives the first again.

    :param rows: about how many accounts it has, for the progress.
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
    """Import what was asked for, all of it or nothing, and write down what became of it.

    The draft's lock lets one do it of any number; whoever is killed on the way has imported
    nothing, and the next begins again.
    """
    if begun.state != Import.State.WAITING:
        return
    try:
        _import(begun, at=now())
    except Faulty:
        with override(begun.asked_by.language):
            _refuse(begun, _("Nothing was imported: the file has faults now."), at=now())
    except Refused as refused:
        with override(begun.asked_by.language):
            _refuse(begun, str(refused), at=now())
    begun.refresh_from_db()


def carry_all_on(*, now: Now) -> None:
    """Carry on the imports that somebody left unfinished, and none that somebody is doing."""
    for begun in Import.objects.filter(state=Import.State.WAITING).order_by("id"):
        if _is_free(begun):
            carry_on(begun, now=now)


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


def _refuse(begun: Import, words: str, *, at: datetime) -> None:
    _waiting(begun).update(state=Import.State.REFUSED, words=words, finished_at=at)


def _waiting(begun: Import) -> QuerySet[Import]:
    return Import.objects.filter(pk=begun.pk, state=Import.State.WAITING)


def _tell(begun: Import, done: int) -> None:
    """Write down how far it has come, past the transaction that it happens in."""
    beside = connection.copy()
    try:
        with beside.cursor() as cursor:
            cursor.execute("UPDATE portfolios_import SET done = %s WHERE id = %s", [done, begun.pk])
    finally:
        beside.close()
