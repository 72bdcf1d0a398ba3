"""The deliveries of an account as a page lists them: who brought what, and what became of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import Q, QuerySet

from vatio.accounts.models import Account
from vatio.metering.models import DataPoint, DataSource, Series
from vatio.readings.models import Delivery, KeptFile
from vatio.readings.slots import local_day, start
from vatio.tenants.models import Person

ORDER = ("-begun_at", "-id")


@dataclass(frozen=True)
class ListedDelivery:
    """A delivery, the names of its source and of who brought it, and whether its file is kept.

    `taken_back_by` is who took it back, or nothing.
    """

    row: Delivery
    source: str
    by: str
    is_kept: bool
    taken_back_by: str

    @property
    def reasons(self) -> dict[str, int]:
        """How many were refused, by the code of the reason."""
        return dict(self.row.refusals.get("codes", {}))

    @property
    def refused_rows(self) -> list[tuple[int, str, str]]:
        """The first that were refused: the line or the place in the batch, the code, and why."""
        return [(each[0], each[1], each[2]) for each in self.row.refusals.get("rows", [])]


@dataclass(frozen=True)
class LeftSlot:
    """A slot that was left as somebody had changed it, when its delivery was taken back."""

    data_point: str
    meter: str
    at: datetime


def of_account(account: Account) -> QuerySet[Delivery]:
    """Return the deliveries of an account."""
    return Delivery.objects.filter(account_id=account.pk)


def of_data_points(account: Account, points: Collection[DataPoint]) -> QuerySet[Delivery]:
    """Return the deliveries that may have brought readings of data points.

    A file names the series that it touched; of what a source inserts, each hour may be.
    """
    series = Series.objects.filter(account=account, data_point__in=[each.pk for each in points])
    sources = {each.source_id for each in points if each.source_id}
    return of_account(account).filter(
        Q(series_ids__overlap=list(series.values_list("pk", flat=True)))
        | Q(hour__isnull=False, source_id__in=sources)
    )


def find(account: Account, number: int) -> Delivery | None:
    """Return a delivery of an account by its number."""
    return of_account(account).filter(id=number).first()


def described(account: Account, rows: Sequence[Delivery]) -> list[ListedDelivery]:
    """Return deliveries with the names beside them, in three statements."""
    sources = dict(
        DataSource.objects.filter(
            account=account, pk__in={row.source_id for row in rows if row.source_id}
        ).values_list("pk", "name")
    )
    keys = {key for row in rows for key in (row.made_by_id, row.taken_back_by_id) if key}
    people = dict(Person.objects.filter(pk__in=keys).values_list("pk", "name"))
    kept = set(
        KeptFile.objects.filter(
            account_id=account.pk,
            sha256__in={row.sha256 for row in rows if row.sha256},
            content__isnull=False,
        ).values_list("sha256", flat=True)
    )
    return [
        ListedDelivery(
            row,
            source=sources.get(row.source_id or 0, ""),
            by=people.get(row.made_by_id or 0, ""),
            is_kept=row.sha256 in kept,
            taken_back_by=people.get(row.taken_back_by_id or 0, ""),
        )
        for row in rows
    ]


def left_slots(delivery: Delivery) -> list[LeftSlot]:
    """Return what was left as somebody had changed it, when a delivery was taken back."""
    own = Series.objects.filter(
        account_id=delivery.account_id, pk__in={each[0] for each in delivery.kept}
    )
    series = {each.pk: each for each in own.select_related("data_point__meter")}
    found = []
    for key, day, slot in delivery.kept:
        each = series.get(key)
        if each is not None:
            begins = start(local_day(date.fromisoformat(day), each.time_zone), slot, each.minutes)
            found.append(
                LeftSlot(
                    each.data_point.name,
                    each.data_point.meter.name,
                    datetime.fromtimestamp(begins, UTC),
                )
            )
    return found
