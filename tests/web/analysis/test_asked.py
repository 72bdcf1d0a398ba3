from datetime import date, timedelta

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from tests.metering.calculated import calculated
from tests.web.analysis.looked import TODAY, address, measured
from vatio.accounts.models import Account
from vatio.web.analysis.asked import EARLIEST, MOST_AHEAD, read

ONE_DAY = timedelta(days=1)
DAYS = st.one_of(
    st.dates(),
    st.sampled_from([date.min, date.min + ONE_DAY, date.max - ONE_DAY, date.max]),
)
ABSURD = ["0001-01-01", "0001-01-02", "1999-12-31", "9000-01-01", "9999-12-30", "9999-12-31"]


@given(first=st.none() | DAYS, last=st.none() | DAYS, most=st.integers(1, 4_000))
def test_whatever_days_an_address_has_the_span_is_one_that_can_be_looked_at(
    first: date | None, last: date | None, most: int
) -> None:
    told = {"from": first, "to": last}
    parameters = QueryDict(mutable=True)
    parameters.update({name: day.isoformat() for name, day in told.items() if day})

    asked = read(parameters, today=TODAY, most_days=most)

    assert 1 <= asked.days <= most
    assert EARLIEST <= asked.since <= asked.last <= TODAY + MOST_AHEAD
    for way in (-1, 1):
        assert asked.moved(way)


@pytest.mark.django_db
@pytest.mark.usefixtures("october")
@pytest.mark.parametrize("where", ["", "heat-map/", "curve/", "download.csv", "download.xlsx"])
@pytest.mark.parametrize("day", ABSURD)
def test_no_day_of_an_address_breaks_a_page_of_energy(
    client: Client, hotel: Account, where: str, day: str
) -> None:
    measured(hotel, days=2)
    queries = [f"?{name}={day}&versus=weekday" for name in ("from", "to")]

    answers = [client.get(address(hotel, query, where)) for query in queries]

    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.django_db
@pytest.mark.usefixtures("october")
@pytest.mark.parametrize("day", ABSURD)
def test_no_day_of_an_address_breaks_another_page_of_an_account(
    client: Client, hotel: Account, day: str
) -> None:
    measured(hotel, days=2)
    sums = calculated(hotel)
    client.force_login(make.superadmin(hotel.organisation))
    whole = f"/accounts/{hotel.uid}/"

    answers = [
        client.get(where)
        for where in (
            f"{whole}consumption/data-quality/?period={day[:4]}",
            f"{whole}consumption/data-quality/?period={day[:7]}&as=csv",
            f"{whole}contract/?on={day}",
            f"{whole}installation/calculated/{sums.uid}/change/?since={day}",
            f"{whole}alerts/?from={day}",
            f"{whole}alerts/?to={day}",
            f"{whole}alerts/?from={day}&to={day}",
        )
    ]

    assert [answer.status_code for answer in answers] == [200] * 7
