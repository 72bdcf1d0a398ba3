"""`vatio check`: what is counted, recounted; what differs is told and, if asked, repaired."""

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from django.utils.translation import gettext as _

from vatio.accounts import wallet
from vatio.formats import number
from vatio.metering import checking

Say = Callable[[str], None]


def run(arguments: argparse.Namespace, *, at: datetime, say: Say) -> int:
    """Recount usage and wallets, and print what differs; return 1 if something still does."""
    usage, wallets = checking.recount(), wallet.recount()
    if arguments.repair:
        for account_id in {each.account_id for each in usage}:
            checking.repair(account_id, at=at)
        for account_id in {each.account_id for each in wallets}:
            wallet.repair(account_id)
    wrong = bool(usage or wallets)
    repaired = wrong and arguments.repair and not (checking.recount() or wallet.recount())
    if arguments.json:
        told = {
            "usage": [asdict(each) for each in usage],
            "wallets": [asdict(each) for each in wallets],
            "repaired": repaired,
        }
        say(json.dumps(told, ensure_ascii=False))
    else:
        _say_all(usage, wallets, repaired=repaired, say=say)
    return 1 if wrong and not repaired else 0


def _say_all(
    usage: list[checking.Miscount],
    wallets: list[wallet.WrongBalance],
    *,
    repaired: bool,
    say: Say,
) -> None:
    for each in usage:
        say(
            _("%(account)s: %(unit)s: %(used)s are told, %(counted)s are in service.")
            % {
                "account": each.account,
                "unit": each.unit.label,
                "used": number(each.used),
                "counted": number(each.counted),
            }
        )
    for balance in wallets:
        say(
            _("%(account)s: SMS credits: %(balance)s are told, %(counted)s were moved.")
            % {
                "account": balance.account,
                "balance": number(balance.balance),
                "counted": number(balance.counted),
            }
        )
    if repaired:
        say(_("What differed is repaired."))
    elif not usage and not wallets:
        say(_("Nothing differs."))
