from datetime import date

import pytest
from django.test import Client

from tests.consumption.kept import keep
from tests.web.analysis.looked import WEEK, look, supplied
from vatio.accounts.models import Account
from vatio.metering.models import Series
from vatio.readings import series as all_series

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("october")]


@pytest.mark.parametrize(("by", "share"), [("", "98,2"), ("day", "85,7")])
def test_what_is_incomplete_is_not_told_to_be_received(
    client: Client, hotel: Account, by: str, share: str
) -> None:
    supplied(hotel, "Bar", minutes=60)
    point = supplied(hotel, "Piscina", minutes=60)
    (row,) = Series.objects.filter(data_point__meter__measurements__supply_point=point)
    (key,) = all_series.find(hotel.pk, [row.pk]).values()
    keep(key, date(2026, 10, 21), [250.0] * 21 + [None] * 3)

    seen = look(client, hotel, f"{WEEK}&by={by}")

    tile = seen[seen.index("Datos recibidos") :]
    assert f"<dd>{share} " in tile[: tile.index("</div>")]
    assert "incompleto" in tile[: tile.index("</div>")]
