from pathlib import Path

import pytest

from tests.demo.measuring import account
from tests.serving import serving
from vatio import clock
from vatio.demo import filling, gateways
from vatio.readings.models import Delivery
from vatio.readings.ranks import Origin

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


def test_a_gateway_posts_to_the_web_process_that_runs(
    monkeypatch: pytest.MonkeyPatch, settings: object, tmp_path: Path
) -> None:
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    at = clock.real()
    account(
        "Hotel Lugo 012",
        kind="insertion",
        minutes=15,
        days=2,
        today=clock.today("Europe/Madrid"),
    )
    while filling.fill_next(at=at):
        pass
    before = Delivery.objects.get().new

    with serving() as web:
        monkeypatch.setenv("PORT", str(web.port))
        taken = gateways.send(at=at, post=gateways.to_own_door)

    assert taken >= 1
    deliveries = Delivery.objects.filter(origin=Origin.INSERTION)
    assert sum(each.new for each in deliveries) > before
    assert not deliveries.filter(refused__gt=0).exists()
