import pytest

from tests import make
from vatio.accounts import inviting
from vatio.accounts.models import Account
from vatio.people import one_time_links
from vatio.tenants.models import Organisation, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def norte() -> Organisation:
    return make.organisation("Norte Eficiente")


def reach(person: Person) -> dict[str, list[str]]:
    seen = Account.objects.visible_to(person)
    sets = {
        "seen": seen,
        "led": seen.led_by(person),
        "overseen": seen.overseen_by(person),
        "administered": seen.administered_by(person),
    }
    return {
        name: list(found.order_by("name").values_list("name", flat=True))
        for name, found in sets.items()
    }


def test_each_role_reaches_its_own_accounts(norte: Organisation) -> None:
    hotel = make.account("Hotel", organisation=norte)
    make.account("Nave", organisation=norte)
    make.account("Otra")
    everything = ["Hotel", "Nave", "Otra"]

    assert reach(make.superadmin(norte)) == {
        "seen": ["Hotel", "Nave"],
        "led": ["Hotel", "Nave"],
        "overseen": ["Hotel", "Nave"],
        "administered": ["Hotel", "Nave"],
    }
    assert reach(make.commercial()) == {
        "seen": everything,
        "led": [],
        "overseen": everything,
        "administered": [],
    }
    assert reach(make.holder(hotel, "administrator")) == {
        "seen": ["Hotel"],
        "led": [],
        "overseen": [],
        "administered": ["Hotel"],
    }
    assert reach(make.holder(hotel, "viewer")) == {
        "seen": ["Hotel"],
        "led": [],
        "overseen": [],
        "administered": [],
    }
    assert set(map(tuple, reach(make.person()).values())) == {()}


def test_roles_add_up(norte: Organisation) -> None:
    make.account("Hotel", organisation=norte)
    other = make.account("Otra")
    boss = make.holder(other, "administrator")
    Person.objects.filter(pk=boss.pk).update(is_commercial=True)
    boss.refresh_from_db()

    assert reach(boss) == {
        "seen": ["Hotel", "Otra"],
        "led": [],
        "overseen": ["Hotel", "Otra"],
        "administered": ["Otra"],
    }


def test_whoever_is_no_longer_active_reaches_nothing(norte: Organisation) -> None:
    make.account("Hotel", organisation=norte)
    gone = make.superadmin(norte)
    gone.is_active = False

    assert set(map(tuple, reach(gone).values())) == {()}


def test_an_organisation_knows_who_leads_it(norte: Organisation) -> None:
    sur = make.organisation("Sur Energía")
    nuria = make.superadmin(norte)
    hotel = make.account(organisation=norte)

    assert norte.is_led_by(nuria)
    assert not sur.is_led_by(nuria)
    assert not norte.is_led_by(make.commercial())
    assert not norte.is_led_by(make.holder(hotel))
    assert list(Organisation.objects.led_by(nuria)) == [norte]


def test_an_invitation_is_taken_back_by_whoever_manages_what_it_leads_to(
    norte: Organisation,
) -> None:
    nuria, boss = make.superadmin(norte), make.commercial()
    hotel = make.account(organisation=norte)
    marta, viewer = make.holder(hotel, "administrator"), make.holder(hotel, "viewer")
    to_norte, _ = one_time_links.invite(norte, "a@norte.example", by=nuria, at=make.NOON)
    to_hotel, _ = inviting.invite_to_account(
        hotel, "b@hotel.example", role=hotel.roles.model.Role.VIEWER, by=marta, at=make.NOON
    )
    to_department, _ = one_time_links.invite_colleague("c@vatio.example", by=boss, at=make.NOON)

    def managed(person: Person) -> set[int]:
        return set(inviting.managed_by(person).values_list("pk", flat=True))

    assert managed(nuria) == {to_norte.pk, to_hotel.pk}
    assert managed(marta) == {to_hotel.pk}
    assert managed(viewer) == set()
    assert managed(boss) == {to_norte.pk, to_hotel.pk, to_department.pk}
