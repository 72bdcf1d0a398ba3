import pytest
from django.test import Client

from tests import make
from vatio.accounts.models import Account
from vatio.metering.feeding import own_source
from vatio.metering.models import DataSource, SupplyPoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(hotel: Account) -> list[str]:
    """The pages from which readings are imported."""
    point = make.supply_point(hotel, cups="ES0021000000000001RK")
    source = own_source(hotel, DataSource.Kind.FILES, at=make.NOON)
    base = f"/accounts/{hotel.uid}/installation/"
    assert (SupplyPoint.objects.count(), DataSource.objects.count()) == (1, 1)
    return [base, f"{base}supply-points/{point.uid}/", f"{base}sources/{source.uid}/"]


def test_readings_are_imported_from_where_one_looks_for_it(
    client: Client, hotel: Account, pages: list[str]
) -> None:
    link = f'href="/accounts/{hotel.uid}/readings/import/"'

    found = [link in client.get(each).content.decode() for each in pages]
    client.force_login(make.holder(hotel, "viewer"))
    shown = [link in client.get(each).content.decode() for each in pages]

    assert found == [True, True, True]
    assert shown == [False, False, False]


def test_the_pages_of_readings_stand_under_consumption(client: Client, hotel: Account) -> None:
    page = client.get(f"/accounts/{hotel.uid}/readings/deliveries/").content.decode()

    assert f'href="/accounts/{hotel.uid}/consumption/" aria-current="true"' in page
