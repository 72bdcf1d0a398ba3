"""Reckons what became of text messages against what their gateway took, and what was paid."""

from collections import Counter

from tests.notifications.sms_box import SmsBox
from vatio.accounts import wallet
from vatio.accounts.models import SmsTransaction, SmsWallet
from vatio.accounts.texting import Fate
from vatio.notifications.models import Message
from vatio.notifications.sms_delivery import reference

REFUSED = {Fate.PERSON_CAP.value, Fate.ACCOUNT_CAP.value, Fate.NO_CREDITS.value}
"""What is never paid for, nor sent."""


def wrongs(box: SmsBox) -> list[str]:
    """Tell what is wrong with texts of which none is on its way any more."""
    found = [f"recounted: {each}" for each in wallet.recount()]
    taken = Counter(each["id"] for each in box.taken)
    found += [f"sent {times} times: {text}" for text, times in taken.items() if times > 1]
    spent, returned = _moved("spent"), _moved("returned")
    found += [f"paid twice: {text}" for text, each in (spent | returned).items() if len(each) > 1]
    texts = list(Message.objects.filter(channel=Message.Channel.SMS))
    own = {reference(message) for message in texts}
    found += [f"nobody's: {text}" for text in taken if text not in own]
    found += [f"{message}: {why}" for message in texts if (why := _wrong(message, taken))]
    for message in texts:
        never_left = message.state in ("failed", "too late")
        is_paid = message.last_error not in REFUSED
        expected = -spent[message.pk][0] if never_left and is_paid else None
        if is_paid != (message.pk in spent) or returned.get(message.pk) != (
            None if expected is None else [expected]
        ):
            found.append(f"{message}: {spent.get(message.pk)} and {returned.get(message.pk)}")
    for own_wallet in SmsWallet.objects.all():
        moved = sum(
            SmsTransaction.objects.filter(account=own_wallet.account_id).values_list(
                "credits", flat=True
            )
        )
        if own_wallet.balance != moved or own_wallet.balance < 0:
            found.append(f"{own_wallet.account_id}: {own_wallet.balance} of {moved}")
    return found


def _moved(kind: str) -> dict[int, list[int]]:
    """Return the movements of a kind of each message."""
    made: dict[int, list[int]] = {}
    rows = SmsTransaction.objects.filter(kind=kind).values_list("message_id", "credits")
    for message, credits in rows:
        made.setdefault(message, []).append(credits)
    return made


def _wrong(message: Message, taken: Counter[str]) -> str:
    """Tell why the state of a message does not fit what the gateway took, if it does not."""
    times = taken[reference(message)]
    if message.state not in ("failed", "too late", "sent", "uncertain"):
        return message.state
    if message.state in ("failed", "too late") and times:
        return f"{message.state}, and was taken"
    return "sent, and was not taken" if message.state == "sent" and not times else ""
