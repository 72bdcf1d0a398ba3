import json
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from tests.demo.measuring import TODAY, account, interval, the_series
from vatio.accounts.models import Account
from vatio.demo import filling, gateways, tokens_file
from vatio.demo.energy.values import values
from vatio.demo_clock.models import Fill
from vatio.metering.models import SourceToken
from vatio.readings.models import Day, Delivery

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 2, 10, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: object) -> Path:
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


def door(token: str, body: bytes) -> bytes | None:
    answer = Client().post(
        "/readings",
        body,
        content_type="application/json",
        headers={"authorization": f"Bearer {token}"},
    )
    return answer.content if answer.status_code == 200 else None


def filled(*quantities: int) -> Account:
    hotel = account(
        "Hotel Lugo 012",
        kind="insertion",
        minutes=15,
        days=2,
        quantities=quantities or (402,),
    )
    while filling.fill_next(at=NOW):
        pass
    return hotel


def made(hotel: Account, quantity: int = 402, days: int = 0) -> list[float]:
    own = the_series(hotel, quantity)
    day = TODAY + timedelta(days=days)
    return values(own.profile, day=day, time_zone="Europe/Madrid", minutes=15)


def stored(hotel: Account, quantity: int = 402, days: int = 0) -> list[float | None]:
    key = interval(hotel, quantity).pk
    return Day.objects.get(series_id=key, day=TODAY + timedelta(days=days)).values


def test_what_a_gateway_posts_goes_on_from_the_history_up_to_the_quarter_that_was_read() -> None:
    hotel = filled(402, 405)

    taken = gateways.send(at=NOW, post=door)

    quarters = 11 * 4 + 1
    assert taken == 2
    assert stored(hotel)[: quarters + 1] == [*made(hotel)[:quarters], None]
    assert stored(hotel, 405)[: quarters + 1] == [*made(hotel, 405)[:quarters], None]
    assert stored(hotel, days=-1) == made(hotel, days=-1)
    assert not Delivery.objects.filter(refused__gt=0).exists()


def test_nothing_is_sent_twice_and_a_quarter_later_one_register_is(
    now: time_machine.Traveller,
) -> None:
    hotel = filled()
    gateways.send(at=NOW, post=door)
    now.move_to(NOW + timedelta(minutes=15))

    again = gateways.send(at=NOW, post=door)
    later = gateways.send(at=NOW + timedelta(minutes=15), post=door)

    assert (again, later) == (0, 1)
    assert stored(hotel)[:47] == [*made(hotel)[:46], None]


def test_what_was_not_taken_is_sent_again() -> None:
    hotel = filled()

    assert gateways.send(at=NOW, post=lambda token, body: None) == 0
    assert Fill.objects.get().steps[0]["sent_until"] == 0
    assert gateways.send(at=NOW, post=door) == 2

    assert stored(hotel)[:45] == made(hotel)[:45]


def test_what_a_door_behind_in_time_finds_too_early_is_sent_again(
    now: time_machine.Traveller,
) -> None:
    filled()
    gateways.send(at=NOW, post=door)
    late = NOW + timedelta(days=3)

    gateways.send(at=late, post=door)
    assert Fill.objects.get().steps[0]["sent_until"] < late.timestamp() - 86_400
    now.move_to(late)
    gateways.send(at=late, post=door)
    gateways.send(at=late, post=door)

    assert Fill.objects.get().steps[0]["sent_until"] == late.timestamp() // 900 * 900


def test_a_gateway_catches_up_with_a_few_days_at_a_time(now: time_machine.Traveller) -> None:
    filled()
    late = NOW + timedelta(days=9)
    now.move_to(late)

    assert [gateways.send(at=late, post=door) for _time in range(5)] == [3, 3, 3, 2, 0]


def test_tokens_are_kept_where_only_this_user_reads_and_made_anew_if_lost(home: Path) -> None:
    hotel = filled()
    source = the_series(hotel).source_id

    token = tokens_file.token_of(source)

    file = home / tokens_file.NAME
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(json.loads(file.read_text()).values()) == [token]
    assert tokens_file.token_of(source) == token
    file.unlink()
    assert tokens_file.token_of(source) != token
    assert SourceToken.objects.live(at=NOW).count() == 1


def test_an_account_whose_grace_is_over_sends_nothing() -> None:
    hotel = filled()
    Account.objects.filter(pk=hotel.pk).update(covered_until=TODAY - timedelta(days=60))

    assert gateways.send(at=NOW, post=door) == 0
    assert not (settings.HOME / tokens_file.NAME).exists()


def test_a_door_that_is_not_there_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "1")

    assert gateways.to_own_door("vts_none", b"[]") is None
