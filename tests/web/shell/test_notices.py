import re
from datetime import timedelta

import pytest
from django.test import Client

from tests import make
from vatio import clock
from vatio.accounts.models import Account
from vatio.dates import add_months
from vatio.tenants.models import Organisation, Person

pytestmark = pytest.mark.django_db

NOTICE = re.compile(r'<div class="notice said.*?</label></div>', re.S)


@pytest.fixture
def norte() -> Organisation:
    return make.organisation("Norte Eficiente")


@pytest.fixture
def nuria(norte: Organisation, client: Client) -> Person:
    person = make.superadmin(norte)
    client.force_login(person)
    return person


def ending(norte: Organisation, name: str = "Hotel Lugo", *, days: int = 20) -> Account:
    end = clock.today("Europe/Madrid") + timedelta(days=days)
    starts_on = add_months(end, -12, anchor_day=end.day)
    make.account(name, organisation=norte, starts_on=starts_on)
    return Account.objects.get(name=name)


def renew(client: Client, account: Account, back: str) -> str:
    end = account.covered_until.isoformat() if account.covered_until else ""
    sent = client.post(f"/accounts/{account.uid}/renew/", {"end": end, "back": back})
    return str(sent["Location"])


def notices(page: bytes) -> list[str]:
    return NOTICE.findall(page.decode())


def test_a_trusted_renewal_leaves_its_undoing_in_the_notice(
    client: Client, norte: Organisation, nuria: Person
) -> None:
    Organisation.objects.update(trusted=True)
    account = ending(norte)
    before, list_at = account.covered_until, f"/o/{norte.slug}/accounts/?q=lugo"

    (said,) = notices(client.get(renew(client, account, list_at)).content)
    undone = re.search(r'<form method="post" action="([^"]+)">.*name="back" value="([^"]+)"', said)
    assert undone
    sent = client.post(undone[1], {"back": undone[2]})
    account.refresh_from_db()

    assert 'role="status"' in said
    assert "Deshacer</button>" in said
    assert sent["Location"] == f"{list_at}#a-{account.uid}"
    assert account.covered_until == before


def test_a_requested_renewal_says_so_above_the_page_too(
    client: Client, norte: Organisation, nuria: Person
) -> None:
    account = ending(norte)

    (said,) = notices(client.get(renew(client, account, f"/o/{norte.slug}/accounts/")).content)

    assert f"Renovación de Hotel Lugo solicitada: {account.orders.get().number}." in said
    assert "<form" not in said


def test_a_refusal_stands_at_its_row_and_above_a_list_without_that_row(
    client: Client, norte: Organisation, nuria: Person
) -> None:
    account = ending(norte)
    make.renewal_order(account, by=nuria, at=clock.now())
    list_at = f"/o/{norte.slug}/accounts/"

    at_its_row = client.get(renew(client, account, list_at)).content
    without_it = client.get(renew(client, account, list_at + "?q=nothing")).content

    assert notices(at_its_row) == []
    assert at_its_row.decode().count('class="refused"') == 1
    assert len(notices(without_it)) == 1


def test_a_part_of_a_page_that_a_script_fetches_takes_no_notice_away(
    client: Client, norte: Organisation, nuria: Person
) -> None:
    account = ending(norte)
    list_at = f"/o/{norte.slug}/accounts/"
    after = renew(client, account, list_at)

    fetched = client.get(list_at, headers={"HX-Request": "true"}).content
    page = client.get(after).content

    assert notices(fetched) == []
    assert len(notices(page)) == 1
