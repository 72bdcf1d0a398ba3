from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from tests import make
from vatio.accounts.opening import NameTaken, WrongQuantity
from vatio.accounts.renewal import AlreadyRenewed, NotStarted
from vatio.catalogue import publishing
from vatio.history.models import Act
from vatio.notifications.models import Message
from vatio.orders import deciding, submitting
from vatio.orders.models import Order
from vatio.units import Quantities

pytestmark = pytest.mark.django_db


def opening(name: str = "Hotel Lugo 012", **changed: object) -> submitting.Opening:
    usual = submitting.Opening(
        project=make.project(name),
        version=make.licence(),
        asked=Quantities(),
        months=12,
        sms_credits=0,
        reference="",
        comments="",
    )
    return replace(usual, **changed)


def test_an_opening_asks_for_the_defaults_where_nothing_is_written() -> None:
    norte = make.organisation()

    order = make.opening_order(norte)

    assert (order.meters, order.supply_points, order.data_points, order.rtc_lines) == (
        10,
        5,
        None,
        0,
    )
    assert order.state == "pending"


def test_a_number_carries_the_year_of_the_organisations_zone() -> None:
    canarias = make.organisation(time_zone="Atlantic/Canary")

    order = make.opening_order(canarias, at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))

    assert order.number.startswith("S-2026-")


def test_less_than_the_licence_includes_is_refused() -> None:
    norte = make.organisation()

    with pytest.raises(WrongQuantity) as refused:
        submitting.submit_opening(
            norte,
            opening(asked=Quantities(meters=9)),
            token=uuid4(),
            by=make.superadmin(norte),
            at=make.NOON,
        )

    assert refused.value.field == "meters"
    assert Order.objects.count() == 0


def test_a_field_of_the_other_billing_is_refused_not_ignored() -> None:
    norte = make.organisation()

    with pytest.raises(WrongQuantity) as refused:
        submitting.submit_opening(
            norte,
            opening(asked=Quantities(data_points=250)),
            token=uuid4(),
            by=make.superadmin(norte),
            at=make.NOON,
        )

    assert refused.value.field == "data_points"
    assert Order.objects.count() == 0


@pytest.mark.parametrize("months", [0, 121])
def test_a_period_is_from_1_to_120_months(months: int) -> None:
    norte = make.organisation()

    with pytest.raises(submitting.WrongMonths):
        submitting.submit_opening(
            norte, opening(months=months), token=uuid4(), by=make.superadmin(norte), at=make.NOON
        )

    assert Order.objects.count() == 0


def test_a_name_that_an_account_has_is_refused_whatever_its_case_and_accents() -> None:
    norte = make.organisation()
    make.account("Hotel Málaga", organisation=norte)

    with pytest.raises(NameTaken):
        make.opening_order(norte, "  HOTEL   malaga ")

    assert Order.objects.count() == 0


def test_a_name_taken_in_another_organisation_is_free_here() -> None:
    make.account("Hotel Málaga", organisation=make.organisation())

    order = make.opening_order(make.organisation(), "Hotel Málaga")

    assert order.account_name == "Hotel Málaga"


def test_a_retired_licence_cannot_be_asked_for() -> None:
    norte = make.organisation()
    asked = opening()
    publishing.retire(asked.version, by=make.commercial(), at=make.NOON)

    with pytest.raises(submitting.LicenceNotOffered):
        submitting.submit_opening(
            norte, asked, token=uuid4(), by=make.superadmin(norte), at=make.NOON
        )


def test_an_order_keeps_a_licence_that_is_retired_before_it_is_accepted() -> None:
    order = make.opening_order(make.organisation())
    assert order.licence is not None
    publishing.retire(order.licence, by=make.commercial(), at=make.NOON)

    agreement = deciding.accept(order, by=make.commercial(), at=make.NOON)

    assert agreement.grants.get().licence == order.licence


def test_renew_is_about_the_end_that_was_shown() -> None:
    hotel = make.account(starts_on=date(2026, 5, 3))

    with pytest.raises(submitting.EndHasMoved) as refused:
        submitting.submit_renewal(
            hotel,
            shown_end=date(2026, 5, 3),
            by=make.superadmin(hotel.organisation),
            at=make.NOON,
        )

    assert "2027" in str(refused.value)
    assert Order.objects.count() == 0


def test_what_is_renewed_or_has_yet_to_start_is_not_asked_again() -> None:
    renewed = make.account(starts_on=date(2026, 1, 1))
    deciding.accept(make.renewal_order(renewed), by=make.commercial(), at=make.NOON)
    waiting = make.account(starts_on=date(2026, 12, 1))

    with pytest.raises(AlreadyRenewed):
        make.renewal_order(renewed)
    with pytest.raises(NotStarted):
        make.renewal_order(waiting)

    assert Order.objects.count() == 1


def test_the_commercial_department_is_told_of_each_order_and_who_reads_a_digest_by_no_mail() -> (
    None
):
    norte = make.organisation()
    Message.objects.all().delete()
    at_once = make.commercial("Elena Cid")
    digest = make.commercial("Tomás Arrieta")
    digest.digest = True
    digest.save(update_fields=["digest"])

    order = make.opening_order(norte)

    told = dict(Message.objects.filter(template="order_submitted").values_list("address", "state"))
    assert told[at_once.email] == "queued"
    assert told[digest.email] == "here"
    assert Act.objects.get(order_id=order.pk).verb == "order.submitted"
