"""`vatio check`: what is counted, recounted; what differs is told and, if asked, repaired."""

import argparse
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vatio.accounts import wallet
from vatio.formats import number
from vatio.metering import checking
from vatio.readings import checking as readings
from vatio.readings import orphans
from vatio.readings.checking import Kept, Mismatch
from vatio.readings.orphans import Orphan

Say = Callable[[str], None]


@dataclass(frozen=True)
class Found:
    """All that differs from what it is counted from."""

    usage: list[checking.Miscount]
    wallets: list[wallet.WrongBalance]
    readings: list[Mismatch]
    orphans: list[Orphan]

    def __bool__(self) -> bool:
        return any((self.usage, self.wallets, self.readings, self.orphans))


def run(arguments: argparse.Namespace, *, at: datetime, say: Say) -> int:
    """Recount usage, wallets and readings; print what differs; return 1 if something still does."""
    found = _look()
    if arguments.repair:
        _repair(found, at=at)
    repaired = bool(found) and arguments.repair and not _look()
    if arguments.json:
        told = {
            name: [asdict(each) for each in differing] for name, differing in vars(found).items()
        }
        say(json.dumps({**told, "repaired": repaired}, ensure_ascii=False, default=str))
    else:
        _say_all(found, repaired=repaired, say=say)
    return 1 if found and not repaired else 0


def _look() -> Found:
    return Found(checking.recount(), wallet.recount(), readings.compare(), orphans.find())


def _repair(found: Found, *, at: datetime) -> None:
    for account_id in {each.account_id for each in found.usage}:
        checking.repair(account_id, at=at)
    for account_id in {each.account_id for each in found.wallets}:
        wallet.repair(account_id)
    if found.orphans:
        orphans.mend()
    for account_id in {each.account_id for each in found.readings}:
        readings.repair(account_id)


def _say_all(found: Found, *, repaired: bool, say: Say) -> None:
    for each in found.usage:
        say(
            _("%(account)s: %(unit)s: %(used)s are told, %(counted)s are in service.")
            % {
                "account": each.account,
                "unit": each.unit.label,
                "used": number(each.used),
                "counted": number(each.counted),
            }
        )
    for balance in found.wallets:
        say(
            _("%(account)s: SMS credits: %(balance)s are told, %(counted)s were moved.")
            % {
                "account": balance.account,
                "balance": number(balance.balance),
                "counted": number(balance.counted),
            }
        )
    _say_readings(found, say)
    if repaired:
        say(_("What differed is repaired."))
    elif not found:
        say(_("Nothing differs."))


def _say_readings(found: Found, say: Say) -> None:
    """Print what differs of readings: a line for each series and each kind, not for each day."""
    counted = Counter((each.account_id, each.series_id, each.what) for each in found.readings)
    for (account_id, series_id, what), times in counted.items():
        say(
            _("Account %(account)s, series %(series)s: %(what)s.")
            % {"account": account_id, "series": series_id, "what": _differing(what, times)}
        )
    for orphan in found.orphans:
        rows = ngettext("%(n)s row", "%(n)s rows", orphan.rows) % {"n": number(orphan.rows)}
        said = {"account": orphan.account_id, "table": orphan.table, "rows": rows}
        if orphan.of is None:
            say(_("Account %(account)s is gone: %(table)s: %(rows)s.") % said)
        else:
            say(
                _("Account %(account)s: %(table)s: %(rows)s of %(of)s, which is gone.")
                % {**said, "of": orphan.of}
            )


def _differing(what: Kept, times: int) -> str:
    if what is Kept.FIRST:
        return _("another first day is told than the readings have")
    words = {
        Kept.DAY: ngettext(
            "%(n)s day differs from its values", "%(n)s days differ from their values", times
        ),
        Kept.MONTH: ngettext(
            "%(n)s month differs from its days", "%(n)s months differ from their days", times
        ),
    }
    return words[what] % {"n": number(times)}
