"""The rows of a list of accounts: what each account holds, and what can be done about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, Self
from uuid import UUID

from django.db import connection

from vatio.accounts.expiry import GRACE_DAYS, grace_ends_on, has_started, is_expired
from vatio.accounts.holdings import Holding, held_by_many, shown_day
from vatio.accounts.models import Agreement
from vatio.accounts.renewal import foresee
from vatio.accounts.undoing import WHILE_FRESH, is_undoable
from vatio.dates import day_at
from vatio.entitlements.question import Room
from vatio.orders.models import Order
from vatio.tenants.models import Person
from vatio.units import Quantities, Unit

WEEK = 7
NOTHING = (None,) * len(Unit)

ROWS = f"""
SELECT account.id, account.uid, account.name, account.client, account.nif, account.sector,
       account.time_zone, account.opened_on, account.covered_until, account.ends_at,
       account.not_renewing_since, organisation.slug, organisation.name, organisation.trusted,
       latest.starts_on, latest.kind, latest.is_fresh, latest.rule, wallet.balance,
       ARRAY(
           SELECT kind || ' ' || uid FROM orders_order
           WHERE account_id = account.id AND state IN ('pending', 'offered')
             AND (%(all)s OR organisation_id IN (
                 SELECT organisation_id FROM tenants_membership
                 WHERE person_id = %(person)s::bigint))
           ORDER BY id),
       ARRAY(
           SELECT unit || ' ' || used FROM entitlements_usage
           WHERE account_id = account.id AND used > 0),
       own.*
FROM unnest(%(accounts)s::bigint[]) WITH ORDINALITY AS listed (id, place)
JOIN accounts_account account ON account.id = listed.id
JOIN tenants_organisation organisation ON organisation.id = account.organisation_id
JOIN accounts_smswallet wallet ON wallet.account_id = account.id
LEFT JOIN LATERAL (
    SELECT own.holds_from, own.changes_on, own.term_id, term.starts_on,
           coalesce(term.closed_on, term.ends_on), term.anchor_day,
           own.licence_id, licence.name, version.billing,
           {", ".join(f"version.{unit}" for unit in Unit)},
           {", ".join(f"coalesce(own.{unit} - version.{unit}, 0)" for unit in Unit)}
    FROM accounts_currentholding own
    JOIN accounts_term term ON term.id = own.term_id
    JOIN catalogue_licenceversion version ON version.id = own.licence_id
    JOIN catalogue_licence licence ON licence.id = version.licence_id
    WHERE own.account_id = account.id
    LIMIT 1
) AS own ON true
LEFT JOIN LATERAL (
    SELECT following.starts_on, agreement.kind, agreement.rule,
           agreement.decided_at > %(fresh)s AS is_fresh
    FROM accounts_term following
    JOIN accounts_agreement agreement ON agreement.id = following.agreement_id
    WHERE following.account_id = account.id AND following.ends_on = account.covered_until
      AND following.cancelled_at IS NULL AND following.closed_on IS NULL
    LIMIT 1
) AS latest ON true
ORDER BY listed.place
"""  # noqa: S608
"""All that the rows say, in one statement; with the ORM's five it took six times as long.

LIMIT keeps each part a lookup by the account's key, whatever the planner believes of the tables.
"""


class ListedAccount(NamedTuple):
    """The columns of an account that its row shows, and those of its organisation."""

    pk: int
    uid: UUID
    name: str
    client: str
    nif: str
    sector: str
    time_zone: str
    opened_on: date | None
    covered_until: date | None
    ends_at: datetime | None
    not_renewing_since: datetime | None
    organisation_slug: str
    organisation_name: str
    trusted: bool


class OpenOrder(NamedTuple):
    """An order that awaits a decision: its kind, and its uid as text."""

    kind: str
    uid: str


class Latest(NamedTuple):
    """The start of the term that covers an account's last day, and how it was agreed."""

    starts_on: date
    kind: str
    is_fresh: bool
    rule: str


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account as the list and its own page show it."""

    account: ListedAccount
    holding: Holding | None
    credits: int
    used: Mapping[Unit, int]
    days_left: int
    is_expired: bool
    starts_on: date | None
    collected_until: date | None
    open_orders: list[OpenOrder]
    renewed_until: date | None
    next_end: date | None
    can_undo: bool
    is_courtesy: bool

    @property
    def key(self) -> str:
        """The account's uid as text, for addresses and the ids of the page's elements."""
        return str(self.account.uid)

    @property
    def quantities(self) -> tuple[int | None, ...]:
        """The quantity held of each unit, in the order of the columns; None for nothing held."""
        return self.holding.totals.listed if self.holding else NOTHING

    @property
    def rooms(self) -> tuple[Room, ...]:
        """What is held and used of each unit, in the order of the columns.

        It is empty while nothing is installed in the account: then only what is held is told.
        """
        if not self.used:
            return ()
        return tuple(map(Room, self.quantities, (self.used.get(unit, 0) for unit in Unit)))

    @property
    def open_renewal(self) -> OpenOrder | None:
        """The renewal that awaits a decision, if one does."""
        return next((o for o in self.open_orders if o.kind == Order.Kind.RENEWAL), None)

    @property
    def open_growth(self) -> list[OpenOrder]:
        """The expansion and the upgrade that await a decision."""
        return [order for order in self.open_orders if order.kind != Order.Kind.RENEWAL]

    @property
    def can_renew(self) -> bool:
        """Whether «Renovar» would send an order now."""
        is_done = self.open_renewal or self.renewed_until or self.starts_on
        return self.holding is not None and not is_done

    @property
    def grace_left(self) -> int:
        """Days of collecting readings that are left after the end; 0 or less if none is."""
        return self.days_left + GRACE_DAYS

    @property
    def collects(self) -> bool:
        """Whether the readings of an account that has expired are still collected."""
        return self.is_expired and self.grace_left > 0

    @property
    def is_urgent(self) -> bool:
        """Whether the account, or its grace period, ends within a week: its button is filled."""
        return 0 < (self.grace_left if self.is_expired else self.days_left) <= WEEK


@dataclass(frozen=True, slots=True)
class _Read:
    """What the statement says of an account."""

    account: ListedAccount
    latest: Latest
    credits: int
    orders: list[str]
    used: list[str]
    holds_from: date | None
    changes_on: date | None
    copy: tuple[Any, ...]

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> Self:
        """Return a row of the statement by the names of its parts."""
        account, latest = ListedAccount._make(row[:14]), Latest._make(row[14:18])
        credits, orders, used, holds_from, changes_on, *copy = row[18:]
        return cls(account, latest, credits, orders, used, holds_from, changes_on, tuple(copy))


def account_rows(accounts: Sequence[int], person: Person, *, at: datetime) -> list[AccountRow]:
    """Return the rows of accounts by their keys, in that order, without those that are gone.

    The caller has narrowed the keys to accounts that the person may see.
    """
    asked: dict[str, Any] = {
        "accounts": list(accounts),
        "all": person.is_active and person.is_commercial,
        "person": person.pk if person.is_active else None,
        "fresh": at - WHILE_FRESH,
    }
    with connection.cursor() as cursor:
        cursor.execute(ROWS, asked)
        found = [_Read.of(row) for row in cursor.fetchall()]
    held = _held(found, at=at)
    return [_row(read, held.get(read.account.pk), by=person, at=at) for read in found]


def _held(found: Iterable[_Read], *, at: datetime) -> dict[int, Holding]:
    """Return what each account holds: the copy beside it, or computed if that has changed."""
    held, changed = {}, []
    for read in found:
        key, day = read.account.pk, shown_day(read.account, at=at)
        if day is None:
            continue
        begun = read.holds_from is not None and read.holds_from <= day
        if begun and (read.changes_on is None or day < read.changes_on):
            units = [Quantities(*read.copy[7:11]), Quantities(*read.copy[11:])]
            held[key] = Holding(key, day, *read.copy[:7], *units)
        else:
            changed.append((key, day))
    return held | held_by_many(changed)


def _row(read: _Read, holding: Holding | None, *, by: Person, at: datetime) -> AccountRow:
    account, latest = read.account, read.latest
    today = day_at(at, account.time_zone)
    end = account.covered_until or today
    expired = is_expired(account, at=at)
    started = has_started(account, at=at)
    waits = started and not expired and holding is not None and holding.ends_on < end
    can_undo = latest.kind == Agreement.Kind.RENEWAL and is_undoable(
        latest.starts_on, is_fresh=latest.is_fresh, rule=latest.rule, today=today, by=by
    )
    renewed = waits or can_undo
    next_end = None
    if holding is not None and started and not renewed:
        year = foresee(account, asked_at=at, at=at, anchor_day=holding.anchor_day)
        next_end = year.ends_on if account.trusted or not expired else None
    return AccountRow(
        account=account,
        holding=holding,
        credits=read.credits,
        used={Unit(unit): int(used) for unit, used in map(str.split, read.used)},
        days_left=(end - today).days,
        is_expired=expired,
        starts_on=None if started else account.opened_on,
        collected_until=grace_ends_on(account) if expired else None,
        open_orders=[OpenOrder(*each.split()) for each in read.orders],
        renewed_until=end if renewed else None,
        next_end=next_end,
        can_undo=can_undo,
        is_courtesy=waits and latest.kind == Agreement.Kind.ADJUSTMENT,
    )
