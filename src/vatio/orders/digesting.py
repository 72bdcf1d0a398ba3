"""Queues a daily digest of new orders for the people of the department who chose it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max

from vatio.dates import DEPARTMENT_TIME_ZONE, day_at
from vatio.notifications.models import Message
from vatio.notifications.queueing import Recipient, queue
from vatio.orders.models import Order
from vatio.tenants.models import Person

AT = time(8)
"""Digests are queued from this hour on, in the department's time zone."""

MOST_LISTED = 50
TEMPLATE = "orders_digest"


def digest(*, at: datetime) -> int:
    """Queue today's digests, and return how many people were due one with orders in it.

    A digest lists the open orders submitted since the person's previous digest, that instant
    excluded and `at` included. Its idempotency key is the day, so that running often, late or
    concurrently queues nobody a second message. A day without new orders queues none.
    """
    local = at.astimezone(ZoneInfo(DEPARTMENT_TIME_ZONE))
    if local.time() < AT:
        return 0
    people = list(Person.objects.filter(is_commercial=True, is_active=True, digest=True))
    earlier = Message.objects.filter(template=TEMPLATE, person__in=people)
    last = dict(earlier.values_list("person").annotate(Max("queued_at")))
    since = {person.pk: last.get(person.pk, at - timedelta(days=1)) for person in people}
    due = [
        person for person in people if day_at(since[person.pk], DEPARTMENT_TIME_ZONE) < local.date()
    ]
    if not due:
        return 0
    fresh = list(
        Order.objects.open()
        .filter(submitted_at__gt=min(since[person.pk] for person in due), submitted_at__lte=at)
        .select_related("organisation", "account")
        .order_by("submitted_at", "id")
    )
    told = 0
    for person in due:
        orders = [order for order in fresh if order.submitted_at > since[person.pk]]
        if orders:
            queue(
                TEMPLATE,
                [Recipient.of(person)],
                key=f"orders-digest:{local.date().isoformat()}",
                context={
                    "count": len(orders),
                    "orders": [_line(order) for order in orders[:MOST_LISTED]],
                    "path": "/desk/",
                },
                at=at,
                send_before=at + timedelta(days=1),
            )
            told += 1
    return told


def _line(order: Order) -> dict[str, str]:
    return {
        "number": order.number,
        "kind": order.kind,
        "organisation": order.organisation.name,
        "account": order.account.name if order.account else order.account_name,
    }
