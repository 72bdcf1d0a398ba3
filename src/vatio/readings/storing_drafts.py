"""Stores an uploaded file, at once or in the worker, and records how far it has come.

Each file of an archive is stored in a transaction of its own, together with the count of those
that are: a process that is killed has stored whole files, and the next one goes on behind them.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import override

from vatio.accounts.models import Account
from vatio.notifications.work_done import Work, tell_done
from vatio.readings import importing
from vatio.readings.days import ReadingCounts
from vatio.readings.drafts import OPEN, choice_of, options_of
from vatio.readings.files.unpacking import Member, unpacked
from vatio.readings.importing import FileReport
from vatio.readings.models import ReadingsDraft
from vatio.refusal import Refused
from vatio.task_queue import defer, each_by_itself
from vatio.tenants.models import Person

TASK = "import_readings"
AT_ONCE = 20_000
"""About how many values are stored while somebody waits; more are left to the worker."""

IN_A_ROW = 20
"""A line with as many separators has a day of values."""

LOCK = 1_904_178
"""The first key of the advisory locks under which one process stores a file of a draft."""

Now = Callable[[], datetime]


def is_long(draft: ReadingsDraft) -> bool:
    """Return whether a draft is left to the worker."""
    return draft.members > 1 or about_values(bytes(draft.content or b"")) > AT_ONCE


def about_values(content: bytes) -> int:
    """Return about how many values a file has: one a line, or one a separator of a matrix."""
    lines = content.count(b"\n") + 1
    if b"\x00" in content[:4096]:
        return max(lines, len(content) // 8)
    separators = max(content.count(mark) for mark in (b";", b"\t", b","))
    return separators if separators > IN_A_ROW * lines else lines


def begin(draft: ReadingsDraft, *, by: Person, now: Now) -> None:
    """Store a draft, or leave it to the worker if it is long; once, however often it is asked."""
    with transaction.atomic():
        own = _own(draft).filter(state=ReadingsDraft.State.DRAFT)
        asked = own.update(state=ReadingsDraft.State.WAITING, asked_by_id=by.pk, asked_at=now())
        leave = bool(asked) and is_long(draft)
        if leave:
            defer(TASK, account=draft.account_id, draft=str(draft.uid))
    if asked and not leave:
        carry_on(draft.account_id, draft.uid, now=now)


def carry_on(account_id: int, uid: UUID, *, now: Now) -> None:
    """Store the files of a draft that are not stored yet."""
    draft = ReadingsDraft.objects.filter(account_id=account_id, uid=uid, state__in=OPEN).first()
    account = Account.objects.select_related("organisation").filter(pk=account_id).first()
    if draft is None or account is None:
        return
    by = Person.objects.filter(pk=draft.asked_by_id or 0).first()
    members = unpacked(bytes(draft.content or b""), draft.file_name)
    with override(by.language if by else account.language):
        while _store_next(account, draft, members, by=by, now=now):
            pass


def carry_all_on(*, now: Now) -> None:
    """Go on with the drafts that are unfinished, except those that a process is storing."""
    waiting = ReadingsDraft.objects.filter(state__in=OPEN).order_by("asked_at")

    def resume(key: tuple[int, UUID]) -> None:
        if _is_free(key[1]):
            carry_on(*key, now=now)

    each_by_itself(waiting.values_list("account_id", "uid"), resume)


@transaction.atomic
def _is_free(uid: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [LOCK, str(uid)])
        return bool(cursor.fetchone()[0])


@transaction.atomic
def _store_next(
    account: Account,
    draft: ReadingsDraft,
    members: list[Member],
    *,
    by: Person | None,
    now: Now,
) -> bool:
    """Store the first file that is not stored yet; return whether others are left.

    Whoever else stores the draft waits, and finds the file counted.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, str(draft.uid)])
    rows = _own(draft).filter(state__in=OPEN).defer("content")
    standing = rows.first()
    if standing is None:
        return False
    at, place = now(), standing.members_done
    outcome = _outcome(account, draft, members[place], by=by, at=at)
    outcomes = [*standing.outcomes, outcome]
    is_last = place + 1 >= len(members)
    state = ReadingsDraft.State.RUNNING
    if is_last:
        stored = any(each["delivery"] for each in outcomes)
        state = ReadingsDraft.State.DONE if stored else ReadingsDraft.State.FAILED
    ended: dict[str, Any] = {"finished_at": at, "content": None} if is_last else {}
    rows.update(
        state=state, members_done=place + 1, outcomes=outcomes, values=0, values_done=0, **ended
    )
    if is_last and by is not None and is_long(draft):
        _tell_done(account, draft, outcomes, by=by, at=at)
    return not is_last


def _tell_done(
    account: Account,
    draft: ReadingsDraft,
    outcomes: list[dict[str, Any]],
    *,
    by: Person,
    at: datetime,
) -> None:
    stored = sum(bool(each["delivery"]) for each in outcomes)
    tell_done(
        Work.READINGS,
        draft.uid,
        by,
        name=draft.file_name,
        count=stored,
        refused=len(outcomes) - stored if stored else 0,
        words="" if stored else outcomes[0]["words"],
        path=f"/accounts/{account.uid}/readings/import/{draft.uid}/",
        at=at,
        organisation=account.organisation,
        account_id=account.pk,
    )


def _outcome(
    account: Account, draft: ReadingsDraft, member: Member, *, by: Person | None, at: datetime
) -> dict[str, Any]:
    """Store a file of a draft; return what became of it, as it is kept."""
    try:
        report = importing.carry_out(
            account,
            member.content,
            name=member.name,
            told=options_of(draft.told),
            choice=choice_of(account, draft.choice),
            by=by,
            at=at,
            tell=lambda done, whole: _tell(draft, done, whole),
        )
    except Refused as refused:
        return {"name": member.name, "delivery": None, "words": str(refused)}
    return {"name": member.name, "delivery": report.delivery, "words": "", **_counts(report)}


def _counts(report: FileReport) -> dict[str, int]:
    total = ReadingCounts()
    for each in report.curves:
        if each.is_taken:
            total += each.counts
    return {**vars(total), "refused": len(report.refused)}


def _tell(draft: ReadingsDraft, done: int, whole: int) -> None:
    """Write the progress on a connection of its own, so that it is visible before the commit."""
    if whole < AT_ONCE:
        return
    beside = connection.copy()
    try:
        with beside.cursor() as cursor:
            cursor.execute(
                "UPDATE readings_readingsdraft SET values_done = %s, values = %s"
                " WHERE account_id = %s AND uid = %s",
                [done, whole, draft.account_id, draft.uid],
            )
    finally:
        beside.close()


def _own(draft: ReadingsDraft) -> QuerySet[ReadingsDraft]:
    return ReadingsDraft.objects.filter(account_id=draft.account_id, uid=draft.uid)
