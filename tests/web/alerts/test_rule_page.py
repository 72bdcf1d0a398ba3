from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tests.alerts.watching import LATER
from tests.web.alerts.conftest import Watched

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("sent", "until"),
    [
        ({"until": "hour"}, LATER + timedelta(hours=1)),
        ({"until": "today"}, datetime(2026, 5, 15, 22, tzinfo=UTC)),
        ({"until": "week"}, LATER + timedelta(days=7)),
        ({"until": "day", "day": "2026-05-20"}, datetime(2026, 5, 20, 22, tzinfo=UTC)),
        ({"until": "day", "day": "2026-05-01"}, None),
        ({"until": "day"}, None),
        ({}, None),
    ],
)
def test_an_alert_is_muted_until_a_moment(
    sent: dict[str, str], until: datetime | None, client: Client, watched: Watched
) -> None:
    client.post(f"{watched.address}rules/{watched.rule.uid}/mute/", sent)

    watched.rule.refresh_from_db()
    assert watched.rule.muted_until == until


def test_a_muted_alert_is_let_speak_and_its_acts_stand_on_its_page(
    client: Client, watched: Watched
) -> None:
    address = f"{watched.address}rules/{watched.rule.uid}/"
    client.post(f"{address}mute/", {"until": "week"})
    muted = client.get(address).content.decode()

    client.post(f"{address}mute/", {"until": "speak"})

    watched.rule.refresh_from_db()
    assert watched.rule.muted_until is None
    assert "Volver a avisar" in muted
    page = client.get(address).content.decode()
    assert "Alerta silenciada: Más de 10 kW" in page
    assert "Alerta creada: Más de 10 kW" in page


def test_an_alert_is_removed_once_that_is_said_and_its_episodes_stay(
    client: Client, watched: Watched
) -> None:
    address = f"{watched.address}rules/{watched.rule.uid}/"
    client.post(f"{address}remove/")
    watched.rule.refresh_from_db()
    assert watched.rule.removed_at is None

    client.post(f"{address}remove/", {"sure": "yes"})

    watched.rule.refresh_from_db()
    assert watched.rule.removed_at == LATER
    page = client.get(address).content.decode()
    assert f"alerts/{watched.episodes()[0].uid}/" in page
    assert f"rules/{watched.rule.uid}/change/" not in page
