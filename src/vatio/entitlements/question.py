"""What an account holds, uses and has left: one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from vatio.accounts.current_holdings import TOTALS
from vatio.accounts.holdings import shown_day
from vatio.accounts.models import Account
from vatio.units import Unit

ASK = f"""
SELECT {", ".join(f"held.{unit}" for unit in Unit)}, usage.*, wallet.balance, granted.numbers
FROM accounts_smswallet wallet
LEFT JOIN ({TOTALS}) AS held ON true
CROSS JOIN LATERAL (
    SELECT {", ".join(f"coalesce(max(used) FILTER (WHERE unit = '{unit}'), 0)" for unit in Unit)}
    FROM entitlements_usage WHERE account_id = %(account)s
) AS usage
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(agreement.number ORDER BY given.effective_on, given.id),
                    '{{}}'::text[]) AS numbers
    FROM accounts_term term
    JOIN accounts_grant given ON given.term_id = term.id AND given.effective_on <= %(day)s
    JOIN accounts_agreement agreement ON agreement.id = given.agreement_id
    WHERE term.account_id = %(account)s AND term.live @> %(day)s
) AS granted
WHERE wallet.account_id = %(account)s
"""  # noqa: S608


@dataclass(frozen=True)
class Room:
    """Of a unit: the number held (None where the licence does not count it) and the number used.

    `used` may exceed `held`: less was agreed than is installed. That is legal, and is shown.
    """

    held: int | None
    used: int

    @property
    def left(self) -> int | None:
        """How many more can be added, below zero if more is used than held; None for no limit."""
        return None if self.held is None else self.held - self.used

    @property
    def is_over(self) -> bool:
        """Whether more is used than held."""
        return self.held is not None and self.used > self.held

    @property
    def percent(self) -> int:
        """The percentage used of what is held, not above 100; 0 without a limit."""
        return min(self.used * 100 // self.held, 100) if self.held else 100 * bool(self.is_over)

    @property
    def tenths(self) -> int:
        """How many of the ten cells of its gauge are filled: all only if nothing is left.

        0 for no gauge: where there is no limit, or nothing is used.
        """
        return 0 if self.held is None or not self.used else max(self.percent // 10, 1)

    @property
    def over(self) -> int:
        """How many more are used than held; 0 if none are."""
        return self.used - self.held if self.held is not None and self.is_over else 0


@dataclass(frozen=True)
class Entitlement:
    """What an account holds, uses and has left, and the agreements that say so.

    `day` is the day whose holding is told: today, or the nearest day that the account covers.
    """

    account_id: int
    day: date | None
    rooms: Mapping[Unit, Room]
    credits: int
    agreements: tuple[str, ...]


def entitlement(account: Account, *, at: datetime) -> Entitlement:
    """Return what an account holds, uses and has left at `at`, as the pages show and limits say.

    :param account: with its derived columns and its time zone.
    """
    day = shown_day(account, at=at)
    with connection.cursor() as cursor:
        cursor.execute(ASK, {"account": account.pk, "day": day})
        *numbers, credits, agreements = cursor.fetchone()
    count = len(Unit)
    rooms = {
        unit: Room(held, used)
        for unit, held, used in zip(Unit, numbers[:count], numbers[count:], strict=True)
    }
    return Entitlement(account.pk, day, rooms, credits, tuple(agreements))
