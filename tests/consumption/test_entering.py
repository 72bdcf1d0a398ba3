from datetime import timedelta

import pytest

from tests import make
from tests.races import together
from vatio.accounts.models import Account
from vatio.consumption.entering import ENTERED, record_entry
from vatio.history.models import Act
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db

AT = make.NOON
MINUTE = timedelta(minutes=1)


def entries(account: Account) -> list[tuple[Person | None, int]]:
    acts = Act.objects.filter(verb=ENTERED, account_id=account.pk).order_by("at")
    return [(act.person, (act.at - AT) // MINUTE) for act in acts]


def test_whoever_looks_from_the_commercial_department_leaves_an_act() -> None:
    hotel, elena = make.account(), make.commercial()

    record_entry(hotel, by=elena, at=AT)

    (act,) = Act.objects.filter(verb=ENTERED)
    assert (act.person, act.account_id, act.at) == (elena, hotel.pk, AT)
    assert act.organisation_id == hotel.organisation_id


def test_pages_within_thirty_minutes_are_one_visit() -> None:
    hotel, elena = make.account(), make.commercial()

    for minutes in (0, 1, 29, 30, 59, 60, 61):
        record_entry(hotel, by=elena, at=AT + minutes * MINUTE)

    assert entries(hotel) == [(elena, 0), (elena, 30), (elena, 60)]


def test_each_person_and_each_account_has_visits_of_its_own() -> None:
    hotel, other = make.account(), make.account()
    elena, boris = make.commercial(), make.commercial("Boris")

    for account in (hotel, other):
        for person in (elena, boris):
            record_entry(account, by=person, at=AT)

    assert {person for person, _at in entries(hotel)} == {elena, boris}
    assert {person for person, _at in entries(other)} == {elena, boris}
    assert Act.objects.filter(verb=ENTERED).count() == 4


@pytest.mark.parametrize("role", ["administrator", "viewer"])
def test_the_accounts_own_people_leave_none(role: str) -> None:
    hotel = make.account()
    both = make.commercial()
    make.role(hotel, both, role)

    record_entry(hotel, by=make.holder(hotel, role), at=AT)
    record_entry(hotel, by=both, at=AT)

    assert entries(hotel) == []


def test_whoever_leads_the_organisation_leaves_none() -> None:
    hotel = make.account()
    nuria = make.superadmin(hotel.organisation)
    leading = make.superadmin(hotel.organisation)
    Person.objects.filter(pk=leading.pk).update(is_commercial=True)
    leading.refresh_from_db()

    record_entry(hotel, by=nuria, at=AT)
    record_entry(hotel, by=leading, at=AT)

    assert entries(hotel) == []


def test_a_role_in_another_account_makes_nobody_its_own() -> None:
    hotel, other = make.account(), make.account()
    elena = make.commercial()
    make.role(other, elena, "administrator")

    record_entry(hotel, by=elena, at=AT)

    assert entries(hotel) == [(elena, 0)]


@pytest.mark.django_db(transaction=True)
def test_two_pages_at_once_are_one_visit() -> None:
    hotel, elena = make.account(), make.commercial()

    for visit in range(5):
        at = AT + visit * 60 * MINUTE
        _done, refused = together(
            [lambda at=at: record_entry(hotel, by=elena, at=at) for _each in range(6)]
        )
        assert refused == []

    assert entries(hotel) == [(elena, visit * 60) for visit in range(5)]


@pytest.mark.usefixtures("as_web")
def test_the_webs_role_may_record_it() -> None:
    hotel, elena = make.account(), make.commercial()

    record_entry(hotel, by=elena, at=AT)

    assert entries(hotel) == [(elena, 0)]
