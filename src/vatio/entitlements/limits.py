"""Takes units for what an account adds, up to what it holds, and frees them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from vatio.accounts.current_holdings import TOTALS
from vatio.accounts.expiry import has_started, is_expired
from vatio.accounts.models import Account
from vatio.dates import day_at, written
from vatio.entitlements import notices
from vatio.formats import number
from vatio.refusal import Refused
from vatio.units import Unit

BEGIN = """
INSERT INTO entitlements_usage (account_id, organisation_id, unit, used, told_step, tellings)
SELECT %(account)s, %(organisation)s, unit, 0, 0, 0 FROM unnest(%(units)s::text[]) AS unit
ON CONFLICT (account_id, unit) DO NOTHING
"""
LOCK = """
SELECT unit FROM entitlements_usage WHERE account_id = %(account)s ORDER BY unit FOR UPDATE
"""
"""Locks an account's usage of all units, whichever are taken: in what order a change takes and
frees several of them cannot matter then: no two changes can deadlock."""

TAKE = f"""
WITH held AS MATERIALIZED ({TOTALS}), asked (unit, count) AS (VALUES {{asked}})
UPDATE entitlements_usage own SET used = own.used + asked.count
FROM asked CROSS JOIN held
JOIN accounts_account account ON account.id = %(account)s
 AND account.opened_on <= %(day)s AND %(day)s < account.covered_until
CROSS JOIN LATERAL (SELECT CASE asked.unit
    {" ".join(f"WHEN '{unit}' THEN held.{unit}" for unit in Unit)} END) AS most (number)
WHERE own.account_id = %(account)s AND own.unit = asked.unit
  AND (most.number IS NULL OR own.used + asked.count <= most.number)
RETURNING own.unit, own.used, most.number, own.told_step, own.told_held
"""  # noqa: S608
"""Takes units where there is room. The rows are locked by the statement before: a snapshot taken
in the statement that waits for a lock would be older than the lock."""

ROOM = f"""
SELECT own.used, CASE own.unit
    {" ".join(f"WHEN '{unit}' THEN held.{unit}" for unit in Unit)} END
FROM entitlements_usage own LEFT JOIN ({TOTALS}) AS held ON true
WHERE own.account_id = %(account)s AND own.unit = %(unit)s
"""  # noqa: S608

FREE = """
UPDATE entitlements_usage own SET used = own.used - asked.count,
    told_step = CASE WHEN (own.used - asked.count) * 100 < own.told_held * 70 THEN 0
                     ELSE own.told_step END
FROM unnest(%(units)s::text[], %(counts)s::int[]) AS asked (unit, count)
WHERE own.account_id = %(account)s AND own.unit = asked.unit
"""
"""Frees units; below 70 per cent of what was held when it was told, it may be told again."""


class LimitReached(Refused):
    """The account holds no more of a unit: `used` of `held`, both for the words of the page."""

    def __init__(self, unit: Unit, *, used: int, held: int, wanted: int) -> None:
        words = _("Limit of %(unit)s: %(used)s of %(held)s") % {
            "unit": unit.plural(2).replace("%(n)s", "").strip(),
            "used": number(used),
            "held": number(held),
        }
        super().__init__(words)
        self.unit, self.used, self.held, self.wanted = unit, used, held, wanted

    @property
    def fits(self) -> int:
        """How many more would fit."""
        return max(self.held - self.used, 0)


class NothingCanBeAdded(Refused):
    """The account has expired or has yet to start: nothing can be installed in it."""


class _Taken(NamedTuple):
    unit: str
    used: int
    held: int | None
    told_step: int
    told_held: int | None


def ensure_open(account: Account, *, at: datetime) -> date:
    """Return today in the account's time zone, if things can be added to the account.

    :raises NothingCanBeAdded: if the account has expired, grace included, or has yet to start.
    """
    if not has_started(account, at=at):
        starts = written(account.opened_on) if account.opened_on else "–"
        raise NothingCanBeAdded(
            _("This account starts on %(day)s: nothing can be added before.") % {"day": starts}
        )
    if is_expired(account, at=at):
        end = written(account.covered_until) if account.covered_until else "–"
        raise NothingCanBeAdded(
            _("This account expired on %(day)s: nothing can be added until it is renewed.")
            % {"day": end}
        )
    return day_at(at, account.time_zone)


def why_closed(account: Account, *, at: datetime) -> str:
    """Return why nothing can be added to an account; nothing if things can be."""
    try:
        ensure_open(account, at=at)
    except NothingCanBeAdded as refused:
        return str(refused)
    return ""


@transaction.atomic
def take(account: Account, counts: Mapping[Unit, int], *, at: datetime) -> None:
    """Take units for what the caller adds in the same transaction, all of them or none.

    Two who take at once wait for each other, and never exceed what is held together. All
    units are counted, those too that the licence does not count: of these there is no limit.

    :raises NothingCanBeAdded: if the account has expired or has yet to start.
    :raises LimitReached: naming the first unit of which the account holds too few.
    """
    today = ensure_open(account, at=at)
    wanted = {unit: count for unit, count in sorted(counts.items()) if count > 0}
    if not wanted:
        return
    lock(account)
    asked = ", ".join(
        f"(%(unit_{place})s::text, %(count_{place})s::int)" for place in range(len(wanted))
    )
    values: dict[str, Any] = {"account": account.pk, "day": today}
    for place, (unit, count) in enumerate(wanted.items()):
        values |= {f"unit_{place}": unit.value, f"count_{place}": count}
    with connection.cursor() as cursor:
        cursor.execute(TAKE.format(asked=asked), values)
        taken = [_Taken._make(row) for row in cursor.fetchall()]
    if len(taken) < len(wanted):
        account.refresh_from_db(fields=["opened_on", "covered_until", "ends_at"])
        ensure_open(account, at=at)
        found = {Unit(each.unit) for each in taken}
        _refuse(
            account,
            next(unit for unit in Unit if unit in wanted.keys() - found),
            wanted=wanted,
            today=today,
        )
    for each in taken:
        notices.tell_if_near(
            account,
            Unit(each.unit),
            used=each.used,
            held=each.held,
            told=(each.told_step, each.told_held),
            at=at,
        )


def free(account: Account, counts: Mapping[Unit, int]) -> None:
    """Give units back, in the transaction that retires what took them."""
    given = {unit: count for unit, count in sorted(counts.items()) if count > 0}
    if not given:
        return
    lock(account)
    with connection.cursor() as cursor:
        cursor.execute(
            FREE,
            {
                "account": account.pk,
                "units": [unit.value for unit in given],
                "counts": list(given.values()),
            },
        )


def lock(account: Account) -> None:
    """Lock the usage of an account until the transaction ends; begin it where there is none."""
    asked: dict[str, Any] = {"account": account.pk}
    with connection.cursor() as cursor:
        cursor.execute(LOCK, asked)
        if len(cursor.fetchall()) < len(Unit):
            units = [unit.value for unit in Unit]
            cursor.execute(
                BEGIN, {**asked, "organisation": account.organisation_id, "units": units}
            )
            cursor.execute(LOCK, asked)


def _refuse(account: Account, unit: Unit, *, wanted: Mapping[Unit, int], today: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(ROOM, {"account": account.pk, "unit": unit.value, "day": today})
        used, held = cursor.fetchone()
    raise LimitReached(unit, used=used, held=held or 0, wanted=wanted[unit])
