import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from vatio.accounts.models import Account
from vatio.metering import installing, retiring, sites
from vatio.metering.models import Meter, Site
from vatio.metering.searching import matching, search
from vatio.metering.tree import count_sites, sites_of
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db


def site(account: Account, name: str, *, inside: Site | None = None) -> Site:
    details = sites.SiteDetails(name, parent=inside)
    return sites.add_site(account, details, by=make.commercial(), at=make.NOON)


def meter_in(place: Site, name: str = "", serial: str = "") -> Meter:
    by: Person = make.commercial()
    details = installing.MeterDetails(name or f"Contador de {place}", serial=serial, site=place)
    return installing.add_meter(place.account, details, by=by, at=make.NOON)


def test_a_site_counts_what_is_in_service_in_it_and_in_its_parts() -> None:
    hotel = make.account()
    building = site(hotel, "Edificio")
    floor = site(hotel, "Planta 1", inside=building)
    meter_in(building)
    meter = meter_in(floor)
    retired = meter_in(floor, "Otro")
    retiring.retire(retired, by=make.commercial(), at=make.NOON)
    make.meter(hotel)
    installing.add_data_point(meter, quantity=402, minutes=15, by=make.commercial(), at=make.NOON)

    tree = count_sites(hotel)

    counted = [(each.site.name, each.depth, dict(each.counts)) for each in tree]
    assert counted == [
        ("Edificio", 0, {"meters": 2, "data_points": 1}),
        ("Planta 1", 1, {"meters": 1, "data_points": 1}),
    ]
    assert dict(tree.nowhere) == {"meters": 1}


def test_sites_are_by_name_with_ene_after_n_and_parts_under_their_site() -> None:
    hotel = make.account()
    for name in ("Ñandú", "Nuevo", "Álamo"):
        place = site(hotel, name)
        site(hotel, "Sótano", inside=place)

    tree = sites_of(hotel)

    assert [each.site.name for each in tree if each.depth == 0] == ["Álamo", "Nuevo", "Ñandú"]
    assert list(tree.paths().values())[:2] == ["Álamo", "Álamo › Sótano"]
    assert tree.within(tree.branches[2].site) == [each.site.pk for each in list(tree)[4:]]


def test_a_tree_takes_as_many_statements_for_many_sites_as_for_one() -> None:
    counts = []
    for many in (1, 30):
        hotel = make.account(version=make.licence("Grande", meters=100))
        above = None
        for number in range(many):
            above = site(hotel, f"S{number}", inside=above if number % 5 else None)
            meter_in(above)
        with CaptureQueriesContext(connection) as counted:
            list(count_sites(hotel))
        counts.append(len(counted))

    assert counts == [5, 5]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("malaga", {"Málaga centro"}),
        ("MÁLAGA Centro", {"Málaga centro"}),
        ("nandu", {"Ñandú"}),
        ("es0021 0000", {"Málaga centro"}),
        ("ES-0021.0000-0000", {"Málaga centro"}),
        ("0f", {"Málaga centro"}),
        ("%", set()),
        ("malaga nandu", set()),
    ],
)
def test_a_supply_point_is_found_by_name_and_cups_however_written(
    text: str, found: set[str]
) -> None:
    hotel = make.account()
    make.supply_point(hotel, "Málaga centro", cups="ES0021000000000001RK0F")
    make.supply_point(hotel, "Ñandú")
    make.supply_point(make.account(), "Málaga de otro")

    shown = matching(hotel.supplypoints.all(), "supply_points", text)

    assert {each.name for each in shown} == found


def test_a_search_finds_across_kinds_and_says_where_there_are_more() -> None:
    hotel = make.account(version=make.licence("Grande", meters=100))
    site(hotel, "Cocina")
    make.supply_point(hotel, "Cocina y bar")
    for number in range(21):
        make.meter(hotel, f"Contador {number:02}", serial=f"COC-{number}")

    finds = search(hotel, "coc")

    assert [each.name for each in finds.sites] == ["Cocina"]
    assert [each.name for each in finds.supply_points] == ["Cocina y bar"]
    assert (len(finds.meters), finds.meters.has_more) == (20, True)
    assert not finds.sites.has_more
    assert not search(hotel, "piscina")
