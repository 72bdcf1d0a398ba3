from datetime import timedelta

import pytest

from tests import make
from vatio.accounts import inviting
from vatio.people import one_time_links
from vatio.people.models import OneTimeLink
from vatio.tenants.models import Membership, Person

pytestmark = pytest.mark.django_db

SOON = make.NOON + timedelta(days=6, hours=23)
LATE = make.NOON + timedelta(days=7)


def test_the_first_key_makes_the_first_commercial_person_once() -> None:
    token = one_time_links.first_key(at=make.NOON)
    assert token is not None

    person = one_time_links.enter_first(
        token, name="Elena Cid", email="Elena@Vatio.example", password=make.PASSWORD, at=SOON
    )

    assert person.is_commercial
    assert person.email == "elena@vatio.example"
    assert person.check_password(make.PASSWORD)
    assert one_time_links.first_key(at=SOON) is None
    with pytest.raises(one_time_links.LinkIsDead):
        one_time_links.enter_first(token, name="X", email="x@y.es", password=make.PASSWORD, at=SOON)
    assert Person.objects.count() == 1


def test_a_fresh_first_key_kills_the_one_before() -> None:
    old = one_time_links.first_key(at=make.NOON)
    new = one_time_links.first_key(at=make.NOON)
    assert old is not None
    assert new is not None

    with pytest.raises(one_time_links.LinkIsDead):
        one_time_links.find(old, OneTimeLink.Kind.FIRST, at=make.NOON)

    assert one_time_links.find(new, OneTimeLink.Kind.FIRST, at=make.NOON)


def test_no_token_is_stored() -> None:
    _link, token = one_time_links.invite(
        make.organisation(), "ana@norte.example", by=make.commercial(), at=make.NOON
    )

    assert token not in str(OneTimeLink.objects.values_list())


def test_an_invitation_makes_a_superadministrator_within_seven_days() -> None:
    norte = make.organisation()
    _link, token = one_time_links.invite(
        norte, " Ana@Norte.example", by=make.commercial(), at=make.NOON
    )

    ana = inviting.enter_invited(token, name="Ana", password=make.PASSWORD, at=SOON)

    assert Membership.objects.get(person=ana).organisation == norte
    assert (ana.email, ana.is_commercial) == ("ana@norte.example", False)


@pytest.mark.parametrize("how", ["lapsed", "used", "withdrawn", "replaced", "invented"])
def test_a_dead_invitation_lets_nobody_in(how: str) -> None:
    norte, elena = make.organisation(), make.commercial()
    link, token = one_time_links.invite(norte, "ana@norte.example", by=elena, at=make.NOON)
    at = make.NOON
    if how == "lapsed":
        at = LATE
    elif how == "used":
        inviting.enter_invited(token, name="Ana", password=make.PASSWORD, at=at)
    elif how == "withdrawn":
        one_time_links.withdraw_invitation(link, by=elena, at=at)
    elif how == "replaced":
        one_time_links.invite(norte, "ANA@norte.example", by=elena, at=at)
    else:
        token = "invented"
    people = Person.objects.count()

    with pytest.raises(one_time_links.LinkIsDead):
        inviting.enter_invited(token, name="Eva", password=make.PASSWORD, at=at)

    assert Person.objects.count() == people


def test_somebody_who_exists_joins_with_their_own_invitation_only() -> None:
    norte, nuria = make.organisation(), make.superadmin(make.organisation())
    _link, token = one_time_links.invite(norte, nuria.email, by=make.commercial(), at=make.NOON)

    with pytest.raises(one_time_links.SomebodyElse):
        inviting.join(token, person=make.person(), at=make.NOON)
    with pytest.raises(one_time_links.SomebodyElse):
        inviting.enter_invited(token, name="Eva", password=make.PASSWORD, at=make.NOON)
    inviting.join(token, person=nuria, at=make.NOON)

    assert nuria.memberships.count() == 2
    with pytest.raises(one_time_links.LinkIsDead):
        inviting.join(token, person=nuria, at=make.NOON)


def test_a_member_is_not_invited_again() -> None:
    norte = make.organisation()
    nuria = make.superadmin(norte)

    with pytest.raises(one_time_links.AlreadyMember):
        one_time_links.invite(norte, nuria.email.upper(), by=make.commercial(), at=make.NOON)


def test_a_password_link_works_once_for_a_day() -> None:
    nuria = make.person()
    token = one_time_links.password_link(nuria.email.upper(), at=make.NOON)

    one_time_links.choose_password(token, password="otra clave larga", at=make.NOON)

    nuria.refresh_from_db()
    assert nuria.check_password("otra clave larga")
    with pytest.raises(one_time_links.LinkIsDead):
        one_time_links.choose_password(token, password="una más", at=make.NOON)
    late = one_time_links.password_link(nuria.email, at=make.NOON)
    with pytest.raises(one_time_links.LinkIsDead):
        one_time_links.find(late, OneTimeLink.Kind.RESET, at=make.NOON + timedelta(days=1))
    with pytest.raises(one_time_links.NobodyOfThatAddress):
        one_time_links.password_link("nobody@vatio.example", at=make.NOON)
