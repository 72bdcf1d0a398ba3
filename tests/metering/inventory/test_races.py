from typing import Any

import pytest

from tests import make
from tests.counts import full_or_tenth
from tests.metering.inventory.workbooks import HOTEL, written
from tests.races import together
from vatio.accounts.models import Account
from vatio.metering import checking
from vatio.metering.inventory import reading, writing
from vatio.metering.inventory.planning import InventoryPlan
from vatio.metering.models import Meter


def imported(account: Account, content: bytes) -> InventoryPlan:
    return writing.carry_out(
        Account.objects.get(pk=account.pk),
        reading.read(content),
        file_name="hotel.xlsx",
        by=None,
        at=make.NOON,
    )


@pytest.mark.django_db(transaction=True)
def test_two_who_import_the_same_file_at_once_make_it_once() -> None:
    version = make.licence("Todo", meters=50, supply_points=50, rtc_lines=5)
    for _round in range(full_or_tenth(20)):
        account = make.account(version=version)

        done, refused = together([lambda own=account: imported(own, written(HOTEL))] * 2)

        assert sorted(each.count("added") for each in done) == [0, 14]
        assert refused == []
        assert Meter.objects.filter(account=account).count() == 2
    assert checking.recount() == []


@pytest.mark.django_db(transaction=True)
def test_two_files_and_single_meters_at_once_never_exceed_what_is_held() -> None:
    version = make.licence("Diez", meters=10)
    for _round in range(full_or_tenth(20)):
        account = make.account(version=version)
        files = [
            written({"Medidores": [["Nombre"], *([f"{name}{n}"] for n in range(6))]})
            for name in "AB"
        ]
        deeds: list[Any] = [lambda own=account, file=file: imported(own, file) for file in files]
        deeds += [lambda own=account: make.meter(own)] * 3

        together(deeds)

        assert Meter.objects.filter(account=account).count() == 9
    assert checking.recount() == []
