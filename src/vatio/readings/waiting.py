"""Lists what devices send that nobody accepted yet, and proposes how to take it in."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from statistics import median_low
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from vatio.accounts.models import Account
from vatio.metering.models import DataSource, Series
from vatio.metering.quantities import QUANTITIES, Adding, Quantity
from vatio.readings.arrivals import SNAP
from vatio.readings.pending import WHOLE
from vatio.readings.series import unknown

USUAL = 15
"""The resolution in minutes that is proposed where fewer than two instants are held."""

LOOKED_AT = 200
"""How many of the last readings of a quantity its spacing is told from."""

WAIT = """
SELECT source.id, source.uid, source.name, own.did, meter.uid, meter.name, own.quantity,
    own.first_at, own.last_at, own.readings, own.dropped, own.last_value
FROM readings_pendingquantity own
JOIN metering_datasource source ON source.id = own.source_id
LEFT JOIN metering_sourcedevice device
    ON device.source_id = own.source_id AND device.did = own.did
LEFT JOIN metering_meter meter ON meter.id = device.meter_id
WHERE own.account_id = %(account)s AND (own.rejected_at IS NOT NULL) = %(rejected)s
  AND (%(source)s::bigint IS NULL OR own.source_id = %(source)s)
  AND (%(did)s::text IS NULL OR own.did = %(did)s)
ORDER BY source.name_folded, own.source_id, own.did, own.quantity
"""

INSTANTS = """
SELECT source_id, did, quantity, array_agg(extract(epoch FROM at)::float8)
FROM (SELECT source_id, did, quantity, at, row_number() OVER (
          PARTITION BY source_id, did, quantity ORDER BY id DESC) AS place
      FROM readings_pendingreading
      WHERE account_id = %(account)s
        AND (%(source)s::bigint IS NULL OR source_id = %(source)s)
        AND (%(did)s::text IS NULL OR did = %(did)s)) AS own
WHERE place <= %(most)s GROUP BY source_id, did, quantity
"""

COUNT = """
SELECT count(DISTINCT did) FROM readings_pendingquantity
WHERE account_id = %(account)s AND source_id = %(source)s AND rejected_at IS NULL
"""


@dataclass(frozen=True)
class WaitingQuantity:
    """A quantity that a device sends: how much of it came, and how it is proposed to take it in.

    `readings` are held, `dropped` were, but had to make room. `last_value` is in the unit that
    the page shows of the quantity. `kind` and `minutes` are those of the series proposed; a code
    that is not published cannot be accepted.
    """

    measures: Quantity
    first_at: datetime
    last_at: datetime
    readings: int
    dropped: int
    last_value: float | None
    minutes: int = USUAL

    @property
    def can_be_accepted(self) -> bool:
        """Whether the code of the quantity is a published one."""
        return self.measures.code in QUANTITIES

    @property
    def is_whole(self) -> bool:
        """Whether this stands for whatever the device sends, as of one rejected whole."""
        return self.measures.code == WHOLE

    @property
    def kind(self) -> str:
        """The kind of the series: energy and volume arrive as registers."""
        return Series.Kind.REGISTER if self.measures.adding == Adding.SUM else Series.Kind.INTERVAL


@dataclass
class WaitingDevice:
    """A device of a source with what waits of it; `meter` names the one that it is, if known."""

    source_id: int
    source_uid: UUID
    source: str
    did: str
    meter_uid: UUID | None = None
    meter: str = ""
    quantities: list[WaitingQuantity] = field(default_factory=list)

    @property
    def first_at(self) -> datetime:
        """When the first of its readings arrived."""
        return min(each.first_at for each in self.quantities)

    @property
    def last_at(self) -> datetime:
        """When the last of its readings arrived."""
        return max(each.last_at for each in self.quantities)

    @property
    def readings(self) -> int:
        """How many readings of it are held."""
        return sum(each.readings for each in self.quantities)

    @property
    def dropped(self) -> int:
        """How many readings of it had to make room."""
        return sum(each.dropped for each in self.quantities)

    @property
    def acceptable(self) -> list[WaitingQuantity]:
        """The quantities that can be accepted: those of published codes."""
        return [each for each in self.quantities if each.can_be_accepted]


class _Row(NamedTuple):
    source_id: int
    source_uid: UUID
    source: str
    did: str
    meter_uid: UUID | None
    meter: str | None
    quantity: int
    first_at: datetime
    last_at: datetime
    readings: int
    dropped: int
    last_value: float | None


def waiting(
    account: Account,
    *,
    source: DataSource | None = None,
    did: str | None = None,
    proposes: bool = True,
) -> list[WaitingDevice]:
    """Return what waits for acceptance by device, in two statements whatever waits.

    :param source: only the devices of this one.
    :param did: only the device of this id.
    :param proposes: look at the instants that are held, for the resolution. With 50,000 that
        takes 0.2 s, which a list that does not show it can do without.
    """
    asked: dict[str, Any] = {"account": account.pk, "source": source and source.pk, "did": did}
    rows = _rows({**asked, "rejected": False})
    if not rows or not proposes:
        return _devices(rows)
    with connection.cursor() as cursor:
        cursor.execute(INSTANTS, {**asked, "most": LOOKED_AT})
        instants = {tuple(pair): each for *pair, each in cursor.fetchall()}
    return _devices(rows, instants)


def rejected(account: Account) -> list[WaitingDevice]:
    """Return what was rejected by device, in one statement."""
    return _devices(_rows({"account": account.pk, "source": None, "did": None, "rejected": True}))


def count_waiting(source: DataSource) -> int:
    """Return how many devices of a source wait."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"account": source.account_id, "source": source.pk})
        return int(cursor.fetchone()[0])


def propose(instants: Iterable[float]) -> int:
    """Compute the resolution in minutes that readings at some instants (seconds) ask for.

    That is the first of `Series.MINUTES` that is no finer than their usual spacing, the median
    of the differences between neighbours; half a minute of delay is no spacing. `USUAL` for
    fewer than two instants, a day for more than a day apart.
    """
    ordered = sorted(set(instants))
    if len(ordered) < 2:
        return USUAL
    usual = median_low(later - each for each, later in pairwise(ordered))
    coarse = (minutes for minutes in Series.MINUTES if usual <= minutes * 60 + SNAP)
    return next(coarse, Series.MINUTES[-1])


def _rows(asked: dict[str, Any]) -> list[_Row]:
    with connection.cursor() as cursor:
        cursor.execute(WAIT, asked)
        return [_Row._make(row) for row in cursor.fetchall()]


def _devices(
    rows: Iterable[_Row], instants: dict[tuple[Any, ...], list[float]] | None = None
) -> list[WaitingDevice]:
    found: dict[tuple[int, str], WaitingDevice] = {}
    for row in rows:
        device = found.setdefault(
            (row.source_id, row.did), WaitingDevice(*row[:5], meter=row.meter or "")
        )
        held = (instants or {}).get((row.source_id, row.did, row.quantity), [])
        device.quantities.append(
            WaitingQuantity(
                measured(row.quantity),
                row.first_at,
                row.last_at,
                row.readings - row.dropped,
                row.dropped,
                row.last_value,
                propose(held),
            )
        )
    return list(found.values())


def measured(code: int) -> Quantity:
    """Return the quantity of a code; one that is not published goes by its number."""
    if code in QUANTITIES:
        return QUANTITIES[code]
    label = _("Everything it sends") if code == WHOLE else _("Code %(code)s") % {"code": code}
    return replace(unknown(code), label=label)
