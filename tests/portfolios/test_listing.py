from collections.abc import Mapping
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from tests import make
from vatio.accounts.models import Account
from vatio.portfolios import listing
from vatio.portfolios.listing import AccountFilters
from vatio.tenants.models import Organisation, Person
from vatio.units import Quantities

pytestmark = pytest.mark.django_db

NOTHING = AccountFilters(
    text="", licence=None, sector="", within=0, with_order=False, organisation=None, sort="ends"
)


@pytest.fixture
def norte() -> Organisation:
    return make.organisation("Norte Eficiente")


@pytest.fixture
def nuria(norte: Organisation) -> Person:
    return make.superadmin(norte)


def names(parameters: Mapping[str, str], person: Person) -> list[str]:
    asked = listing.read(parameters, person, usual="name")
    found = listing.narrowed(Account.objects.visible_to(person), asked, person, at=make.NOON)
    page = listing.page(found, asked, parameters, person, at=make.NOON)
    return [row.account.name for row in page.rows]


def test_without_parameters_nothing_narrows_and_the_usual_order_holds(nuria: Person) -> None:
    asked = listing.read({}, nuria, usual="ends")

    assert asked == NOTHING
    assert not asked.narrows


@pytest.mark.parametrize(
    "parameters",
    [
        {"sort": "nonsense", "ends": "31", "sector": "x", "licence": "x", "order": "x"},
        {"sort": "--name", "ends": "", "licence": "", "organisation": "nobody"},
        {"sort": "-", "ends": "-30", "sector": "HOTELS", "q": " \0 "},
    ],
)
def test_what_cannot_be_read_is_left_out(parameters: dict[str, str], nuria: Person) -> None:
    assert listing.read(parameters, nuria, usual="ends") == NOTHING


def test_what_can_be_read_narrows(norte: Organisation, nuria: Person) -> None:
    version = make.licence("Avanzada Mtr")

    asked = listing.read(
        {
            "q": " hotel ",
            "licence": str(version.licence.uid),
            "sector": "hotels",
            "ends": "90",
            "order": "open",
            "organisation": norte.slug,
            "sort": "-meters",
        },
        nuria,
        usual="ends",
    )

    assert asked == AccountFilters(
        text="hotel",
        licence=version.licence,
        sector="hotels",
        within=90,
        with_order=True,
        organisation=norte,
        sort="-meters",
    )
    assert asked.narrows


def test_an_organisation_that_somebody_may_not_see_cannot_be_asked_for(nuria: Person) -> None:
    sur = make.organisation("Sur Energía")

    own = listing.read({"organisation": sur.slug}, nuria, usual="ends")
    boss = listing.read({"organisation": sur.slug}, make.commercial(), usual="ends")

    assert own.organisation is None
    assert boss.organisation == sur


def test_filters_narrow_one_by_one_and_together(norte: Organisation, nuria: Person) -> None:
    avanzada = make.licence("Avanzada Mtr", meters=50, supply_points=25)
    lugo = make.account("Hotel Lugo", organisation=norte, starts_on=date(2025, 12, 20))
    make.account("Nave Sil", organisation=norte, starts_on=date(2025, 12, 20), version=avanzada)
    make.account("Hotel Soria", organisation=norte, version=avanzada)
    make.account("De otros")
    Account.objects.filter(name="Nave Sil").update(sector="industry")
    make.renewal_order(lugo, by=nuria)
    licence = str(avanzada.licence.uid)
    boss = make.commercial()

    assert names({"q": "SORIA hot"}, nuria) == ["Hotel Soria"]
    assert names({"sector": "industry"}, nuria) == ["Nave Sil"]
    assert names({"ends": "30"}, nuria) == ["Hotel Lugo", "Nave Sil"]
    assert names({"order": "open"}, nuria) == ["Hotel Lugo"]
    assert names({"licence": licence}, nuria) == ["Hotel Soria", "Nave Sil"]
    assert names({"licence": licence, "ends": "30"}, nuria) == ["Nave Sil"]
    assert names({"organisation": norte.slug, "order": "open"}, boss) == ["Hotel Lugo"]
    assert names({}, boss) == ["De otros", "Hotel Lugo", "Hotel Soria", "Nave Sil"]


def test_the_filter_of_what_ends_begins_after_now_and_keeps_the_last_instant(
    norte: Organisation, nuria: Person
) -> None:
    for starts_on in (date(2025, 11, 24), date(2025, 11, 25), date(2025, 12, 24)):
        make.account(f"Hasta {starts_on}", organisation=norte, starts_on=starts_on)
    make.account("Hasta después", organisation=norte, starts_on=date(2025, 12, 25))

    assert names({"ends": "30"}, nuria) == ["Hasta 2025-11-25", "Hasta 2025-12-24"]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("es", ["administration", "commerce", "other", "health"]),
        ("en", ["commerce", "health", "other", "administration"]),
    ],
)
def test_sectors_are_sorted_by_their_words_in_the_readers_language(
    norte: Organisation, nuria: Person, language: str, expected: list[str]
) -> None:
    for sector in sorted(expected):
        account = make.account(f"De {sector}", organisation=norte)
        Account.objects.filter(pk=account.pk).update(sector=sector)

    with override(language):
        upwards = names({"sort": "sector"}, nuria)
        downwards = names({"sort": "-sector"}, nuria)

    assert upwards == [f"De {sector}" for sector in expected]
    assert downwards == upwards[::-1]


@pytest.mark.parametrize("sort", [f"{way}{sort}" for sort in listing.SORTS for way in ("", "-")])
def test_the_order_of_all_keys_is_that_of_the_pages(
    norte: Organisation, nuria: Person, sort: str
) -> None:
    avanzada = make.licence("Avanzada Mtr", meters=50, supply_points=25, rtc_lines=2)
    make.account("Uno", organisation=norte, sms_credits=7, totals=Quantities(12, 6, None, 1))
    make.account("Dos", organisation=norte, version=avanzada, starts_on=date(2026, 3, 31))
    make.account("Tres", organisation=norte, starts_on=date(2024, 2, 29), months=48)
    Account.objects.filter(name="Tres").update(sector="industry", client="Álamo")
    asked = listing.read({"sort": sort}, nuria, usual="name")
    accounts = listing.narrowed(Account.objects.visible_to(nuria), asked, nuria, at=make.NOON)

    keys = listing.ordered(accounts, asked, at=make.NOON)
    page = listing.page(accounts, asked, {}, nuria, at=make.NOON)

    assert len(keys) == 3
    assert [row.account.pk for row in page.rows] == keys


@pytest.mark.parametrize("sort", ["name", "sector", "meters"])
def test_a_page_is_two_statements_its_keys_and_all_that_its_rows_say(
    norte: Organisation, nuria: Person, sort: str
) -> None:
    make.account(organisation=norte, sms_credits=7)
    asked = listing.read({"sort": sort}, nuria, usual="name")
    accounts = Account.objects.visible_to(nuria)

    with CaptureQueriesContext(connection) as counted:
        page = listing.page(accounts, asked, {}, nuria, at=make.NOON)
        (row,) = page.rows

    assert (row.credits, row.account.organisation_name) == (7, "Norte Eficiente")
    assert (row.holding.licence, row.holding.totals) == ("Básica Mtr", Quantities(10, 5, None, 0))
    assert len(counted) == 2
