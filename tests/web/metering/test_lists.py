import re
from datetime import date

import pytest
from django.test import Client

from tests import make
from tests.web.accounts.test_account_list import queries
from vatio.accounts import adjusting
from vatio.accounts.models import Account
from vatio.metering import installing, retiring, sites
from vatio.metering.models import Site
from vatio.units import Quantities

pytestmark = pytest.mark.django_db

CUPS = "ES0021000000000001RK"


@pytest.fixture
def hotel() -> Account:
    version = make.licence("Grande", meters=200, supply_points=200, rtc_lines=100)
    return make.account("Hotel Lugo 012", version=version)


@pytest.fixture
def nuria(hotel: Account, client: Client) -> Client:
    client.force_login(make.superadmin(hotel.organisation))
    return client


def site(of: Account, name: str, inside: Site | None = None) -> Site:
    details = sites.SiteDetails(name, parent=inside)
    return sites.add_site(of, details, by=make.commercial(), at=make.NOON)


def fill(of: Account, many: int, place: Site | None = None) -> None:
    """Add as many supply points, meters, data points, RTC lines and sources, one of another."""
    by, at = make.commercial(), make.NOON
    for _each in range(many):
        supply = make.supply_point(of)
        details = installing.MeterDetails(
            supply.name, site=place, measures=installing.Measures(supply)
        )
        meter = installing.add_meter(of, details, by=by, at=at)
        source = installing.add_source(of, name=supply.name, kind="insertion", by=by, at=at)
        point = installing.add_data_point(
            meter, quantity=402, minutes=15, source=source, by=by, at=at
        )
        installing.add_series(point, minutes=60, at=at)
        installing.add_rtc_line(supply, meter, by=by, at=at)


def names(page: str) -> list[str]:
    heads = re.findall(r'<th role="rowheader"[^>]*>(.*?)</th>', page, re.DOTALL)
    return [
        re.sub(r"<small>.*?</small>|<[^>]*>", "", each, flags=re.DOTALL).strip() for each in heads
    ]


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


LISTS = ("supply-points/", "meters/", "data-points/", "lines/", "sources/")


@pytest.mark.parametrize("which", ["", "?q=contador", *LISTS])
def test_a_page_of_an_installation_takes_as_many_statements_for_many_as_for_one(
    which: str, hotel: Account, nuria: Client
) -> None:
    counts = []
    for many in (1, 30):
        place = site(hotel, f"Edificio {many}")
        for number in range(many):
            site(hotel, f"Planta {number}", place)
        fill(hotel, many, place)
        counts.append(queries(nuria, f"/accounts/{hotel.uid}/installation/{which}"))

    assert counts[0] == counts[1]
    assert counts[0] <= 20


def test_a_list_is_narrowed_by_text_by_site_with_its_parts_and_by_service(
    hotel: Account, nuria: Client
) -> None:
    building = site(hotel, "Edificio")
    floor = site(hotel, "Planta", building)
    by = make.commercial()
    for name, place in (("Fuera", None), ("Sala", building), ("Álamo", floor)):
        details = installing.MeterDetails(name, serial=f"S-{name}", site=place)
        meter = installing.add_meter(hotel, details, by=by, at=make.NOON)
    retiring.retire(meter, by=by, at=make.NOON)
    address = f"/accounts/{hotel.uid}/installation/meters/"

    assert names(text(nuria, address)) == ["Álamo", "Fuera", "Sala"]
    assert names(text(nuria, f"{address}?q=s-ALAMO")) == ["Álamo"]
    assert names(text(nuria, f"{address}?site={building.uid}")) == ["Álamo", "Sala"]
    assert names(text(nuria, f"{address}?site={floor.uid}")) == ["Álamo"]
    assert names(text(nuria, f"{address}?site=none")) == ["Fuera"]
    assert names(text(nuria, f"{address}?site={building.uid}&service=accepted")) == ["Sala"]
    assert names(text(nuria, f"{address}?service=retired")) == ["Álamo"]
    assert names(text(nuria, f"{address}?service=nonsense&site=x")) == ["Álamo", "Fuera", "Sala"]
    assert "Nada coincide" in text(nuria, f"{address}?q=piscina")


def test_the_pages_of_a_list_keep_its_filters(hotel: Account, nuria: Client) -> None:
    for number in range(60):
        make.meter(hotel, f"Contador {number:02}")
    make.meter(hotel, "Otro")
    address = f"/accounts/{hotel.uid}/installation/meters/?q=contador"

    first = text(nuria, address)
    (onwards,) = re.findall(r'<a href="([^"]*)" rel="next">Siguiente', first)
    second = text(nuria, address.partition("?")[0] + onwards.replace("&amp;", "&"))

    assert names(first) == [f"Contador {number:02}" for number in range(50)]
    assert names(second) == [f"Contador {number:02}" for number in range(50, 60)]
    assert "60 medidores" in first


def test_each_retired_thing_can_be_put_back_and_each_other_retired_by_who_may(
    hotel: Account, client: Client
) -> None:
    fill(hotel, 1)
    retired = make.meter(hotel, "Viejo")
    retiring.retire(retired, by=make.commercial(), at=make.NOON)
    address = f"/accounts/{hotel.uid}/installation/meters/"

    for role, acts in (("administrator", 1), ("viewer", 0)):
        client.force_login(make.holder(hotel, role))
        page = text(client, address)

        assert page.count(f"/installation/meters/{retired.uid}/return/") == acts
        assert page.count("/retire/") == acts
        assert page.count("Añadir medidor") == acts
    client.force_login(make.commercial())
    assert "/retire/" not in text(client, address)


@pytest.mark.parametrize(
    ("which", "words"),
    [
        ("supply-points/", "Añadir suministro"),
        ("meters/", "Añadir medidor"),
        ("data-points/", "Añadir punto de datos"),
        ("lines/", "Añadir línea RTC"),
        ("sources/", "Añadir fuente"),
    ],
)
def test_in_an_account_that_has_ended_or_not_begun_nothing_is_added_and_why_is_said(
    which: str, words: str, client: Client
) -> None:
    for starts_on, reason in ((date(2024, 2, 29), "caducó"), (date(2999, 1, 31), "empieza")):
        nave = make.account(starts_on=starts_on)
        client.force_login(make.superadmin(nave.organisation))
        for address in ("", which):
            page = text(client, f"/accounts/{nave.uid}/installation/{address}")

            assert words not in page
            assert reason in page
            assert "Importar inventario" not in page


def test_used_of_held_is_said_and_that_it_is_over(hotel: Account, nuria: Client) -> None:
    for _each in range(4):
        make.meter(hotel)
    address = f"/accounts/{hotel.uid}/installation/"
    assert "4 de 200" in text(nuria, address)

    adjusting.adjust_quantities(
        hotel, Quantities(meters=3), reason="Baja", by=make.commercial(), at=make.NOON
    )

    for which in ("", "meters/"):
        page = text(nuria, f"{address}{which}")
        assert "4 de 3" in page
        assert "1 más de lo contratado" in page
        assert f"/accounts/{hotel.uid}/expand/" in page


def test_where_all_is_in_use_each_reads_the_way_out(client: Client) -> None:
    nave = make.account(version=make.licence("Una", meters=1))
    make.meter(nave)
    ways = {
        "superadmin": (True, False),
        "administrator": (False, True),
        "viewer": (False, False),
    }
    for role, (expands, asks) in ways.items():
        person = (
            make.superadmin(nave.organisation) if role == "superadmin" else make.holder(nave, role)
        )
        client.force_login(person)
        page = text(client, f"/accounts/{nave.uid}/installation/meters/")

        assert "no queda ninguno libre" in page
        assert (f"/accounts/{nave.uid}/expand/" in page) is expands
        assert (f"Pida más a {nave.organisation.name}" in page) is asks


def test_a_unit_that_is_not_counted_has_no_limit(client: Client) -> None:
    granja = make.account(version=make.licence("Starter DP", data_points=250))
    make.meter(granja)
    client.force_login(make.superadmin(granja.organisation))

    page = text(client, f"/accounts/{granja.uid}/installation/meters/")

    assert "sin límite" in page
    assert "1 de" not in page


def test_a_supply_point_without_a_principal_meter_says_so(hotel: Account, nuria: Client) -> None:
    make.supply_point(hotel, "Suelto", cups=CUPS)
    fill(hotel, 1)

    page = text(nuria, f"/accounts/{hotel.uid}/installation/supply-points/")

    assert page.count("falta el contador principal") == 1
    assert CUPS in page


def test_the_search_of_an_installation_finds_by_name_cups_and_serial(
    hotel: Account, nuria: Client
) -> None:
    site(hotel, "Lavandería")
    make.supply_point(hotel, "Acometida", cups=CUPS)
    make.meter(hotel, "Bomba", serial="ZIV-77")
    address = f"/accounts/{hotel.uid}/installation/?q="

    for asked, found in (
        ("lavanderia", "Lavandería"),
        ("es0021+0000", "Acometida"),
        ("ziv-77", "Bomba"),
    ):
        shown = re.findall(r"<li>(.*?)</li>", text(nuria, address + asked), re.DOTALL)
        assert [found in each for each in shown if "muted" in each] == [True]
    assert "Nada coincide" in text(nuria, f"{address}piscina")


def test_nothing_of_another_account_is_listed(hotel: Account, nuria: Client) -> None:
    fill(make.account(version=make.licence("Grande")), 1)

    for which in LISTS:
        assert names(text(nuria, f"/accounts/{hotel.uid}/installation/{which}")) == []


def test_what_people_wrote_is_shown_as_they_wrote_it(hotel: Account, nuria: Client) -> None:
    place = site(hotel, "<b>Zona</b>")
    details = installing.MeterDetails("<i>Uno</i>", site=place)
    installing.add_meter(hotel, details, by=make.commercial(), at=make.NOON)

    for which in ("", "?q=zona", "meters/"):
        page = text(nuria, f"/accounts/{hotel.uid}/installation/{which}")
        assert "&lt;b&gt;Zona" in page
        assert "<b>Zona" not in page
        assert "<i>Uno" not in page
