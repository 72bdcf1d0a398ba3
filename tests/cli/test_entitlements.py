import json
from datetime import timedelta
from typing import Any

import pytest

from tests import make
from vatio.accounts.models import Account, Agreement
from vatio.cli import arguments, entitlements
from vatio.metering import retiring
from vatio.orders import deciding
from vatio.refusal import Refused

pytestmark = pytest.mark.django_db


def show(account: Account, *options: str, name: str = "", days: int = 0) -> dict[str, Any]:
    """Run the command for an account; return what it prints as JSON."""
    words = ["--account", name or account.name, "--organisation", account.organisation.name]
    said: list[str] = []
    typed = arguments.read(["accounts", "show", *words, *options, "--json"])
    at = make.NOON + timedelta(days=days)
    assert entitlements.run(typed, at=at, say=said.append) == 0
    found: dict[str, Any] = json.loads(said[0])
    return found


def test_it_tells_what_is_held_used_and_left_and_who_agreed() -> None:
    hotel = make.account("Hotel Ágora", sms_credits=40)
    make.meter(hotel)
    grown = deciding.accept(
        make.expansion_order(hotel, meters=3, sms=10), by=make.commercial(), at=make.NOON
    )
    order = grown.order.number

    found = show(hotel, name="hotel agora")

    opening = Agreement.objects.get(account=hotel, kind="opening")
    assert found == {
        "account": "Hotel Ágora",
        "organisation": hotel.organisation.name,
        "day": "2026-11-24",
        "held": {"meters": 13, "supply_points": 5, "data_points": None, "rtc_lines": 0},
        "used": {"meters": 1, "supply_points": 0, "data_points": 0, "rtc_lines": 0},
        "left": {"meters": 12, "supply_points": 5, "data_points": None, "rtc_lines": 0},
        "wallet": 50,
        "expires": hotel.covered_until.isoformat() if hotel.covered_until else None,
        "agreements": [opening.number, order],
    }


def test_on_another_day_it_tells_what_was_held_used_and_in_the_wallet_when_it_ended() -> None:
    hotel, elena = make.account(sms_credits=40), make.commercial()
    first, before = make.meter(hotel), make.NOON + timedelta(days=3)
    retiring.retire(first, by=elena, at=before + timedelta(days=1))
    deciding.accept(make.expansion_order(hotel, meters=3, sms=10, at=before), by=elena, at=before)

    on_the_day = show(hotel, "--on", "2026-11-26", days=30)
    later = show(hotel, days=30)

    assert (on_the_day["held"]["meters"], on_the_day["used"]["meters"]) == (10, 1)
    assert on_the_day["wallet"] == 40
    assert (later["held"]["meters"], later["used"]["meters"], later["wallet"]) == (13, 0, 50)


@pytest.mark.parametrize(
    ("options", "name", "words"),
    [
        (["--on", "ayer"], "", "no «ayer»"),
        ([], "Nadie", "no tiene ninguna cuenta «Nadie»"),
    ],
)
def test_what_cannot_be_found_is_refused_in_words(
    options: list[str], name: str, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        show(make.account(), *options, name=name)


def test_an_account_of_another_organisation_is_not_found() -> None:
    hotel = make.account("Hotel", organisation=make.organisation("Norte"))
    other = make.account("Nave", organisation=make.organisation("Sur"))

    with pytest.raises(Refused):
        show(other, name=hotel.name)
