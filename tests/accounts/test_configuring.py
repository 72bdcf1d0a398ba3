from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tests import make
from vatio.accounts import configuring, non_renewal
from vatio.accounts.configuring import Details
from vatio.accounts.models import Account
from vatio.accounts.opening import NameTaken
from vatio.accounts.renewal import AlreadyRenewed
from vatio.history.models import Act
from vatio.notifications.models import Message
from vatio.orders import deciding

pytestmark = pytest.mark.django_db


def configure(account: Account, at: datetime = make.NOON, **changed: str) -> list[str]:
    shown = Details.of(account)
    return configuring.configure(
        account,
        replace(shown, **changed),
        seen=shown.mark,
        by=make.superadmin(account.organisation),
        at=at,
    )


def test_what_changed_is_told_from_what_to_what_but_for_an_address() -> None:
    hotel = make.account("Hotel Lugo")

    changed = configure(hotel, name="Hotel Muralla", contact_email="hola@muralla.example")

    assert changed == ["name", "contact_email"]
    assert Act.objects.get(verb="account.configured").facts == {
        "changed": {"name": ["Hotel Lugo", "Hotel Muralla"], "contact_email": []}
    }
    assert Account.objects.get(pk=hotel.pk).name == "Hotel Muralla"


def test_saving_without_a_change_is_not_told() -> None:
    hotel = make.account()

    assert configure(hotel) == []
    assert not Act.objects.filter(verb="account.configured").exists()


def test_a_name_that_another_account_has_is_refused() -> None:
    hotel = make.account("Hotel Lugo")
    make.account("Hotel Málaga", organisation=hotel.organisation)

    with pytest.raises(NameTaken):
        configure(hotel, name="HOTEL MALAGA")

    assert Account.objects.get(pk=hotel.pk).name == "Hotel Lugo"


def test_a_form_filled_from_older_details_is_refused() -> None:
    hotel = make.account("Hotel Lugo")
    shown = Details.of(hotel)
    configure(hotel, client="Otro cliente")

    with pytest.raises(configuring.DetailsChangedMeanwhile):
        configuring.configure(
            hotel,
            replace(shown, nif="B30189138"),
            seen=shown.mark,
            by=make.superadmin(hotel.organisation),
            at=make.NOON,
        )

    assert Account.objects.get(pk=hotel.pk).nif == ""


def test_another_zone_moves_the_instant_and_not_the_day() -> None:
    hotel = make.account(starts_on=date(2026, 5, 3))

    configure(hotel, time_zone="Atlantic/Canary")

    hotel.refresh_from_db()
    assert hotel.covered_until == date(2027, 5, 3)
    assert hotel.ends_at == datetime(2027, 5, 2, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "time_zone"),
    [
        (datetime(2027, 5, 2, 22, 30, tzinfo=UTC), "Atlantic/Canary"),
        (datetime(2027, 5, 2, 12, tzinfo=UTC), "Pacific/Kiritimati"),
    ],
)
def test_a_zone_in_which_the_account_would_be_alive_or_dead_is_refused(
    at: datetime, time_zone: str
) -> None:
    hotel = make.account(starts_on=date(2026, 5, 3))

    with pytest.raises(configuring.TimeZoneMovesTheEnd):
        configure(hotel, at=at, time_zone=time_zone)

    hotel.refresh_from_db()
    assert (hotel.time_zone, hotel.ends_at) == (
        "Europe/Madrid",
        datetime(2027, 5, 2, 22, tzinfo=UTC),
    )


def test_who_will_not_renew_says_so_once_and_the_commercial_department_knows() -> None:
    elena = make.commercial("Elena Cid")
    hotel = make.account()
    nuria = make.superadmin(hotel.organisation)

    for _time in range(2):
        non_renewal.leave(hotel, by=nuria, at=make.NOON)

    hotel.refresh_from_db()
    assert hotel.not_renewing_since == make.NOON
    told = Message.objects.filter(template="account_leaving")
    assert told.filter(address=elena.email).count() == 1
    assert Act.objects.filter(verb="account.leaving").count() == 1


def test_who_renews_after_all_is_leaving_no_longer() -> None:
    hotel = make.account()
    non_renewal.leave(hotel, by=make.superadmin(hotel.organisation), at=make.NOON)

    make.renewal_order(hotel)

    hotel.refresh_from_db()
    assert hotel.not_renewing_since is None
    assert Act.objects.filter(verb="account.staying").count() == 1


def test_an_account_that_is_renewed_cannot_leave() -> None:
    hotel = make.account()
    deciding.accept(make.renewal_order(hotel), by=make.commercial(), at=make.NOON)

    with pytest.raises(AlreadyRenewed):
        non_renewal.leave(hotel, by=make.superadmin(hotel.organisation), at=make.NOON)
