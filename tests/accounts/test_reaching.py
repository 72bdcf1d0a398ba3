import pytest

from tests import make
from vatio.accounts.reaching import telephones_of
from vatio.people.models import Telephone

pytestmark = pytest.mark.django_db


def test_a_telephone_is_seen_whole_by_its_owner_and_the_administrators_alone() -> None:
    hotel = make.account()
    ana, leo, eva = make.holder(hotel, "viewer"), make.holder(hotel), make.holder(hotel, "viewer")
    Telephone.objects.create(person=ana, number="+34612345678", confirmed_at=make.NOON)
    Telephone.objects.create(person=make.person(), number="+34611111111", confirmed_at=make.NOON)
    others = [eva, make.superadmin(hotel.organisation), make.commercial()]

    assert [telephones_of(hotel, seen_by=each) for each in (ana, leo)] == [
        {ana.pk: "+34 612 34 56 78"}
    ] * 2
    assert [telephones_of(hotel, seen_by=each) for each in others] == [{ana.pk: "+34 ··· 678"}] * 3
