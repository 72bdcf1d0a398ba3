"""`vatio sms test` and `vatio sms outbox`: the gateway tried, and what the demo would send."""

import argparse
import json
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from vatio.accounts.models import Account
from vatio.jobs import texts
from vatio.notifications.models import Message
from vatio.notifications.sms_segments import measure, without_accents
from vatio.people.telephones import parse_number
from vatio.refusal import Refused
from vatio.tenants.platform import is_demo

Say = Callable[[str], None]


class NothingKeptHere(Refused):
    """Only the demo keeps the texts of messages."""


def run_test(arguments: argparse.Namespace, *, say: Say) -> int:
    """Send a text message to a number, now, and print that the gateway took it.

    :raises NotATelephone: if it is no number that takes text messages.
    """
    number = parse_number(arguments.number)
    words = _("This message was asked for with «vatio sms test». Nothing else to do.")
    given = texts.try_out(number, without_accents(words))
    say(f"The gateway took the message for {number}." + (f" Its id: {given}." if given else ""))
    return 0


def run_outbox(arguments: argparse.Namespace, *, say: Say) -> int:
    """Print the text messages of the demo, the latest last: what would leave, codes too.

    :raises NothingKeptHere: outside the demo.
    """
    if not is_demo():
        raise NothingKeptHere(_("This platform is not the demo: nobody else reads its messages."))
    found = list(Message.objects.filter(channel=Message.Channel.SMS).order_by("id"))
    names = dict(
        Account.objects.filter(pk__in={each.account_id for each in found}).values_list("pk", "name")
    )
    told = [_as_dict(each, names) for each in found]
    if arguments.json:
        say(json.dumps(told, ensure_ascii=False))
        return 0
    for each in told:
        say(f"{each['queued_at']}  {each['to']}  {each['state']}  {each['text']}")
    return 0


def _as_dict(message: Message, names: dict[int, str]) -> dict[str, Any]:
    text = message.context.get("text", "")
    return {
        "to": message.address,
        "text": text,
        "segments": measure(text).segments if text else None,
        "kind": message.template,
        "account": names.get(message.account_id or 0),
        "state": message.state,
        "queued_at": message.queued_at.isoformat(),
    }
