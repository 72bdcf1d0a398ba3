"""`vatio accounts show`: what an account holds, uses and has left, today or on another day."""

import argparse
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from vatio.accounts.models import Account, Agreement, SmsTransaction
from vatio.accounts.timeline import known_number
from vatio.cli.naming import account_of
from vatio.dates import start_of, written
from vatio.entitlements.question import Room, entitlement
from vatio.formats import joined, number
from vatio.metering.past import entitlement_on
from vatio.refusal import Refused
from vatio.units import Unit

Say = Callable[[str], None]


def run(arguments: argparse.Namespace, *, at: datetime, say: Say) -> int:
    """Print what an account holds, uses and has left, its wallet and the agreements that say so."""
    account = account_of(arguments)
    found = _on(account, _day(arguments.on)) if arguments.on else _now(account, at=at)
    if arguments.json:
        say(json.dumps(found, ensure_ascii=False))
    else:
        _say_all(found, say)
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(
            _("Write --on as a day such as 2027-05-03, not «%(text)s».") % {"text": text}
        ) from None


def _now(account: Account, *, at: datetime) -> dict[str, Any]:
    found = entitlement(account, at=at)
    return _as_dict(account, found.day, found.rooms, found.credits, found.agreements)


def _on(account: Account, day: date) -> dict[str, Any]:
    """Return what was held and used on a day, and the credits that were there when it ended."""
    found = entitlement_on(account, day)
    end = start_of(day + timedelta(days=1), account.time_zone)
    moved = SmsTransaction.objects.filter(account=account, at__lt=end)
    credits: int = moved.aggregate(sum=Sum("credits", default=0))["sum"]
    return _as_dict(account, found.day, found.rooms, credits, found.agreements)


def _as_dict(
    account: Account,
    day: date | None,
    rooms: Mapping[Unit, Room],
    credits: int,
    agreements: Iterable[str],
) -> dict[str, Any]:
    return {
        "account": account.name,
        "organisation": account.organisation.name,
        "day": day.isoformat() if day else None,
        "held": {unit.value: room.held for unit, room in rooms.items()},
        "used": {unit.value: room.used for unit, room in rooms.items()},
        "left": {unit.value: room.left for unit, room in rooms.items()},
        "wallet": credits,
        "expires": account.covered_until.isoformat() if account.covered_until else None,
        "agreements": _known(agreements),
    }


def _known(numbers: Iterable[str]) -> list[str]:
    """Return agreements as people know them: an order's by the number of the order."""
    asked = list(numbers)
    known = {
        agreement.number: known_number(agreement)
        for agreement in Agreement.objects.filter(number__in=asked).select_related("order")
    }
    return [known[each] for each in asked]


def _say_all(found: Mapping[str, Any], say: Say) -> None:
    day = date.fromisoformat(found["day"]) if found["day"] else None
    say(f"{found['account']} · {found['organisation']}" + (f" · {written(day)}" if day else ""))
    for unit in Unit:
        held, used = found["held"][unit], found["used"][unit]
        words = (
            _("%(unit)s: %(used)s in use, no limit")
            if held is None
            else _("%(unit)s: %(used)s in use of %(held)s")
        )
        say(words % {"unit": unit.label, "used": number(used), "held": number(held or 0)})
    say(_("SMS credits: %(number)s") % {"number": number(found["wallet"])})
    if found["expires"]:
        say(_("Expires: %(day)s") % {"day": written(date.fromisoformat(found["expires"]))})
    if found["agreements"]:
        say(_("Agreements: %(numbers)s") % {"numbers": joined(found["agreements"])})
