from collections.abc import Mapping
from datetime import timedelta

import pytest

from tests import make
from vatio.orders import assigning, deciding, listing
from vatio.orders.listing import ALL, DECIDED, OPEN, OrderFilters
from vatio.orders.models import Order
from vatio.tenants.models import Organisation, Person

pytestmark = pytest.mark.django_db

QUEUE = OrderFilters(text="", among=OPEN, state="", kind="", at_desk=True)
OWN = OrderFilters(text="", among=OPEN, state="", kind="")


@pytest.fixture
def norte() -> Organisation:
    return make.organisation("Norte Eficiente")


@pytest.fixture
def nuria(norte: Organisation) -> Person:
    return make.superadmin(norte)


@pytest.fixture
def boss() -> Person:
    return make.commercial()


def own(parameters: Mapping[str, str], person: Person) -> list[str]:
    return shown(listing.read(parameters), parameters, person)


def desk(parameters: Mapping[str, str], person: Person) -> list[str]:
    return shown(listing.read_at_desk(parameters, person), parameters, person)


def shown(filters: OrderFilters, parameters: Mapping[str, str], person: Person) -> list[str]:
    found = listing.narrowed(Order.objects.visible_to(person), filters, person)
    return [order.account_name for order in listing.page(found, filters, parameters).rows]


def test_without_parameters_the_open_orders_are_asked_for(boss: Person) -> None:
    assert listing.read({}) == OWN
    assert listing.read_at_desk({}, boss) == QUEUE
    assert not QUEUE.narrows


@pytest.mark.parametrize(
    "parameters",
    [
        *({"state": "x"}, {"state": "offered"}, {"kind": "x"}, {"hand": "x"}),
        *({"organisation": "x"}, {"show": "x"}, {"q": "  "}),
    ],
)
def test_what_cannot_be_read_is_left_out(parameters: dict[str, str], boss: Person) -> None:
    assert listing.read(parameters) == OWN
    assert listing.read_at_desk(parameters, boss) == QUEUE


def test_a_state_counts_only_among_all_orders_of_an_organisation() -> None:
    assert listing.read({"state": "accepted"}) == OWN
    found = listing.read({"show": "all", "state": "accepted"})
    assert (found.among, found.state) == (ALL, "accepted")
    found = listing.read({"show": "all", "state": "pending"})
    assert (found.among, found.state) == (ALL, "pending")


def test_the_desk_asks_for_the_queue_or_for_an_outcome(boss: Person) -> None:
    for state, expected in (
        ("open", (OPEN, "")),
        ("pending", (OPEN, "")),
        ("decided", (DECIDED, "")),
        ("rejected", (DECIDED, "rejected")),
    ):
        found = listing.read_at_desk({"state": state}, boss)
        assert (found.among, found.state) == expected
        assert found.narrows == (expected[0] == DECIDED)


def test_the_queue_begins_with_the_oldest_and_every_other_list_with_the_latest(
    norte: Organisation, nuria: Person, boss: Person
) -> None:
    for day, name in enumerate(("Uno", "Dos", "Tres", "Cuatro")):
        make.opening_order(norte, name, by=nuria, at=make.NOON + timedelta(days=day))
    for name in ("Tres", "Cuatro"):
        order = Order.objects.get(account_name=name)
        deciding.accept(order, by=boss, at=make.NOON + timedelta(days=9))

    assert desk({}, boss) == ["Uno", "Dos"]
    assert own({}, nuria) == ["Dos", "Uno"]
    assert desk({"state": "decided"}, boss) == ["Cuatro", "Tres"]
    assert own({"show": "all"}, nuria) == ["Cuatro", "Tres", "Dos", "Uno"]
    assert own({"show": "all", "at": "last"}, nuria) == ["Cuatro", "Tres", "Dos", "Uno"]


def test_filters_narrow_one_by_one_and_together(
    norte: Organisation, nuria: Person, boss: Person
) -> None:
    sur = make.organisation("Sur Energía")
    lugo = make.opening_order(norte, "Hotel Lugo", by=nuria)
    make.opening_order(norte, "Nave Sil", by=nuria)
    make.opening_order(sur, "Hotel Cádiz")
    make.renewal_order(make.account(organisation=sur))
    rejected = make.opening_order(norte, "Rechazada", by=nuria)
    deciding.reject(rejected, reason="No cabe.", by=boss, at=make.NOON)
    assigning.take(lugo, seen=None, by=boss, at=make.NOON)

    assert desk({"kind": "renewal"}, boss) == [""]
    assert desk({"organisation": norte.slug}, boss) == ["Hotel Lugo", "Nave Sil"]
    assert desk({"hand": "mine"}, boss) == ["Hotel Lugo"]
    assert desk({"hand": "mine"}, make.commercial()) == []
    assert desk({"hand": "nobody", "kind": "opening"}, boss) == ["Nave Sil", "Hotel Cádiz"]
    assert desk({"state": "rejected"}, boss) == ["Rechazada"]
    assert desk({"state": "accepted"}, boss) == []
    assert own({"show": "all", "state": "rejected"}, nuria) == ["Rechazada"]
    assert own({"kind": "renewal"}, nuria) == []


def test_the_search_takes_every_word_and_only_the_desks_an_organisation(
    norte: Organisation, nuria: Person, boss: Person
) -> None:
    sur = make.organisation("Sur Energía")
    hotel = make.opening_order(norte, "Hotel Málaga", by=nuria)
    make.opening_order(sur, "Nave Sil")
    Order.objects.filter(pk=hotel.pk).update(reference="OBRA-7")

    assert own({"q": "malaga HOTEL"}, nuria) == ["Hotel Málaga"]
    assert own({"q": "obra-7"}, nuria) == ["Hotel Málaga"]
    assert own({"q": hotel.number}, nuria) == ["Hotel Málaga"]
    assert own({"q": "hotel sil"}, nuria) == []
    assert own({"q": "norte efi"}, nuria) == []
    assert desk({"q": "sur energia"}, boss) == ["Nave Sil"]
    assert desk({"q": "sil"}, boss) == ["Nave Sil"]
    assert desk({"q": "100%"}, boss) == []


def test_nobody_reads_orders_of_an_organisation_that_they_do_not_lead(
    norte: Organisation, nuria: Person
) -> None:
    make.opening_order(norte, "Hotel Lugo", by=nuria)

    assert own({"show": "all"}, make.superadmin(make.organisation())) == []


@pytest.mark.parametrize(
    "text",
    [
        "B-58818501",
        "esb58818501",
        "B 58.818.501",
        "FA\u0301RO",
        "faro\u200b",
        "HOTELES, s.a",
        "ref-ñ",
    ],
)
def test_an_order_is_found_by_nif_client_and_reference_however_they_are_typed(
    norte: Organisation, nuria: Person, boss: Person, text: str
) -> None:
    order = make.opening_order(norte, "Hotel Fáro", by=nuria)
    Order.objects.filter(pk=order.pk).update(
        nif="B58818501", client="Hotéles, S.A.", reference="Ref-Ñ"
    )
    make.opening_order(norte, "Nave", by=nuria)
    Order.objects.filter(account_name="Nave").update(client="Nave, S.L.")

    assert own({"q": text}, nuria) == ["Hotel Fáro"]
    assert desk({"q": text}, boss) == ["Hotel Fáro"]
