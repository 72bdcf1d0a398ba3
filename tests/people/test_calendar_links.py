from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests import make
from tests.races import together
from vatio.accounts import revoking
from vatio.history.models import Act
from vatio.people import calendar_links
from vatio.people.models import CalendarLink
from vatio.tenants.models import Membership, Person

pytestmark = pytest.mark.django_db

LATER = make.NOON + timedelta(hours=1)


def test_a_link_opens_its_organisation_for_its_person_and_its_token_is_not_stored() -> None:
    norte = make.organisation()
    nuria = make.superadmin(norte)

    token = calendar_links.make(norte, by=nuria, at=make.NOON)

    found = calendar_links.find(token)
    assert found is not None
    assert (found.organisation, found.person) == (norte, nuria)
    assert len(token) == 43
    assert token not in str(CalendarLink.objects.values().get())
    assert token not in str(list(Act.objects.values()))
    assert Act.objects.filter(verb="calendar.linked", person=nuria, organisation=norte).exists()


def test_a_link_made_anew_kills_the_one_before_and_nobody_elses() -> None:
    norte, sur = make.organisation(), make.organisation()
    nuria, olga = make.superadmin(norte), make.superadmin(norte)
    Membership.objects.create(organisation=sur, person=nuria, created_at=make.NOON)
    old = calendar_links.make(norte, by=nuria, at=make.NOON)
    others = [
        calendar_links.make(norte, by=olga, at=make.NOON),
        calendar_links.make(sur, by=nuria, at=make.NOON),
    ]

    new = calendar_links.make(norte, by=nuria, at=LATER)

    assert calendar_links.find(old) is None
    assert all(calendar_links.find(token) for token in [new, *others])


def test_a_link_taken_back_opens_nothing_and_twice_is_harmless() -> None:
    norte = make.organisation()
    nuria = make.superadmin(norte)
    token = calendar_links.make(norte, by=nuria, at=make.NOON)

    for _time in range(2):
        calendar_links.take_back(norte, by=nuria, at=LATER)

    assert calendar_links.find(token) is None
    assert CalendarLink.objects.get().taken_back_at == LATER
    assert Act.objects.filter(verb="calendar.unlinked").count() == 1


def test_a_link_dies_with_the_membership_and_stays_dead_when_its_person_comes_back() -> None:
    norte = make.organisation()
    nuria = make.superadmin(norte)
    token = calendar_links.make(norte, by=nuria, at=make.NOON)

    place = Membership.objects.get(person=nuria)
    revoking.leave_organisation(place, by=make.commercial(), at=LATER)
    gone = calendar_links.find(token)
    Membership.objects.create(organisation=norte, person=nuria, created_at=LATER)

    assert gone is None
    assert calendar_links.find(token) is None
    assert calendar_links.find(calendar_links.make(norte, by=nuria, at=LATER)) is not None


def test_a_link_of_somebody_inactive_opens_nothing() -> None:
    norte = make.organisation()
    nuria = make.superadmin(norte)
    token = calendar_links.make(norte, by=nuria, at=make.NOON)

    Person.objects.filter(pk=nuria.pk).update(is_active=False)

    assert calendar_links.find(token) is None


@pytest.mark.parametrize("commercial", [False, True])
def test_whoever_does_not_lead_the_organisation_has_no_link_to_it(commercial: bool) -> None:
    norte = make.organisation()

    with pytest.raises(calendar_links.NotTheirs):
        calendar_links.make(norte, by=make.person(commercial=commercial), at=make.NOON)

    assert not CalendarLink.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "%00", "é" * 500, "0" * 64])
def test_a_token_that_nobody_made_opens_nothing(token: str) -> None:
    assert calendar_links.find(token) is None


def test_a_person_sees_their_own_links_alone() -> None:
    norte = make.organisation()
    nuria, olga = make.superadmin(norte), make.superadmin(norte)
    calendar_links.make(norte, by=nuria, at=make.NOON)

    assert CalendarLink.objects.visible_to(nuria).count() == 1
    assert CalendarLink.objects.visible_to(olga).count() == 0
    assert CalendarLink.objects.visible_to(make.commercial()).count() == 0


def test_the_database_keeps_one_living_link_of_a_person() -> None:
    norte = make.organisation()
    nuria = make.superadmin(norte)
    calendar_links.make(norte, by=nuria, at=make.NOON)

    with pytest.raises(IntegrityError, match="one_living_calendar_link"), transaction.atomic():
        CalendarLink.objects.create(
            organisation=norte, person=nuria, token_hash="x", made_at=make.NOON
        )


@pytest.mark.django_db(transaction=True)
def test_links_made_at_once_leave_one_that_lives() -> None:
    norte = make.organisation()
    nuria = make.superadmin(norte)
    moments = [make.NOON + timedelta(seconds=second) for second in range(6)]

    tokens, refused = together(
        [lambda at=at: calendar_links.make(norte, by=nuria, at=at) for at in moments]
    )

    assert (len(tokens), refused) == (6, [])
    assert sum(calendar_links.find(token) is not None for token in tokens) == 1
