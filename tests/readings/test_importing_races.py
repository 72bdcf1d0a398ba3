from datetime import UTC, datetime

import pytest

from tests.counts import full_or_tenth
from tests.races import together
from tests.readings.gateways import NOW, gateway
from tests.readings.recounting import disagreements
from vatio.accounts.models import Account
from vatio.metering.installing import add_series
from vatio.readings.files.curves import CurveOptions
from vatio.readings.importing import CurveChoice, carry_out

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_files_of_registers_with_known_digits_never_wait_for_each_other() -> None:
    for _each in range(full_or_tenth(50)):
        own = gateway(1, quantity=402)
        point = own.points[0]
        add_series(point, minutes=60, kind="register", at=NOW)
        account = Account.objects.get(pk=own.account.pk)
        told = CurveOptions(
            kind="register", unit="kWh", label="start", time_zone="Europe/Madrid", minutes=60
        )
        choice = CurveChoice(point=point, digits=6)

        def bring(first: int) -> int:
            rows = [f"2026-10-24T{hour:02}:00:00Z,{100 + hour}" for hour in range(first, 24, 3)]
            text = "\n".join(["timestamp,kwh", *rows]).encode()
            made = carry_out(
                account, text, name=f"{first}.csv", told=told, choice=choice, by=None, at=NOW
            )
            return sum(each.counts.new for each in made.curves)

        def send() -> int:
            at = datetime(2026, 10, 24, 2, tzinfo=UTC).timestamp()
            return own.insert(
                [(0, at + 3 * 3600 * each, 102 + 3 * each) for each in range(8)]
            ).counts.new

        done, refused = together([lambda: bring(0), lambda: bring(1), send])

        assert (sum(done), refused) == (24, [])
    assert disagreements() == []
