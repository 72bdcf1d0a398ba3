import json
from typing import Any

import pytest

from tests import make
from vatio.accounts.models import SmsWallet
from vatio.cli import arguments, checking
from vatio.entitlements.models import Usage

pytestmark = pytest.mark.django_db


def check(*options: str) -> tuple[int, dict[str, Any]]:
    said: list[str] = []
    code = checking.run(
        arguments.read(["check", *options, "--json"]), at=make.NOON, say=said.append
    )
    return code, json.loads(said[0])


def test_what_agrees_is_told_to() -> None:
    make.meter(make.account(sms_credits=10))

    assert check() == (0, {"usage": [], "wallets": [], "repaired": False})


def test_what_differs_is_told_and_fails_until_it_is_repaired() -> None:
    hotel, nave = make.account("Hotel"), make.account("Nave", sms_credits=10)
    make.meter(hotel)
    Usage.objects.filter(account=hotel, unit="meters").update(used=7)
    SmsWallet.objects.filter(account=nave).update(balance=99)
    told = {
        "usage": [
            {"account_id": hotel.pk, "account": "Hotel", "unit": "meters", "used": 7, "counted": 1}
        ],
        "wallets": [{"account_id": nave.pk, "account": "Nave", "balance": 99, "counted": 10}],
    }

    assert check() == (1, {**told, "repaired": False})
    assert check("--repair") == (0, {**told, "repaired": True})
    assert check() == (0, {"usage": [], "wallets": [], "repaired": False})
    assert Usage.objects.get(account=hotel, unit="meters").used == 1
    assert SmsWallet.objects.get(account=nave).balance == 10
