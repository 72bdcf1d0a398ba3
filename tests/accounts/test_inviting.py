from datetime import date, timedelta

import pytest
from django.test import Client

from tests import make
from tests.races import together
from vatio.accounts import inviting, revoking
from vatio.accounts.models import Account, AccountRole
from vatio.history.models import Act
from vatio.orders import deciding
from vatio.orders.lockout import is_shut
from vatio.people import one_time_links
from vatio.people.one_time_links import AlreadyMember
from vatio.tenants.models import Membership, Person

pytestmark = pytest.mark.django_db

ADMINISTRATOR, VIEWER = AccountRole.Role.ADMINISTRATOR, AccountRole.Role.VIEWER


def test_an_invitation_to_an_account_gives_its_role_and_nothing_else() -> None:
    hotel = make.account()
    nuria = make.superadmin(hotel.organisation)
    _link, token = inviting.invite_to_account(
        hotel, "Marta@hotel.example", role=ADMINISTRATOR, by=nuria, at=make.NOON
    )

    marta = inviting.enter_invited(token, name="Marta", password=make.PASSWORD, at=make.NOON)

    assert (AccountRole.objects.get().person, AccountRole.objects.get().role) == (
        marta,
        "administrator",
    )
    assert not Membership.objects.filter(person=marta).exists()
    assert list(Account.objects.visible_to(marta)) == [hotel]


def test_an_account_remembers_who_was_invited_to_it_and_that_it_was_withdrawn() -> None:
    hotel = make.account()
    nuria = make.superadmin(hotel.organisation)
    link, _token = inviting.invite_to_account(
        hotel, "Marta@hotel.example", role=VIEWER, by=nuria, at=make.NOON
    )

    one_time_links.withdraw_invitation(link, by=nuria, at=make.NOON)

    acts = Act.objects.filter(account_id=hotel.pk, verb__startswith="person.").order_by("id")
    assert [(act.verb, act.person) for act in acts] == [
        ("person.invited", nuria),
        ("person.uninvited", nuria),
    ]


def test_one_person_may_hold_several_roles_in_several_organisations() -> None:
    hotel, other = make.account(), make.account()
    nuria = make.superadmin(hotel.organisation)
    _link, token = inviting.invite_to_account(
        other, nuria.email, role=VIEWER, by=make.superadmin(other.organisation), at=make.NOON
    )
    _link, second = one_time_links.invite_colleague(nuria.email, by=make.commercial(), at=make.NOON)

    inviting.join(token, person=nuria, at=make.NOON)
    assert set(Account.objects.visible_to(nuria)) == {hotel, other}
    inviting.join(second, person=nuria, at=make.NOON)

    nuria.refresh_from_db()
    assert nuria.is_commercial
    assert AccountRole.objects.get(person=nuria).role == "viewer"


def test_an_address_is_invited_to_two_accounts_and_twice_to_one_with_the_older_link_dead() -> None:
    hotel = make.account()
    nave = make.account(organisation=hotel.organisation)
    nuria = make.superadmin(hotel.organisation)
    tokens = [
        inviting.invite_to_account(
            account, "marta@hotel.example", role=VIEWER, by=nuria, at=make.NOON
        )[1]
        for account in (hotel, nave, hotel)
    ]

    marta = inviting.enter_invited(tokens[1], name="Marta", password=make.PASSWORD, at=make.NOON)
    inviting.join(tokens[2], person=marta, at=make.NOON)
    with pytest.raises(one_time_links.LinkIsDead):
        inviting.join(tokens[0], person=marta, at=make.NOON)

    assert AccountRole.objects.filter(person=marta).count() == 2


def test_who_has_a_role_is_not_invited_again() -> None:
    hotel = make.account()
    marta = make.holder(hotel)

    with pytest.raises(AlreadyMember):
        inviting.invite_to_account(
            hotel,
            marta.email.upper(),
            role=VIEWER,
            by=make.superadmin(hotel.organisation),
            at=make.NOON,
        )


def test_roles_change_and_go() -> None:
    hotel = make.account()
    marta = make.holder(hotel, "viewer")
    nuria = make.superadmin(hotel.organisation)
    role = AccountRole.objects.get(person=marta)

    revoking.change_role(role, ADMINISTRATOR, by=nuria, at=make.NOON)
    assert AccountRole.objects.get(person=marta).role == "administrator"
    revoking.leave_account(role, by=nuria, at=make.NOON)

    assert not Account.objects.visible_to(marta).exists()


def test_the_last_leader_goes_only_by_the_commercial_department() -> None:
    norte = make.organisation()
    nuria = make.superadmin(norte)
    membership = Membership.objects.get(person=nuria)

    with pytest.raises(revoking.LastOne):
        revoking.leave_organisation(membership, by=nuria, at=make.NOON)
    revoking.leave_organisation(membership, by=make.commercial(), at=make.NOON)

    assert not norte.memberships.exists()


def test_nobody_removes_themselves_from_the_department() -> None:
    elena, tomas = make.commercial(), make.commercial()

    with pytest.raises(revoking.Oneself):
        revoking.leave_department(elena, by=elena, at=make.NOON)
    revoking.leave_department(tomas, by=elena, at=make.NOON)

    assert not Person.objects.get(pk=tomas.pk).is_commercial


@pytest.mark.django_db(transaction=True)
def test_of_two_leaders_who_remove_each_other_at_once_one_stays() -> None:
    norte = make.organisation()
    nuria, iago = make.superadmin(norte), make.superadmin(norte, "Iago")

    together(
        [
            lambda by=by, whom=whom: revoking.leave_organisation(  # type: ignore[misc]
                Membership.objects.get(person=whom), by=by, at=make.NOON
            )
            for by, whom in ((nuria, iago), (iago, nuria))
        ]
    )

    assert norte.memberships.count() == 1


def test_an_expired_account_shuts_its_people_out_unless_a_renewal_was_asked_in_time() -> None:
    asked, late, silent = (make.account(starts_on=date(2025, 11, 20)) for _ in range(3))
    in_time, too_late = make.noon(date(2026, 11, 18)), make.noon(date(2026, 11, 21))
    order = make.renewal_order(asked, at=in_time)
    make.renewal_order(late, at=too_late)

    assert [is_shut(each, at=in_time) for each in (asked, late, silent)] == [False] * 3
    assert [is_shut(each, at=make.NOON) for each in (asked, late, silent)] == [False, True, True]
    assert is_shut(asked, at=make.NOON + timedelta(days=30))
    deciding.reject(order, reason="No", by=make.commercial(), at=make.NOON)
    assert is_shut(asked, at=make.NOON)


def test_a_viewer_reads_why_they_are_kept_out_and_whom_to_ask(client: Client) -> None:
    hotel = make.account(starts_on=date(2020, 1, 1))
    nuria = make.superadmin(hotel.organisation, "Nuria Vidal")
    client.force_login(make.holder(hotel, "viewer"))

    answer = client.get(f"/accounts/{hotel.uid}/")

    assert answer.status_code == 403
    page = answer.content.decode()
    assert "caducó el 1 ene 2021" in page
    assert nuria.email in page


PARTS = ("", "contract/")


def test_a_holder_sees_quantities_and_expiry_and_no_orders(client: Client) -> None:
    hotel = make.account(starts_on=date(2026, 11, 1))
    order = make.renewal_order(hotel, at=make.NOON)
    client.force_login(make.holder(hotel, "administrator"))

    pages = [client.get(f"/accounts/{hotel.uid}/{part}").content.decode() for part in PARTS]

    for page in pages:
        assert "1 nov 2027" in page
        assert order.number not in page
        assert "Renovar" not in page
    assert "Medidores" in pages[1]
    assert client.get(f"/orders/{order.uid}/").status_code == 404
