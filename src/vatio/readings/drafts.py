"""Files of load curves between their upload and their storing: kept, read anew, discarded."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, get_args
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from vatio.accounts.locking import hold
from vatio.accounts.models import Account
from vatio.dates import known_time_zones
from vatio.metering.models import DataPoint, Series
from vatio.metering.quantities import QUANTITIES
from vatio.metering.tokens import ensure_collects
from vatio.readings import importing
from vatio.readings.files.asking import MustBeAsked
from vatio.readings.files.curves import CurveOptions, Kind, Labelling
from vatio.readings.files.layouts import ORIGINS
from vatio.readings.files.signatures import signature
from vatio.readings.files.unpacking import Member, unpacked
from vatio.readings.importing import CurveChoice, FileReport
from vatio.readings.models import ReadingsDraft, RememberedOptions
from vatio.refusal import Refused
from vatio.spreadsheets.tables import Unreadable
from vatio.spreadsheets.uploads import LARGEST, TooLarge
from vatio.tenants.models import Person

KEPT = timedelta(days=7)
READ_BEFORE = 12 * 1024 * 1024
MOST_READ = 12
"""Of an archive, how many bytes and how many files are read before anything is stored."""

UNITS = ("Wh", "kWh", "kW")
OPEN = (ReadingsDraft.State.WAITING, ReadingsDraft.State.RUNNING)
EMPTY = _("The file is empty.")
NOT_REMEMBERED = {"cups"}
"""What is said of one file and may be wrong for the next with the same header."""


@dataclass
class MemberPlan:
    """What would become of a file of a draft: its report or, without one, why there is none.

    `asked` names the option that would settle it.
    """

    name: str
    report: FileReport | None = None
    refused: str = ""
    asked: str = ""


@dataclass
class DraftPlan:
    """What would become of a draft; `unread` names the files that are read only when stored."""

    members: list[MemberPlan]
    unread: list[str]

    @property
    def reports(self) -> list[FileReport]:
        """The reports of the files that could be read."""
        return [each.report for each in self.members if each.report is not None]

    @property
    def asked(self) -> str:
        """The first option that a file asks for, or nothing."""
        return next((each.asked for each in self.members if each.asked), "")


@transaction.atomic
@transaction.atomic
def keep(
    account: Account, file_name: str, content: bytes, *, by: Person, at: datetime
) -> ReadingsDraft:
    """Keep an uploaded file; delete those of the account that are older than a week.

    It is read as files with its header were last read.

    :raises NotCollecting: if the account's readings are not collected at `at`.
    :raises TooLarge: if it has more than 20 MB.
    :raises Unreadable: if it is empty, or a compressed file that cannot be unpacked.
    """
    ensure_collects(account, at=at)
    if len(content) > LARGEST:
        raise TooLarge(_("The file is larger than 20 MB."), field="file")
    if not content:
        raise Unreadable(EMPTY)
    members = unpacked(content, file_name)
    known = signature(members[0].content)
    hold(account.pk)
    _of(account).filter(made_at__lt=at - KEPT).exclude(state__in=OPEN).delete()
    return ReadingsDraft.objects.create(
        account_id=account.pk,
        file_name=file_name[-200:],
        content=content,
        signature=known,
        made_by_id=by.pk,
        made_at=at,
        told=remembered(account, known),
        members=len(members),
    )


def of_account(account: Account) -> QuerySet[ReadingsDraft]:
    """Return the uploaded files of an account, the newest first, without their bytes."""
    return _of(account).defer("content").order_by("-made_at", "uid")


def find(account: Account, uid: UUID) -> ReadingsDraft | None:
    """Return an uploaded file of an account."""
    return _of(account).filter(uid=uid).first()


def discard(account: Account, uid: UUID) -> None:
    """Delete an uploaded file that nobody stores."""
    _of(account).filter(uid=uid).exclude(state__in=OPEN).delete()


@transaction.atomic
@transaction.atomic
def settle(
    draft: ReadingsDraft, told: CurveOptions, choice: Mapping[str, Any], *, at: datetime
) -> None:
    """Write down how a file is read and what of it is taken, and remember it for its header."""
    hold(draft.account_id)
    said = {name: value for name, value in asdict(told).items() if value is not None}
    draft.told, draft.choice = said, dict(choice)
    own = ReadingsDraft.objects.filter(account_id=draft.account_id, uid=draft.uid)
    own.filter(state=ReadingsDraft.State.DRAFT).update(told=draft.told, choice=draft.choice)
    if draft.signature:
        lasting = {name: value for name, value in said.items() if name not in NOT_REMEMBERED}
        RememberedOptions.objects.update_or_create(
            account_id=draft.account_id,
            signature=draft.signature,
            defaults={"told": lasting, "told_at": at},
        )


def remembered(account: Account, known: str) -> dict[str, Any]:
    """Return what was last said of files of a header."""
    own = RememberedOptions.objects.filter(account_id=account.pk, signature=known or "-")
    return own.values_list("told", flat=True).first() or {}


def options_of(said: Mapping[str, Any]) -> CurveOptions:
    """Return what is said of a file; what is none of the possible answers is left open."""
    minutes, zone = str(said.get("minutes") or ""), said.get("time_zone")
    return CurveOptions(
        label=_one_of(said.get("label"), get_args(Labelling)),
        unit=_one_of(said.get("unit"), UNITS),
        time_zone=zone if zone in known_time_zones() else None,
        kind=_one_of(said.get("kind"), get_args(Kind)),
        cups=said.get("cups") or None,
        format=_one_of(said.get("format"), ORIGINS),
        minutes=int(minutes) if minutes in map(str, Series.MINUTES) else None,
        decimal=_one_of(said.get("decimal"), (",", ".")),
    )


def _one_of(said: Any, known: Any) -> Any:
    return said if isinstance(said, str) and said in known else None


def choice_of(account: Account, said: Mapping[str, Any]) -> CurveChoice:
    """Return what of a file is taken, and where it goes.

    `said` has `quantities` (None: those that are taken unless somebody says), `create`, `digits`
    and the uid of a data point, `point`.
    """
    quantities = said.get("quantities")
    point = None
    if said.get("point"):
        own = DataPoint.objects.filter(account=account, uid=said["point"])
        point = own.select_related("meter").first()
    return CurveChoice(
        quantities=None if quantities is None else frozenset(quantities) & QUANTITIES.keys(),
        point=point,
        create=bool(said.get("create")),
        digits=said.get("digits"),
    )


def plan(account: Account, draft: ReadingsDraft, *, at: datetime) -> DraftPlan:
    """Return what storing a draft would do, file by file; nothing is stored.

    :raises NotCollecting: if the account's readings are not collected at `at`.
    """
    ensure_collects(account, at=at)
    told, choice = options_of(draft.told), choice_of(account, draft.choice)
    found, size = DraftPlan([], []), 0
    for member in unpacked(bytes(draft.content or b""), draft.file_name):
        size += len(member.content)
        if found.members and (size > READ_BEFORE or len(found.members) >= MOST_READ):
            found.unread.append(member.name)
        else:
            found.members.append(_plan(account, member, told, choice, at))
    return found


def _plan(
    account: Account, member: Member, told: CurveOptions, choice: CurveChoice, at: datetime
) -> MemberPlan:
    try:
        report = importing.plan(
            account, member.content, name=member.name, told=told, choice=choice, at=at
        )
    except MustBeAsked as asked:
        return MemberPlan(member.name, refused=str(asked), asked=asked.option)
    except Refused as refused:
        return MemberPlan(member.name, refused=str(refused))
    return MemberPlan(member.name, report)


def _of(account: Account) -> QuerySet[ReadingsDraft]:
    return ReadingsDraft.objects.filter(account_id=account.pk)
