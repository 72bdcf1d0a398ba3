from datetime import timedelta

import pytest

from tests import make
from tests.races import together
from vatio.accounts import joining, parting
from vatio.accounts.models import AccountRole
from vatio.notifications.models import Message
from vatio.people import entering
from vatio.people.models import Entrance


def living() -> list[str]:
    return sorted(Entrance.objects.waiting().values_list("email", flat=True))


@pytest.mark.django_db
def test_an_invitation_dies_with_the_place_of_whoever_made_it() -> None:
    hotel = make.account()
    nuria, iago = make.superadmin(hotel.organisation), make.superadmin(hotel.organisation)
    marta = make.holder(hotel)
    invite = joining.invite_to_account
    role = AccountRole.Role.ADMINISTRATOR
    invite(hotel, "cuco@ajeno.example", role=role, by=marta, at=make.NOON)
    invite(hotel, "brais@hotel.example", role=role, by=nuria, at=make.NOON)
    entering.invite(hotel.organisation, "otro@ajeno.example", by=iago, at=make.NOON)

    parting.leave_account(AccountRole.objects.get(person=marta), by=nuria, at=make.NOON)
    assert living() == ["brais@hotel.example", "otro@ajeno.example"]
    parting.leave_organisation(iago.memberships.get(), by=nuria, at=make.NOON)

    assert living() == ["brais@hotel.example"]


@pytest.mark.django_db
def test_an_invitation_that_is_replaced_is_not_sent_any_more() -> None:
    norte, elena = make.organisation(), make.commercial()

    entering.invite(norte, "ana@norte.example", by=elena, at=make.NOON)
    entering.invite(norte, "ana@norte.example", by=elena, at=make.NOON)

    states = Message.objects.filter(template="invitation").order_by("id")
    assert list(states.values_list("state", flat=True)) == ["too late", "queued"]
    assert states[0].context == {}


@pytest.mark.django_db
def test_an_address_is_not_invited_again_and_again() -> None:
    norte, elena = make.organisation(), make.commercial()
    for _ in range(entering.MOST_AN_HOUR):
        entering.invite(norte, "ana@norte.example", by=elena, at=make.NOON)

    with pytest.raises(entering.InvitedTooOften):
        entering.invite(norte, "ana@norte.example", by=elena, at=make.NOON)
    entering.invite(norte, "ana@norte.example", by=elena, at=make.NOON + timedelta(hours=1))

    assert living() == ["ana@norte.example"]


@pytest.mark.django_db(transaction=True)
def test_colleagues_who_invite_the_same_address_at_once_make_one_invitation() -> None:
    colleagues = [make.commercial() for _ in range(4)]

    _done, refused = together(
        [
            lambda by=by: entering.invite_colleague("ana@vatio.example", by=by, at=make.NOON)
            for by in colleagues
        ]
    )

    assert refused == []
    assert living() == ["ana@vatio.example"]
