from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from tests import make
from tests.alerts.watching import rule
from tests.readings.gateways import NOW, gateway
from vatio.alerts.models import AlertEpisode
from vatio.jobs import alerting
from vatio.notifications.models import Message

pytestmark = pytest.mark.django_db(transaction=True)


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'follow_readings'"
            " AND status = 'todo'"
        )
        (count,) = cursor.fetchone()
    return int(count)


def test_an_insertion_wakes_the_job_that_queues_the_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = gateway(quantity=301, minutes=15)
    marta = make.holder(own.account, "viewer", "Marta Vega")
    for module in ("vatio.api.insertion", "vatio.jobs.alerting"):
        monkeypatch.setattr(f"{module}.clock.now", lambda: NOW)
    body = own.body([(0, (NOW - timedelta(minutes=15)).timestamp(), 31.0)])

    def post() -> int:
        answer = Client().post(
            "/readings",
            data=body,
            content_type="application/json",
            headers={"x-dexcell-source-token": own.token},
        )
        return answer.status_code

    rule(own.points[0], threshold=30.0, recipients=[marta], at=NOW - timedelta(hours=1))
    assert post() == 200
    one = waiting()
    assert post() == 200
    still = waiting()
    alerting.follow()

    assert (one, still) == (1, 1)
    assert AlertEpisode.objects.get().ends is None
    message = Message.objects.get(template="alert")
    assert (message.person, message.context["worst"]) == (marta, 31.0)
