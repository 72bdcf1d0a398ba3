import multiprocessing
import random
import time

import pytest
from django.db import connection

from tests import make
from tests.counts import full_or_tenth
from tests.notifications import mortal_texting
from tests.notifications.reckoning import wrongs
from tests.notifications.sms_box import MoodySmsBox, open_sms_box
from vatio.accounts import texting
from vatio.notifications.models import Message
from vatio.notifications.sms_delivery import deliver_texts
from vatio.people.models import Telephone

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

KILLS = full_or_tenth(200)
LEAST = 50
"""How many texts have to be queued for the kills to prove something."""


def test_senders_killed_two_hundred_times_send_nothing_twice_and_invent_no_credit() -> None:
    for _each in range(3):
        make.account(sms_credits=100_000)
    for number in range(8):
        Telephone.objects.create(
            person=make.person(), number=f"+34600{number:06}", confirmed_at=make.NOON
        )
    dice = random.Random(11)
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload([mortal_texting.__name__])
    begun = time.monotonic()

    with open_sms_box(MoodySmsBox(11)) as box:
        database = connection.settings_dict["NAME"]

        def sender(number: int) -> multiprocessing.process.BaseProcess:
            process = forks.Process(
                target=mortal_texting.live,
                args=(database, box.url, make.NOON, begun, number),
                daemon=True,
            )
            process.start()
            return process

        senders = [sender(number) for number in range(3)]
        kills = 0
        while kills < KILLS or Message.objects.filter(channel="sms").count() <= LEAST:
            assert kills < 10 * KILLS, "too little is sent"
            # On a busy machine senders need longer before they get anywhere.
            time.sleep(dice.uniform(0.05, 0.4) * max(1.0, kills / KILLS))
            place = dice.randrange(3)
            senders[place].kill()
            senders[place].join()
            senders[place] = sender(3 + kills)
            kills += 1
        for each in senders:
            assert each.is_alive(), "a sender fell by itself"
            each.kill()
            each.join()
        over = Message.objects.latest("send_before").send_before
        deliver_texts(None, settled=texting.settle, now=lambda: over)

    texts = list(Message.objects.filter(channel="sms"))
    assert wrongs(box) == []
    assert any(message.state == "uncertain" for message in texts), "nothing was ever in doubt"
