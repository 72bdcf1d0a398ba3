from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import make
from tests.purging.lived import OVER, lived, take_export
from tests.races import together
from vatio.accounts import configuring
from vatio.accounts.models import Account
from vatio.orders import bulk_renewing, deciding
from vatio.purging import deleting, exporting, requesting
from vatio.purging.models import Export, Purge
from vatio.refusal import Refused

pytestmark = pytest.mark.django_db


def ask(
    account: Account, *, name: str = "", reason: str = "Cerraron.", at: datetime = OVER
) -> Purge:
    return requesting.ask(
        account, name=name or account.name, reason=reason, by=make.commercial(), at=at
    )


def woken() -> int:
    """Count what waits for the worker; other tests may have left something."""
    return ProcrastinateJob.objects.filter(task_name="purge").count()


def refused(kind: type[Refused], words: str, account: Account, **about: object) -> Refused:
    before = woken()
    with pytest.raises(kind, match=words) as caught:
        ask(account, **about)
    assert Purge.objects.count() == 0
    assert woken() == before
    assert Account.objects.filter(pk=account.pk).exists()
    return caught.value


def test_asking_writes_it_down_and_wakes_the_worker() -> None:
    hotel = lived()
    take_export(hotel)

    purge = ask(hotel, name=" Hotel  Lugo 012 ", reason=" Cerraron. ")

    assert (purge.account, purge.account_uid, purge.account_name) == (hotel, hotel.uid, hotel.name)
    assert (purge.reason, purge.asked_at, purge.is_waiting) == ("Cerraron.", OVER, True)
    job = ProcrastinateJob.objects.get(task_name="purge", args={"number": purge.pk})
    assert job.status == "todo"


def test_the_pages_role_may_ask(request: pytest.FixtureRequest) -> None:
    hotel, elena = lived(), make.commercial()
    request.getfixturevalue("as_web")
    exporting.export(hotel, words=lambda _c, _r: "", by=elena, at=OVER).close()

    requesting.ask(hotel, name=hotel.name, reason="Cerraron.", by=elena, at=OVER)

    assert Purge.objects.waiting().count() == 1


def test_an_active_account_is_never_deleted() -> None:
    hotel = make.account(starts_on=date(2026, 5, 3))
    take_export(hotel)

    refused(requesting.StillHeld, "no ha caducado", hotel)


def test_an_account_that_has_yet_to_start_is_never_deleted() -> None:
    hotel = make.account(starts_on=date(2026, 12, 1))
    take_export(hotel)

    refused(requesting.StillHeld, "no ha caducado", hotel)


def test_an_account_whose_renewal_waits_to_start_is_never_deleted() -> None:
    hotel = make.account(starts_on=date(2025, 12, 1))
    deciding.accept(make.renewal_order(hotel), by=make.commercial(), at=make.NOON)
    hotel.refresh_from_db()
    take_export(hotel)

    refused(requesting.StillHeld, "no ha caducado", hotel, at=make.noon(date(2026, 12, 1)))


def test_grace_is_over_on_the_thirtieth_day_and_not_an_instant_before() -> None:
    hotel = make.account(starts_on=date(2027, 1, 30))
    take_export(hotel)
    over = datetime(2028, 2, 28, 23, tzinfo=UTC)

    refused(requesting.InGrace, "29 feb 2028", hotel, at=over - timedelta(seconds=1))

    assert ask(hotel, at=over).is_waiting


def test_an_account_with_an_order_that_waits_is_not_deleted() -> None:
    hotel = lived()
    order = make.renewal_order(hotel)
    take_export(hotel)

    refused(requesting.OrderWaits, order.number, hotel)


def test_an_account_that_waits_its_turn_in_a_round_of_renewals_is_not_deleted() -> None:
    hotel = lived()
    nuria = make.superadmin(hotel.organisation)
    others = [make.account(organisation=hotel.organisation) for _ in range(bulk_renewing.AT_ONCE)]
    ends = [(account, date(2026, 1, 29)) for account in (hotel, *others)]
    begun = bulk_renewing.ask(hotel.organisation, ends, by=nuria, at=OVER, now=lambda: OVER)
    take_export(hotel)

    refused(requesting.OrderWaits, "se están renovando", hotel)

    assert begun.items.filter(outcome="waiting").count() == 11


@pytest.mark.parametrize(
    "typed", ["hotel lugo 012", "Hótel Lugo 012", "Hotel Lugo", "Hotel Lugo 012.", " "]
)
def test_another_name_is_refused(typed: str) -> None:
    hotel = lived("Hotel Lugo 012")
    take_export(hotel)

    assert refused(requesting.WrongName, "no es el nombre", hotel, name=typed).field == "name"


def test_a_purge_says_why() -> None:
    hotel = lived()
    take_export(hotel)

    assert refused(requesting.PurgeWithoutReason, "motivo", hotel, reason=" \n ").field == "reason"


def test_an_account_that_nobody_exported_is_not_deleted() -> None:
    refused(requesting.NotExported, "Nadie ha exportado", lived())


def test_the_export_of_another_account_does_not_count() -> None:
    hotel = lived("Hotel Lugo 012")
    take_export(lived("Hotel Soria", organisation=hotel.organisation))

    refused(requesting.NotExported, "Nadie ha exportado", hotel)


def test_an_export_older_than_the_last_change_does_not_count() -> None:
    hotel = lived()
    take_export(hotel)
    order = make.renewal_order(hotel)
    deciding.withdraw(order, by=order.submitted_by, at=OVER)

    refused(requesting.NotExported, "ha cambiado", hotel)

    take_export(hotel)
    assert ask(hotel).is_waiting


def test_a_change_of_its_details_asks_for_another_export() -> None:
    hotel = lived()
    take_export(hotel)
    details = configuring.Details.of(hotel)
    configuring.configure(
        hotel,
        replace(details, contact_email="jefe@hotel.example"),
        seen=details.mark,
        by=make.superadmin(hotel.organisation),
        at=OVER,
    )

    refused(requesting.NotExported, "ha cambiado", hotel)


def test_an_account_that_is_as_it_was_exported_needs_no_other_export() -> None:
    hotel = lived()
    take_export(hotel, at=OVER - timedelta(days=40))

    assert ask(hotel).is_waiting
    assert Export.objects.count() == 1


def test_asking_twice_is_asking_once() -> None:
    hotel = lived()
    take_export(hotel)
    before = woken()

    first, second = ask(hotel), ask(hotel, reason="Otra vez.")

    assert first == second
    assert woken() == before + 1


def test_what_was_refused_can_be_asked_again() -> None:
    hotel = lived()
    take_export(hotel)
    first = ask(hotel)
    order = make.renewal_order(hotel)
    assert not deleting.end(first.pk, at=OVER)
    deciding.reject(order, reason="No", by=make.commercial(), at=OVER)
    take_export(hotel)

    assert deleting.end(ask(hotel).pk, at=OVER)


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_together_ask_once() -> None:
    hotel = lived()
    take_export(hotel)

    done, refusals = together([lambda: ask(Account.objects.get(pk=hotel.pk))] * 2)

    assert refusals == []
    assert done[0] == done[1]
    assert Purge.objects.count() == 1
