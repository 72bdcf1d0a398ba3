from datetime import timedelta

import pytest

from tests import make
from tests.races import together
from vatio.accounts import inviting, revoking
from vatio.accounts.models import AccountRole
from vatio.notifications.models import Message
from vatio.people import one_time_links
from vatio.people.models import OneTimeLink


def living() -> list[str]:
    return sorted(OneTimeLink.objects.waiting().values_list("email", flat=True))


@pytest.mark.django_db
def test_an_invitation_dies_with_the_place_of_whoever_made_it() -> None:
    hotel = make.account()
    nuria, iago = make.superadmin(hotel.organisation), make.superadmin(hotel.organisation)
    marta = make.holder(hotel)
    invite = inviting.invite_to_account
    role = AccountRole.Role.ADMINISTRATOR
    invite(hotel, "cuco@ajeno.example", role=role, by=marta, at=make.NOON)
    invite(hotel, "brais@hotel.example", role=role, by=nuria, at=make.NOON)
    one_time_links.invite(hotel.organisation, "otro@ajeno.example", by=iago, at=make.NOON)

    revoking.leave_account(AccountRole.objects.get(person=marta), by=nuria, at=make.NOON)
    assert living() == ["brais@hotel.example", "otro@ajeno.example"]
    revoking.leave_organisation(iago.memberships.get(), by=nuria, at=make.NOON)

    assert living() == ["brais@hotel.example"]


@pytest.mark.django_db
def test_an_invitation_that_is_replaced_is_not_sent_any_more() -> None:
    norte, elena = make.organisation(), make.commercial()

    one_time_links.invite(norte, "ana@norte.example", by=elena, at=make.NOON)
    one_time_links.invite(norte, "ana@norte.example", by=elena, at=make.NOON)

    states = Message.objects.filter(template="invitation").order_by("id")
    assert list(states.values_list("state", flat=True)) == ["too late", "queued"]
    assert states[0].context == {}


@pytest.mark.django_db
def test_an_address_is_not_invited_again_and_again() -> None:
    norte, elena = make.organisation(), make.commercial()
    for _ in range(one_time_links.MOST_AN_HOUR):
        one_time_links.invite(norte, "ana@norte.example", by=elena, at=make.NOON)

    with pytest.raises(one_time_links.InvitedTooOften):
        one_time_links.invite(norte, "ana@norte.example", by=elena, at=make.NOON)
    one_time_links.invite(norte, "ana@norte.example", by=elena, at=make.NOON + timedelta(hours=1))

    assert living() == ["ana@norte.example"]


@pytest.mark.django_db(transaction=True)
def test_colleagues_who_invite_the_same_address_at_once_make_one_invitation() -> None:
    colleagues = [make.commercial() for _ in range(4)]

    _done, refused = together(
        [
            lambda by=by: one_time_links.invite_colleague("ana@vatio.example", by=by, at=make.NOON)
            for by in colleagues
        ]
    )

    assert refused == []
    assert living() == ["ana@vatio.example"]
