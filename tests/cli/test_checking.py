import json
from typing import Any

import pytest

from tests import make
from tests.readings.stored import put, seconds, series
from vatio.accounts.models import SmsWallet
from vatio.cli import arguments, checking
from vatio.entitlements.models import Usage
from vatio.readings import following
from vatio.readings.models import Day, State

pytestmark = pytest.mark.django_db

NOTHING: dict[str, list[object]] = {"usage": [], "wallets": [], "readings": [], "orphans": []}


def check(*options: str) -> tuple[int, dict[str, Any]]:
    said: list[str] = []
    code = checking.run(
        arguments.read(["check", *options, "--json"]), at=make.NOON, say=said.append
    )
    return code, json.loads(said[0])


def test_what_agrees_is_told_to() -> None:
    make.meter(make.account(sms_credits=10))

    assert check() == (0, {**NOTHING, "repaired": False})


def test_what_differs_is_told_and_fails_until_it_is_repaired() -> None:
    hotel, nave = make.account("Hotel"), make.account("Nave", sms_credits=10)
    make.meter(hotel)
    Usage.objects.filter(account=hotel, unit="meters").update(used=7)
    SmsWallet.objects.filter(account=nave).update(balance=99)
    told = {
        **NOTHING,
        "usage": [
            {"account_id": hotel.pk, "account": "Hotel", "unit": "meters", "used": 7, "counted": 1}
        ],
        "wallets": [{"account_id": nave.pk, "account": "Nave", "balance": 99, "counted": 10}],
    }

    assert check() == (1, {**told, "repaired": False})
    assert check("--repair") == (0, {**told, "repaired": True})
    assert check() == (0, {**NOTHING, "repaired": False})
    assert Usage.objects.get(account=hotel, unit="meters").used == 1
    assert SmsWallet.objects.get(account=nave).balance == 10


def said(*options: str) -> tuple[int, list[str]]:
    lines: list[str] = []
    code = checking.run(arguments.read(["check", *options]), at=make.NOON, say=lines.append)
    return code, lines


def test_readings_that_do_not_agree_are_told_by_series_and_repaired() -> None:
    key = series(60)
    begins = seconds("2026-03-30T10:00")
    put(key, [(begins, 1.0), (begins + 86_400, 2.0)], at=begins + 172_800)
    following.follow()
    Day.objects.update(total=9.0)
    State.objects.create(account_id=999, series_id=7)
    about = f"Cuenta {key.account_id}, serie {key.id}"

    assert said() == (
        1,
        [
            f"{about}: 2 días no cuadran con sus valores.",
            f"{about}: 1 mes no cuadra con sus días.",
            "Cuenta 999: readings_state: 1 fila de 7, que ya no existe.",
        ],
    )
    code, told = check("--repair")
    assert (code, told["repaired"]) == (0, True)
    assert told["orphans"] == [{"table": "readings_state", "account_id": 999, "of": 7, "rows": 1}]
    assert told["readings"][0] == {
        "account_id": key.account_id,
        "series_id": key.id,
        "what": "day",
        "day": "2026-03-30",
    }
    assert said() == (0, ["Todo coincide."])
