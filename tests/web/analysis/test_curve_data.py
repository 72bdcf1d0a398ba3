from datetime import date

import pytest
from django.test import Client

from tests.consumption.kept import MEASURED, keep
from tests.web.analysis.looked import AT, DOUBTFUL, ESTIMATED, WEEK, data, measured, supplied
from vatio.accounts.models import Account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("october")]


@pytest.mark.parametrize(
    ("day", "count", "hours"), [("2026-03-29", 92, 23), ("2026-10-25", 100, 25)]
)
def test_the_day_on_which_clocks_change_has_its_own_number_of_quarters(
    client: Client, hotel: Account, day: str, count: int, hours: int
) -> None:
    measured(hotel, minutes=15, days=1, last=date.fromisoformat(day))

    sent = data(client, hotel, f"?from={day}&to={day}")

    assert (sent["level"], sent["step"], sent["count"]) == ("slots", 900, count)
    assert sent["ends"] - sent["first"] == hours * 3600
    assert sent["curves"][0]["values"] == [4.0] * count
    assert [minutes for _at, minutes in sent["shifts"]] == ([60, 120] if hours == 23 else [120, 60])
    assert (sent["zone"], sent["unit"], sent["language"]) == ("Europe/Madrid", "kW", "es")


def test_what_is_missing_is_null_and_marks_are_runs(client: Client, hotel: Account) -> None:
    key = measured(hotel, days=1, last=date(2026, 10, 20))
    keep(
        key,
        date(2026, 10, 20),
        [1_000.0] * 6 + [None] * 3 + [1_000.0] * 15,
        [MEASURED] * 12 + [ESTIMATED] * 4 + [DOUBTFUL] * 2 + [MEASURED] * 6,
    )

    sent = data(client, hotel, "?from=2026-10-20&to=2026-10-20")

    (curve,) = sent["curves"]
    assert curve["values"] == [1.0] * 6 + [None] * 3 + [1.0] * 15
    assert curve["estimated"] == [[12, 16]]
    assert curve["doubtful"] == [[16, 18]]
    assert sent["now"] == AT.timestamp()


def test_the_curve_of_a_supply_has_its_periods_and_its_contracted_power(
    client: Client, hotel: Account
) -> None:
    point = supplied(hotel, "Acometida")

    sent = data(client, hotel, f"?what=supply:{point.uid}&from=2026-10-23&to=2026-10-24")

    assert sent["periods"][0] == [0, 6]
    assert [period for _at, period in sent["periods"]] == [6, 5, 4, 5, 4, 5, 6]
    assert sent["contracted"] == [[0, 30.0], [32, 20.0], [96, 30.0]]


def test_the_curve_of_the_whole_account_has_no_contracted_power(
    client: Client, hotel: Account
) -> None:
    supplied(hotel, "Uno")
    supplied(hotel, "Dos")

    sent = data(client, hotel, WEEK)

    assert (sent["periods"], sent["contracted"]) == (None, None)
    assert sent["curves"][0]["values"][0] == 2.0
