"""Queues news as the product does, and tells which digests told it."""

from datetime import datetime

from tests import make
from vatio.accounts.models import Account
from vatio.notifications.models import Message
from vatio.notifications.news import DIGEST
from vatio.notifications.queueing import Recipient, queue
from vatio.tenants.models import Person


def tell(
    person: Person,
    name: str,
    *,
    template: str = "account_leaving",
    account: Account | None = None,
    at: datetime = make.NOON,
    here: bool = False,
) -> Message:
    """Queue a piece of news, named for the occasion, and return its message."""
    queue(
        template,
        [Recipient.of(person, here=here)],
        key=name,
        context={
            "account": name,
            "organisation": "Norte",
            "by": "Nuria",
            "ends_on": "2027-05-03",
            "path": f"/accounts/{account.uid}/" if account else "/help/",
        },
        at=at,
        organisation=account.organisation if account else None,
        account_id=account.pk if account else None,
    )
    return Message.objects.get(key=f"{name}:{person.email}")


def told_by(digest: Message) -> list[str]:
    """Return the names of the news that a digest gathered."""
    found = Message.objects.filter(pk__in=digest.context["news"]).order_by("id")
    return [message.context["account"] for message in found]


def digests() -> dict[str, list[str]]:
    """Return what each digest gathered, by the day that its key names."""
    found = Message.objects.filter(template=DIGEST).order_by("id")
    return {message.key.split(":")[2]: told_by(message) for message in found}
