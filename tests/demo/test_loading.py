from datetime import timedelta

import pytest
from django.db import connection

from vatio import clock
from vatio.accounts.expiry import has_started, is_expired, is_in_grace
from vatio.accounts.models import Account
from vatio.demo import histories, inventory, loading, people, sums
from vatio.demo.energy.faults import NO_FAULTS
from vatio.demo.measured import measured
from vatio.demo.portfolio import ORGANISATIONS
from vatio.demo_clock.models import Fill
from vatio.entitlements.question import entitlement
from vatio.metering import checking
from vatio.metering.calculated_terms import terms_between
from vatio.metering.cups import parse_cups
from vatio.metering.models import CalculatedSeries, Meter, Site, SupplyPoint
from vatio.metering.past import entitlement_on
from vatio.orders.models import Order
from vatio.tenants.models import Organisation, Person
from vatio.units import Unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


@pytest.fixture(scope="module")
def demo(module_transaction: None) -> None:
    """Load the demo where the database joins otherwise than it would: all is as anywhere else."""
    with connection.cursor() as cursor:
        cursor.execute("SET enable_nestloop = off")
        loading.prepare(True)
        cursor.execute("RESET enable_nestloop")


def test_the_demo_has_accounts_in_every_state() -> None:
    at = clock.now()
    accounts = list(Account.objects.all())
    assert Organisation.objects.count() == 2
    assert len(accounts) >= 60
    states = {
        "expired": [is_expired(a, at=at) for a in accounts],
        "in grace": [is_in_grace(a, at=at) for a in accounts],
        "out of grace": [is_expired(a, at=at) and not is_in_grace(a, at=at) for a in accounts],
        "active": [has_started(a, at=at) and not is_expired(a, at=at) for a in accounts],
        "yet to start": [not has_started(a, at=at) for a in accounts],
        "renewed": [
            a.terms.filter(starts_on__gt=clock.today(a.time_zone)).exists() for a in accounts
        ],
    }
    assert {state for state, found in states.items() if not any(found)} == set()
    assert set(Order.objects.values_list("state", flat=True)) == {
        "pending",
        "accepted",
        "rejected",
        "withdrawn",
    }


def test_numbers_follow_the_days_on_which_orders_were_sent() -> None:
    by_number = list(Order.objects.order_by("id").values_list("submitted_at", flat=True))

    assert by_number == sorted(by_number)


def test_every_project_of_the_demo_is_there_under_its_organisation() -> None:
    for sample in ORGANISATIONS:
        names = set(
            Account.objects.filter(organisation__name=sample.name).values_list("name", flat=True)
        )
        assert {project.name for project in sample.accounts} <= names


def test_the_people_of_the_demo_can_be_signed_in_as() -> None:
    listed = people.listed()
    assert {person.role for person in listed} == {
        "commercial",
        "superadmin",
        "administrator",
        "viewer",
    }
    for person in listed:
        assert Person.objects.get(email=person.email).check_password(person.password)


def test_what_is_installed_in_the_demo_is_counted_and_fits_but_in_one_account() -> None:
    at = clock.now()
    rooms = {
        account.name: entitlement(account, at=at).rooms
        for account in Account.objects.filter(opened_on__lte=clock.today("Europe/Madrid"))
    }

    assert checking.recount() == []
    over = {name for name, room in rooms.items() if any(each.is_over for each in room.values())}
    assert over == {inventory.OVER}
    assert (rooms[inventory.OVER][Unit.METERS].used, rooms[inventory.OVER][Unit.METERS].held) == (
        42,
        40,
    )
    near = [name for name, room in rooms.items() if any(r.percent >= 80 for r in room.values())]
    assert len(near) >= 10
    assert all(sum(each.used for each in room.values()) > 0 for room in rooms.values())


def test_every_demo_has_its_things_at_the_same_sites() -> None:
    hotel = Account.objects.get(name="Hotel Lugo 012")
    sites = Site.objects.filter(account=hotel).order_by("id").values_list("name", flat=True)
    meters = Meter.objects.filter(account=hotel).order_by("id")

    assert list(sites) == [
        "Edificio principal",
        "Exteriores",
        "Planta baja",
        "Planta primera",
        "Sala de máquinas",
        "Aparcamiento",
    ]
    assert meters[4].name == "Bombas 05"
    assert meters[4].site.name == "Aparcamiento"
    for account in Account.objects.all():
        own = Site.objects.filter(account=account).order_by("id")
        assert list(own.values_list("name", flat=True)) in ([], list(sites))


def test_the_supply_points_of_the_demo_have_a_cups_whose_letters_fit() -> None:
    codes = list(SupplyPoint.objects.values_list("cups", flat=True))

    assert len(codes) == len(set(codes)) > 100
    assert [parse_cups(code).code for code in codes] == codes
    assert not SupplyPoint.objects.filter(contracts=None).exists()


def test_what_the_demo_used_on_earlier_days_never_exceeds_what_it_uses_now() -> None:
    account = Account.objects.get(name=people.ACCOUNT_OF_HOLDERS)
    today = clock.today(account.time_zone)
    counts = [
        entitlement_on(account, today - timedelta(days=days)).rooms[Unit.METERS].used
        for days in (700, 300, 100, 0)
    ]

    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_every_account_with_something_installed_waits_for_its_readings() -> None:
    fill = Fill.objects.get()
    planned = [step["account"] for step in fill.steps]
    names = dict(Account.objects.values_list("id", "name"))

    assert [names[each] for each in planned[:12]] == list(histories.HISTORIES)
    assert set(planned) == set(
        Account.objects.filter(datapoints__isnull=False).values_list("id", flat=True)
    )
    assert (fill.done, fill.wanted > 5_000_000) == (0, True)


def test_each_kind_of_fault_is_in_an_account_whose_general_meter_has_a_contract() -> None:
    today = clock.today("Europe/Madrid")
    for name, history in histories.HISTORIES.items():
        account = Account.objects.get(name=name)
        series = measured(account, made_on=today)
        general = next(each for each in series if each.profile.quantity == 402)
        assert (general.profile.faults != NO_FAULTS) == bool(history.trouble)
        if history.trouble:
            assert SupplyPoint.objects.filter(
                account=account, measurements__meter__name="Contador general"
            ).exists()


def test_what_the_demo_adds_up_is_read_at_each_of_its_meters() -> None:
    today = clock.today("Europe/Madrid")
    for each in sums.SUMS:
        account = Account.objects.get(name=each.account)
        series = CalculatedSeries.objects.get(account=account, name=each.name)
        (found,) = terms_between(series, today - timedelta(days=700), today)
        read = {one.series.data_point_id for one in measured(account, made_on=today)}
        assert {term.data_point_id for term in found.terms} <= read
        assert [term.sign for term in found.terms] == (
            [1] * len(each.added) + [-1] * len(each.taken_away)
        )
