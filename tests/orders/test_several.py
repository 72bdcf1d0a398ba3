from datetime import date

import pytest

from tests import make
from vatio.accounts.models import Account
from vatio.orders.models import Order
from vatio.orders.several import renew_several

pytestmark = pytest.mark.django_db


def test_each_account_is_asked_for_itself_and_the_report_says_of_each_what_became_of_it() -> None:
    norte = make.organisation()
    nuria = make.superadmin(norte)
    hotel, nave, colegio = (
        make.account(name, organisation=norte) for name in ("Hotel", "Nave", "Colegio")
    )
    asked_before = make.renewal_order(nave, by=nuria)
    ends = {hotel: date(2027, 5, 3), nave: date(2027, 5, 3), colegio: date(2020, 1, 1)}

    outcomes = renew_several(list(ends.items()), by=nuria, at=make.NOON)

    assert [outcome.account.name for outcome in outcomes] == ["Hotel", "Nave", "Colegio"]
    assert [outcome.order is not None for outcome in outcomes] == [True, False, False]
    assert asked_before.number in str(outcomes[1].refused)
    assert "3 may 2027" in str(outcomes[2].refused)
    assert Order.objects.count() == 2
    assert Account.objects.count() == 3
