import asyncio
import multiprocessing
import random
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from tests import make
from tests.counts import full_or_tenth
from tests.notifications import mortal
from tests.notifications.postbox import Postbox, open_postbox
from vatio.dates import add_months, start_of
from vatio.notifications import delivery
from vatio.notifications.delivery import Sender, deliver
from vatio.notifications.models import Message
from vatio.notifications.smtp import SmtpConnection
from vatio.reminders.models import Reminder

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

KILLS = full_or_tenth(200)
BEGINS_AT = datetime(2027, 4, 3, 5, 58, tzinfo=UTC)
"""Two minutes before eight in Madrid; the Canaries and the Azores follow within half a minute."""

TIME_ZONES = ["Europe/Madrid", "Atlantic/Canary", "Atlantic/Azores"]
SENDER = Sender("avisos@vatio.example", "https://vatio.example")
DECIDED = {"month": 90, "week": 45}
OPEN = [Message.State.QUEUED, Message.State.HANDING_OVER]


class Moody(Postbox):
    """Takes its time, refuses for now, and hangs up before or after its answer."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.dice = random.Random(seed)
        self.refused["nadie@norte.example"] = "550 No such user here"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await asyncio.sleep(self.dice.choice([0, 0, 0.02, 0.1, 0.2]))
        mood = self.dice.choices(
            ["250 OK", "451 Later", "drop before", "drop after"], weights=[16, 2, 1, 1]
        )
        self.answers = mood
        return await super().handle_DATA(server, session, envelope)


def is_over() -> bool:
    """Tell whether every reminder was decided and no message is on its way."""
    decided = Reminder.objects.count() == sum(DECIDED.values())
    return decided and not Message.objects.filter(state__in=OPEN).exists()


def test_three_workers_killed_two_hundred_times_lose_nothing_and_repeat_nothing_unseen() -> None:
    norte = make.organisation()
    for _ in range(3):
        make.superadmin(norte)
    for number in range(90):
        end = date(2027, 5, 3) if number % 2 else date(2027, 4, 10)
        time_zone = TIME_ZONES[number % 3]
        hotel = make.account(
            organisation=norte,
            starts_on=add_months(end, -12, anchor_day=end.day),
            time_zone=time_zone,
        )
        if number % 30 == 0:
            hotel.contact_email = "nadie@norte.example"
            hotel.save(update_fields=["contact_email"])
    Message.objects.update(state=Message.State.SENT)
    dice = random.Random(27)
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload([mortal.__name__])
    begun = time.monotonic()

    with open_postbox(Moody(27)) as box:
        database = connection.settings_dict["NAME"]

        def worker() -> multiprocessing.process.BaseProcess:
            process = forks.Process(
                target=mortal.live, args=(database, box.port, BEGINS_AT, begun), daemon=True
            )
            process.start()
            return process

        workers = [worker() for _ in range(3)]
        for _ in range(KILLS):
            time.sleep(dice.uniform(0.01, 0.25))
            place = dice.randrange(3)
            workers[place].kill()
            workers[place].join()
            workers[place] = worker()
        deadline = time.monotonic() + 120
        while not is_over() and time.monotonic() < deadline:
            time.sleep(0.1)
        for each in workers:
            assert each.is_alive(), "a worker fell by itself"
            each.kill()
            each.join()

    assert dict(Counter(Reminder.objects.values_list("milestone", flat=True))) == DECIDED
    told = Reminder.objects.filter(overtaken=False).select_related("account")
    readers = sum(4 if each.account.contact_email else 3 for each in told)
    messages = list(Message.objects.filter(template="reminder"))
    arrived = Counter(box.ids)
    assert len(messages) == readers
    failed = [message.address for message in messages if message.state == Message.State.FAILED]
    assert set(failed) == {"nadie@norte.example"}
    for message in messages:
        times = arrived[delivery.message_id(message, "vatio.example")]
        if message.state == Message.State.SENT:
            assert times >= 1
        if times > 1:
            assert message.repeated
        assert times <= 2
    assert any(message.repeated for message in messages), "nothing was ever in doubt"

    doubted = [each for each in messages if each.state == Message.State.UNCERTAIN]
    at = start_of(date(2027, 4, 4), "UTC")
    for message in doubted:
        delivery.retry(message, at=at)
    with open_postbox() as calm, SmtpConnection(calm.address) as door:
        assert deliver(door, SENDER, now=lambda: at + timedelta(seconds=1)).sent == len(doubted)
