from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import make
from tests.readings.stored import put, series
from tests.sheets import opened
from vatio import clock
from vatio.accounts.models import Account
from vatio.history.models import Act
from vatio.metering.models import DataPoint, DataSource
from vatio.portfolios.labels import COLUMNS
from vatio.tenants.models import Organisation, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def norte() -> Organisation:
    return make.organisation("Norte Eficiente")


def filled(norte: Organisation) -> Account:
    today = clock.today("Europe/Madrid")
    account = make.account(organisation=norte, starts_on=today - timedelta(days=20))
    now = int(timezone.now().timestamp())
    put(series(60, of=account), [(now - now % 3600 - 5 * 3600, 7.0)], at=now)
    return account


def show(client: Client, *columns: str) -> None:
    client.post("/columns/", {"column": ["name", *columns], "back": "/"})


@pytest.mark.parametrize("at_desk", [False, True])
def test_the_last_data_is_a_column_that_is_hidden_until_somebody_chooses_it(
    norte: Organisation, client: Client, at_desk: bool
) -> None:
    filled(norte)
    person = make.commercial() if at_desk else make.superadmin(norte)
    client.force_login(person)
    address = "/desk/accounts/" if at_desk else f"/o/{norte.slug}/accounts/"

    before = client.get(address).content.decode()
    show(client, *COLUMNS)
    after = client.get(address).content.decode()

    assert 'data-label="Último dato"' not in before
    assert '<input type="checkbox" name="column" value="last_data">Último dato' in before
    assert 'data-label="Último dato"' in after
    assert "hace 4 h" in after
    assert Person.objects.get(pk=person.pk).hidden_columns == []


def test_the_column_takes_one_query_however_many_rows_there_are(
    norte: Organisation, client: Client
) -> None:
    client.force_login(make.superadmin(norte))
    counts = []
    for shown in ([], ["last_data"]):
        show(client, *shown)
        for _ in range(3):
            filled(norte)
            client.get(f"/o/{norte.slug}/accounts/")
            with CaptureQueriesContext(connection) as counted:
                client.get(f"/o/{norte.slug}/accounts/")
            counts.append(len(counted))

    assert counts == [counts[0]] * 3 + [counts[0] + 1] * 3


def test_the_workbook_has_the_moment_of_the_last_data(norte: Organisation, client: Client) -> None:
    filled(norte)
    client.force_login(make.superadmin(norte))

    book = opened(client.get(f"/o/{norte.slug}/accounts/?as=xlsx").getvalue())

    headings, row = book.get_sheet_by_index(0).to_python()
    age = datetime.now(ZoneInfo("Europe/Madrid")).replace(tzinfo=None) - row[place(headings)]
    assert timedelta(hours=4) <= age < timedelta(hours=5)


def place(headings: list[object]) -> int:
    return headings.index("Último dato")


@pytest.mark.parametrize("page", ["", "sources/"])
def test_the_commercial_department_sees_how_fresh_sources_are_without_an_act(
    norte: Organisation, client: Client, page: str
) -> None:
    account = filled(norte)
    source = DataSource.objects.create(
        account=account,
        organisation=norte,
        name="Pasarela",
        kind=DataSource.Kind.INSERTION,
        created_at=make.NOON,
    )
    DataPoint.objects.filter(account=account).update(source=source)
    client.force_login(make.commercial())
    acts = Act.objects.count()

    shown = client.get(f"/accounts/{account.uid}/installation/{page}").content.decode()

    assert "Último dato" in shown
    assert "hace 4 h" in shown
    assert Act.objects.count() == acts
