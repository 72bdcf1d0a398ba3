import html
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.readings.stored import put, series
from vatio import clock
from vatio.accounts.models import Account
from vatio.history.models import Act
from vatio.metering.models import DataPoint, DataSource, Meter, SourceDevice
from vatio.readings import pending
from vatio.readings.models import RegisterFinding
from vatio.readings.pending import HeldReading
from vatio.readings.ranks import Flag, How, Origin, quality
from vatio.readings.series import SeriesKey
from vatio.readings.slots import ONE_DAY, local_day
from vatio.tenants.models import Person
from vatio.units import Quantities

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 26)
MADRID = "Europe/Madrid"
HOUR = timedelta(hours=1)
ESTIMATED = quality(Origin.INVOICE, How.ESTIMATED, Flag.FIRM)
TILE = re.compile(
    r'<div class="tile"><dt>(.*?)</dt><dd>(.*?)</dd><dd class="second-line">(.*?)</dd>'
)
OPEN = re.compile(r'<ul class="open-things">(.*?)</ul>', re.DOTALL)

Set = Callable[[date], None]


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Set:
    """Set the clock to nine in the morning, UTC, of a day."""

    def set_clock(day: date) -> None:
        at = datetime.combine(day, datetime.min.time(), tzinfo=UTC) + 9 * HOUR
        monkeypatch.setattr(clock, "now", lambda: at)

    set_clock(TODAY)
    return set_clock


@pytest.fixture
def hotel(client: Client, on: Set) -> Account:
    account = make.account("Hotel Lugo", totals=Quantities(500, 500))
    client.force_login(make.holder(account, "administrator"))
    return account


def look(client: Client, account: Account, page: str = "") -> str:
    answer = client.get(f"/accounts/{account.uid}/{page}")
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def tiles(page: str) -> list[tuple[str, str, str]]:
    found = TILE.findall(page)
    return [tuple(re.sub(r"<.*?>|\xa0", "", each) for each in tile) for tile in found]  # type: ignore[misc]


def things(page: str) -> list[tuple[str, str]]:
    """Return what is open: where each thing leads, and its words."""
    (found,) = OPEN.findall(page)
    return re.findall(r'<a href="([^"]+)">([^<]+)</a>', found)


def nothing_open(page: str) -> str:
    (found,) = OPEN.findall(page)
    assert "<a " not in found
    return re.sub(r"<.*?>", "", found).strip()


def fill(key: SeriesKey, since: date, until: date, wh: float = 1_000.0, how: int = 0) -> None:
    """Put an hour's energy into each hour from a day up to, not including, another."""
    begins, ends = (local_day(day, key.time_zone).begins for day in (since, until))
    hours = range(begins, ends, 3600)
    put(key, [(at, wh, how or quality(Origin.FILE)) for at in hours], at=ends)


def fed(account: Account, since: date, until: date, wh: float = 1_000.0) -> SeriesKey:
    key = series(of=account)
    fill(key, since, until, wh)
    return key


def gateway(account: Account, *keys: SeriesKey) -> DataSource:
    made = DataSource.objects.create(
        account=account,
        organisation=account.organisation,
        name="Pasarela",
        name_folded="pasarela",
        kind=DataSource.Kind.INSERTION,
        created_at=make.NOON,
    )
    points = DataPoint.objects.filter(pk__in=[each.data_point_id for each in keys])
    points.update(source=made)
    return made


@pytest.mark.parametrize(
    ("language", "words", "tile"),
    [("es", "Los últimos 30 días", "Ayer"), ("en", "The last 30 days", "Yesterday")],
)
@pytest.mark.parametrize("role", ["administrator", "viewer"])
def test_its_own_people_see_it_first_in_their_language(
    client: Client, hotel: Account, role: str, language: str, words: str, tile: str
) -> None:
    fed(hotel, TODAY - 400 * ONE_DAY, TODAY)
    person = make.holder(hotel, role)
    Person.objects.filter(pk=person.pk).update(language=language)
    client.force_login(Person.objects.get(pk=person.pk))

    page = look(client, hotel)

    assert words in page
    assert tiles(page)[0][:2] == (tile, "24.0 kWh" if language == "en" else "24,0 kWh")
    assert f'<li aria-current="page">{hotel.name}</li>' in page
    assert f'href="/accounts/{hotel.uid}/" aria-current="page"' in page
    assert f'href="/accounts/{hotel.uid}/contract/"' in page


def test_the_contract_of_its_own_people_stands_below_the_account(
    client: Client, hotel: Account
) -> None:
    page = look(client, hotel, "contract/")

    assert f'<li><a href="/accounts/{hotel.uid}/">Hotel Lugo</a></li>' in page
    assert '<li aria-current="page">Contrato</li>' in page


@pytest.mark.parametrize("who", ["superadmin", "commercial"])
def test_those_above_it_see_it_at_its_own_address_and_the_contract_first(
    client: Client, hotel: Account, who: str
) -> None:
    fed(hotel, TODAY - 3 * ONE_DAY, TODAY)
    leads = who == "superadmin"
    client.force_login(make.superadmin(hotel.organisation) if leads else make.commercial())

    page = look(client, hotel, "overview/")
    first = look(client, hotel)

    assert f'<li><a href="/accounts/{hotel.uid}/">Hotel Lugo</a></li>' in page
    assert '<li aria-current="page">Resumen</li>' in page
    assert f'href="/accounts/{hotel.uid}/overview/" aria-current="page"' in page
    assert "Los últimos 30 días" not in first
    assert f'href="/accounts/{hotel.uid}/contract/" aria-current="true"' in first


def test_only_an_entry_of_the_commercial_department_is_recorded(
    client: Client, hotel: Account
) -> None:
    for person in (make.superadmin(hotel.organisation), make.commercial()):
        client.force_login(person)
        look(client, hotel, "overview/")
        look(client, hotel, "overview/")

    acts = Act.objects.filter(account_id=hotel.pk, verb="consumption.entered")
    assert [each.person.is_commercial for each in acts if each.person] == [True]


def test_nothing_installed_is_three_steps(client: Client, hotel: Account) -> None:
    page = look(client, hotel)

    assert "Aún no hay nada que ver" in page or "tres pasos" in page
    assert nothing_open(page) == "Nada."
    assert tiles(page) == []


def test_meters_without_data_are_not_told_to_lack_any(client: Client, hotel: Account) -> None:
    series(of=hotel)

    page = look(client, hotel)

    assert f"/accounts/{hotel.uid}/readings/import/" in page
    assert nothing_open(page) == "Nada."


def test_of_one_day_no_other_is_missed(client: Client, hotel: Account) -> None:
    fed(hotel, TODAY - ONE_DAY, TODAY)

    page = look(client, hotel)

    assert tiles(page) == [
        ("Ayer", "24,0 kWh", "miércoles, 25 nov 2026"),
        ("Este mes, hasta ayer", "24,0 kWh", "no hay con qué comparar"),
        ("Respecto al mes anterior", "–", "no hay con qué comparar"),
        ("Últimos 30 días", "24,0 kWh", "1 día con datos"),
    ]
    assert nothing_open(page) == (
        "Nada: ninguna fuente se retrasa, y del 25 nov 2026 al 25 nov 2026 a ningún día le falta nada."
    )


def test_yesterday_stands_beside_the_same_weekday(client: Client, hotel: Account) -> None:
    key = fed(hotel, date(2025, 10, 1), date(2025, 12, 1))
    fill(key, date(2026, 10, 1), TODAY - ONE_DAY)
    fill(key, TODAY - ONE_DAY, TODAY, 1_500.0)

    found = tiles(look(client, hotel))

    assert found == [
        ("Ayer", "36,0 kWh", "miércoles, 25 nov 2026 · +50,0% respecto al miércoles anterior"),
        ("Este mes, hasta ayer", "612,0 kWh", "2,0% más que un año antes, por día de la semana"),
        ("Respecto al mes anterior", "+1,8 %", "los mismos días de oct 2026"),
        ("Últimos 30 días", "732,0 kWh", "de 24 a 36 kWh al día"),
    ]


def test_yesterday_is_compared_part_by_part(client: Client, hotel: Account) -> None:
    week = TODAY - 8 * ONE_DAY
    fed(hotel, week, TODAY, 1_000.0)
    fill(fed(hotel, TODAY - 3 * ONE_DAY, TODAY, 9_000.0), TODAY - ONE_DAY, TODAY, 9_000.0)

    found = tiles(look(client, hotel))

    assert found[0] == (
        "Ayer",
        "240,0 kWh",
        "miércoles, 25 nov 2026 · lo mismo que el miércoles anterior · "
        "comparado sobre el 50% de ambos lados",
    )


def test_on_the_first_of_a_month_the_month_is_the_last_one(
    client: Client, hotel: Account, on: Set
) -> None:
    fed(hotel, date(2026, 9, 1), date(2026, 11, 1))
    on(date(2026, 11, 1))

    found = tiles(look(client, hotel))

    assert [each[0] for each in found[:3]] == ["Ayer", "El mes pasado", "Respecto al mes anterior"]
    assert found[1][1] == "745,0 kWh"
    assert found[2][2].startswith("los mismos días de sept 2026")


@pytest.mark.parametrize(
    ("today", "label", "total"),
    [
        (date(2028, 2, 29), "Este mes, hasta ayer", "672,0 kWh"),
        (date(2028, 3, 1), "El mes pasado", "696,0 kWh"),
    ],
)
def test_the_29th_of_february_counts(
    client: Client, hotel: Account, on: Set, today: date, label: str, total: str
) -> None:
    Account.objects.filter(pk=hotel.pk).update(covered_until=date(2029, 5, 3))
    fed(hotel, date(2028, 1, 1), today)
    on(today)
    client.force_login(make.superadmin(hotel.organisation))

    found = tiles(look(client, hotel, "overview/"))

    assert found[1][:2] == (label, total)
    assert found[2][2] == "los mismos días de ene 2028"


@pytest.mark.parametrize(
    ("last", "label"),
    [
        (date(2026, 11, 20), "El mes, hasta el 20 nov 2026"),
        (date(2026, 10, 31), "El mes pasado"),
        (date(2026, 10, 29), "El mes, hasta el 29 oct 2026"),
    ],
)
def test_where_files_come_days_late_the_last_day_with_data_is_told(
    client: Client, hotel: Account, last: date, label: str
) -> None:
    fed(hotel, date(2026, 10, 1), last + ONE_DAY)

    page = look(client, hotel)
    found = tiles(page)

    assert found[0][:2] == ("El último día con datos", "24,0 kWh")
    assert found[1][0] == label
    assert "sin datos" not in nothing_open(page)


def test_of_readings_that_are_older_the_way_leads_to_their_days(
    client: Client, hotel: Account
) -> None:
    fed(hotel, date(2026, 8, 3), date(2026, 8, 20))

    page = look(client, hotel)

    assert "Hay lecturas hasta el 19 ago 2026" in page
    there = f"/accounts/{hotel.uid}/consumption/?from=2026-08-01&to=2026-08-19"
    assert f'href="{there}"' in page


def test_an_account_of_gas_alone_is_not_told_to_be_silent(client: Client, hotel: Account) -> None:
    fill(series(of=hotel, quantity=420), TODAY - 5 * ONE_DAY, TODAY)

    page = look(client, hotel)

    assert "Sin energía activa en los últimos 30 días" in page


def test_what_is_missing_or_estimated_leads_to_its_month_of_data_quality(
    client: Client, hotel: Account
) -> None:
    key = fed(hotel, date(2026, 10, 1), date(2026, 11, 10))
    fill(key, date(2026, 11, 12), date(2026, 11, 14), how=ESTIMATED)
    fill(key, date(2026, 11, 14), TODAY)

    found = things(look(client, hotel))

    quality_page = f"/accounts/{hotel.uid}/consumption/data-quality/?period=2026-11"
    assert found == [
        (f"{quality_page}#gaps", "2 días sin datos"),
        (f"{quality_page}#estimates", "2 días estimados, al menos en parte"),
    ]


def test_a_gateway_that_is_silent_leads_to_its_page_and_a_dead_meter_to_data_quality(
    client: Client, hotel: Account
) -> None:
    keys = [fed(hotel, TODAY - 20 * ONE_DAY, TODAY - 9 * ONE_DAY) for _each in range(2)]
    source = gateway(hotel, *keys)

    silent = things(look(client, hotel))
    fill(keys[0], TODAY - 9 * ONE_DAY, TODAY + ONE_DAY)
    page = look(client, hotel)

    assert silent[0] == (
        f"/accounts/{hotel.uid}/installation/sources/{source.uid}/",
        "Datos con retraso: Pasarela",
    )
    assert things(page)[0] == (
        f"/accounts/{hotel.uid}/consumption/data-quality/?sort=-since",
        "Datos con retraso: Pasarela",
    )
    assert "1 de 2 puntos con retraso" in page


def test_waiting_devices_and_found_changes_are_open_to_who_may_change(
    client: Client, hotel: Account
) -> None:
    key = fed(hotel, TODAY - 3 * ONE_DAY, TODAY)
    source = gateway(hotel)
    pending.hold(hotel.pk, source.pk, [HeldReading(0, "7-B", 402, 0.0, 1.0)], at=clock.now() - HOUR)
    found_at = clock.now() - 5 * HOUR
    RegisterFinding.objects.create(
        account_id=hotel.pk, series_id=key.id, at=found_at, kind=RegisterFinding.Kind.CHANGE
    )
    meter = Meter.objects.get(data_points=key.data_point_id)

    changed = things(look(client, hotel))
    client.force_login(make.holder(hotel, "viewer"))
    seen = things(look(client, hotel))

    base = f"/accounts/{hotel.uid}/installation"
    assert changed == [
        (f"{base}/waiting/", "1 dispositivo espera a ser aceptado"),
        (f"{base}/meters/{meter.uid}/", f"{meter.name}: su registro parece de otro contador"),
    ]
    assert seen == []


def test_open_orders_are_told_to_those_who_lead_the_account_alone(
    client: Client, hotel: Account
) -> None:
    order = make.expansion_order(hotel, meters=3)
    told = (f"/orders/{order.uid}/", f"Ampliación, solicitud {order.number}: se está revisando")

    own = things(look(client, hotel))
    client.force_login(make.superadmin(hotel.organisation))
    led = things(look(client, hotel, "overview/"))
    client.force_login(make.commercial())
    seen = things(look(client, hotel, "overview/"))

    assert (own, led, seen) == ([], [told], [])


def test_each_bar_leads_to_its_day(client: Client, hotel: Account) -> None:
    fed(hotel, TODAY - 40 * ONE_DAY, TODAY)

    page = look(client, hotel)

    there = f"/accounts/{hotel.uid}/consumption/"
    assert page.count('class="bar-link"') == 30
    assert f'<a href="{there}?from=2026-11-25&to=2026-11-25" tabindex="-1">' in page
    assert f'<a href="{there}?from=2026-10-27&to=2026-11-25">' in page


def test_an_account_that_expired_is_shut_to_its_own_people_and_open_to_who_leads_it(
    client: Client, hotel: Account, on: Set
) -> None:
    fed(hotel, date(2027, 4, 1), date(2027, 5, 20))
    on(date(2027, 5, 20))

    own = client.get(f"/accounts/{hotel.uid}/")
    client.force_login(make.superadmin(hotel.organisation))
    page = look(client, hotel, "overview/")

    assert own.status_code == 403
    assert tiles(page)[0][:2] == ("Ayer", "24,0 kWh")


def test_sixty_meters_cost_as_many_queries_as_one(client: Client, hotel: Account) -> None:
    def installed(name: str, count: int) -> Account:
        account = make.account(name, organisation=hotel.organisation, totals=Quantities(500, 500))
        keys = [fed(account, TODAY - 2 * ONE_DAY, TODAY) for _each in range(count)]
        source = gateway(account, *keys)
        for each in account.meters.all():
            SourceDevice.objects.create(
                account=account,
                organisation=account.organisation,
                source=source,
                did=str(each.pk),
                meter=each,
            )
        return account

    few, many = installed("Uno", 1), installed("Sesenta", 60)
    client.force_login(make.superadmin(hotel.organisation))
    look(client, few, "overview/")

    counts = []
    for account in (few, many):
        with CaptureQueriesContext(connection) as counted:
            look(client, account, "overview/")
        counts.append(len(counted))

    assert counts[0] == counts[1]
