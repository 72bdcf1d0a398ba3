"""The rows of accounts, as the list and an account's own page show them."""

from dataclasses import dataclass
from datetime import date, datetime

from vatio.accounts import holdings, renewal, undoing
from vatio.accounts.adjusting import courtesy_to_come
from vatio.accounts.expiry import GRACE_DAYS, grace_ends_on, has_started, is_expired
from vatio.accounts.holdings import Holding
from vatio.accounts.models import Account, Term
from vatio.dates import day_at
from vatio.orders.models import Order
from vatio.tenants.models import Person
from vatio.units import Unit

WEEK = 7
NOTHING = (None,) * len(Unit)


@dataclass(frozen=True)
class AccountRow:
    """One account as the list and its own page show it."""

    account: Account
    holding: Holding | None
    credits: int
    days_left: int
    is_expired: bool
    starts_on: date | None
    collected_until: date | None
    open_orders: list[Order]
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
    def open_renewal(self) -> Order | None:
        """The renewal that awaits a decision, if one does."""
        return next((o for o in self.open_orders if o.kind == Order.Kind.RENEWAL), None)

    @property
    def open_growth(self) -> list[Order]:
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


def account_rows(accounts: list[Account], person: Person, *, at: datetime) -> list[AccountRow]:
    """Build the rows of a list; the number of queries does not depend on its length.

    The wallet and the organisation of each account must be fetched already.
    """
    held = holdings.shown(accounts, at=at)
    listed = [account.pk for account in accounts]
    open_orders: dict[int | None, list[Order]] = {}
    for order in Order.objects.open_of(listed, person):
        open_orders.setdefault(order.account_id, []).append(order)
    fresh = undoing.undoable(accounts, by=person, at=at)
    given = courtesy_to_come(listed, at=at)
    return [
        _account_row(
            account,
            held.get(account.pk),
            account.wallet.balance,
            open_orders.get(account.pk, []),
            fresh.get(account.pk),
            is_given=account.pk in given,
            at=at,
        )
        for account in accounts
    ]


def _account_row(
    account: Account,
    holding: Holding | None,
    credits: int,
    open_orders: list[Order],
    fresh: Term | None,
    *,
    is_given: bool,
    at: datetime,
) -> AccountRow:
    today = day_at(at, account.time_zone)
    end = account.covered_until or today
    expired = is_expired(account, at=at)
    started = has_started(account, at=at)
    waits = started and not expired and holding is not None and holding.ends_on < end
    renewed = waits or fresh is not None
    next_end = None
    if holding is not None and started and not renewed:
        year = renewal.foresee(account, asked_at=at, at=at, anchor_day=holding.anchor_day)
        at_once = account.organisation.trusted
        next_end = year.ends_on if at_once or not expired else None
    return AccountRow(
        account=account,
        holding=holding,
        credits=credits,
        days_left=(end - today).days,
        is_expired=expired,
        starts_on=None if started else account.opened_on,
        collected_until=grace_ends_on(account) if expired else None,
        open_orders=open_orders,
        renewed_until=end if renewed else None,
        next_end=next_end,
        can_undo=fresh is not None,
        is_courtesy=waits and is_given,
    )
