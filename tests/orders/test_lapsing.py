from datetime import date, timedelta

import pytest

from tests import make
from vatio.notifications.models import Message
from vatio.orders import deciding, lapsing
from vatio.orders.models import Order

pytestmark = pytest.mark.django_db

GRACE_OVER = make.noon(date(2027, 6, 2))


def test_an_expansion_lapses_when_the_days_of_grace_are_over_and_not_before() -> None:
    hotel = make.account()
    order = make.expansion_order(hotel, meters=3)
    renewal = make.renewal_order(hotel)

    assert lapsing.lapse(at=GRACE_OVER - timedelta(days=1)) == 0
    assert lapsing.lapse(at=GRACE_OVER) == 1
    assert lapsing.lapse(at=GRACE_OVER) == 0

    order.refresh_from_db()
    renewal.refresh_from_db()
    assert (order.state, order.rule, order.decided_by) == (Order.State.LAPSED, "grace", None)
    assert renewal.state == Order.State.PENDING
    assert Message.objects.filter(template="order_lapsed").exists()


def test_an_account_that_was_renewed_keeps_its_open_expansion() -> None:
    hotel = make.account()
    order = make.expansion_order(hotel, meters=3)
    deciding.accept(make.renewal_order(hotel), by=make.commercial(), at=make.NOON)

    lapsing.lapse(at=GRACE_OVER)

    order.refresh_from_db()
    assert order.state == Order.State.PENDING
