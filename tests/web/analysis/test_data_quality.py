import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.consumption.kept import MEASURED, keep, whole
from tests.readings.stored import put, series
from tests.web.analysis.looked import speak
from vatio import clock
from vatio.accounts.models import Account
from vatio.history.models import Act
from vatio.metering.models import DataPoint, Meter
from vatio.readings.models import Delivery
from vatio.readings.ranks import Flag, How, Origin, quality
from vatio.readings.series import SeriesKey
from vatio.readings.slots import ONE_DAY, local_day
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db

AT = datetime(2026, 10, 28, 9, tzinfo=UTC)
FIRST = date(2026, 10, 21)
ESTIMATED = quality(Origin.INVOICE, How.ESTIMATED, Flag.FIRM)
DOUBTFUL = quality(Origin.INSERTION, How.MEASURED, Flag.DOUBTFUL)


@pytest.fixture(autouse=True)
def _at_the_end_of_october(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def hotel(client: Client) -> Account:
    account = make.account("Hotel Lugo", version=make.licence("Noventa", meters=90))
    client.force_login(make.holder(account, "administrator"))
    return account


def address(hotel: Account, query: str = "") -> str:
    return f"/accounts/{hotel.uid}/consumption/data-quality/{query}"


def look(client: Client, hotel: Account, query: str = "") -> str:
    answer = client.get(address(hotel, query))
    assert answer.status_code == 200
    return answer.content.decode()


def measured(hotel: Account, name: str = "", *, until: int = 178) -> SeriesKey:
    """Add a series of hours with readings from the 21st up to an hour of it, the 28th at 10:00."""
    key = series(of=hotel, meter=make.meter(hotel, name))
    begins = local_day(FIRST, key.time_zone).begins
    put(key, [(begins + hour * 3600, 1_000.0) for hour in range(until)], at=AT.timestamp())
    return key


def faulty(hotel: Account, name: str = "Bombas") -> SeriesKey:
    """Add a series with a gap, estimates and a doubtful value, and another that contradicts it."""
    key = measured(hotel, name, until=150)
    keep(key, FIRST + ONE_DAY, [1_000.0] * 20 + [None] * 4)
    keep(key, FIRST + 2 * ONE_DAY, [1_000.0] * 24, [ESTIMATED] * 6 + [MEASURED] * 18)
    keep(key, FIRST + 3 * ONE_DAY, [9_000.0] + [1_000.0] * 23, [DOUBTFUL] + [MEASURED] * 23)
    return key


@pytest.mark.parametrize("role", ["administrator", "viewer"])
@pytest.mark.parametrize(
    ("language", "words"), [("es", "Calidad de datos"), ("en", "Data quality")]
)
def test_people_of_the_account_read_it_in_their_language(
    client: Client, hotel: Account, role: str, language: str, words: str
) -> None:
    faulty(hotel)
    person = make.holder(hotel, role)
    Person.objects.filter(pk=person.pk).update(language=language)
    client.force_login(Person.objects.get(pk=person.pk))

    page = look(client, hotel)

    assert f"<h1>{words}</h1>" in page
    assert 'class="day-missing"' in page
    assert ("Huecos" in page) == (language == "es")
    assert ("Importar lecturas" in page, "Import readings" in page) == (False, False)


@pytest.mark.parametrize("language", ["es", "en"])
def test_who_leads_and_the_commercial_department_read_it(
    client: Client, hotel: Account, language: str
) -> None:
    faulty(hotel)
    for person in (make.superadmin(hotel.organisation), make.commercial()):
        Person.objects.filter(pk=person.pk).update(language=language)
        client.force_login(Person.objects.get(pk=person.pk))

        page = look(client, hotel)

        assert "Bombas" in page
    acts = Act.objects.filter(account_id=hotel.pk, verb="consumption.entered")
    assert [each.person.is_commercial for each in acts if each.person] == [True]


def test_nothing_installed_leads_to_the_installation(client: Client, hotel: Account) -> None:
    page = look(client, hotel)

    assert "Aún no se mide nada" in page
    assert f"/accounts/{hotel.uid}/installation/" in page
    assert "Descargar CSV" not in page


def test_no_readings_yet_lead_to_importing_them(client: Client, hotel: Account) -> None:
    series(of=hotel)

    page = look(client, hotel)
    client.force_login(make.holder(hotel, "viewer"))
    seen = look(client, hotel)

    assert "Aún no hay lecturas" in page
    assert f"/accounts/{hotel.uid}/readings/import/" in page
    assert f"/accounts/{hotel.uid}/readings/import/" not in seen


def test_all_there_is_said(client: Client, hotel: Account) -> None:
    measured(hotel)

    page = look(client, hotel)

    assert "Está todo" in page
    assert "100 %" in page.replace("\u00a0", " ")
    assert "Huecos" not in page


def test_faults_are_listed_with_where_and_when(client: Client, hotel: Account) -> None:
    key = faulty(hotel)
    Delivery.objects.filter(account_id=hotel.pk).update(
        corrected=7, file_name="f5d.csv", series_ids=[key.id]
    )

    page = look(client, hotel).replace("\u00a0", " ")

    assert "sigue abierto" in page
    assert "22 oct 2026, 20:00" in page
    assert "9 kWh" in page
    assert "6 h" in page
    assert "Correcciones recibidas" in page
    assert "f5d.csv" in page
    assert page.count("Falta desde") >= 1


def test_the_picture_says_the_same_in_words(client: Client, hotel: Account) -> None:
    faulty(hotel)

    page = look(client, hotel, "?period=2026-10")

    assert (
        "del 1 oct 2026 al 28 oct 2026: 3 días completos, 2 en parte, 1 sin datos,"
        " 1 con estimados, 1 con valores dudosos y 20 de los que no se espera nada."
    ) in page


def test_days_before_the_first_reading_say_so(client: Client, hotel: Account) -> None:
    measured(hotel)

    page = look(client, hotel, "?period=2026-03")

    assert "En estos días no se esperaba nada" in page
    assert "21 oct 2026" in page


def test_it_is_narrowed_by_site_meter_data_point_and_words(client: Client, hotel: Account) -> None:
    measured(hotel, "Bombas")
    measured(hotel, "Cocina")
    meter = Meter.objects.get(name="Cocina")
    point = DataPoint.objects.get(meter=meter)

    for query in (f"?meter={meter.uid}", f"?point={point.uid}", "?q=cocina"):
        page = look(client, hotel, query)

        assert ("Cocina" in page, "Bombas" in page) == (True, False)
    assert "Ningún" in look(client, hotel, "?q=nada") or "Nada" in look(client, hotel, "?q=nada")
    assert "Bombas" in look(client, hotel, "?site=none")
    assert "Bombas" in look(client, hotel, "?point=x&meter=y&period=2026-99&sort=z&after=!")


def test_the_worst_comes_first_and_the_list_has_pages(client: Client, hotel: Account) -> None:
    for number in range(22):
        measured(hotel, f"Medidor {number:02}", until=178 - number)

    first = look(client, hotel)
    last = look(client, hotel, "?at=last")
    by_name = look(client, hotel, "?sort=name")
    by_last = look(client, hotel, "?sort=-last&at=last")

    assert first.index("Medidor 21") < first.index("Medidor 20") < first.index("Medidor 03")
    assert ("Medidor 00 " in first, "Siguiente" in first) == (False, True)
    assert ("Medidor 00" in last, "Medidor 01" in last, "Primera" in last) == (True, True, True)
    assert by_name.index("Medidor 00") < by_name.index("Medidor 01")
    assert "Medidor 21" in by_last


def test_the_table_can_be_downloaded_whole(client: Client, hotel: Account) -> None:
    faulty(hotel, "=Bombas")
    for number in range(21):
        measured(hotel, f"Medidor {number:02}")

    answer = client.get(address(hotel, "?as=csv&period=2026-10"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="calidad-de-datos-2026-10-01-2026-10-28.csv"' in answer["Content-Disposition"]
    assert len(rows) == 23
    assert rows[1][:2] == ["'=Bombas · Energía activa", "'=Bombas"]
    assert rows[1][6:] == [
        "2026-10-01", "2026-10-28", "177", "82,49", "31", "2026-10-27 05:00+01:00", "4,11", "1",
        "0", "2026-10-27 05:00+01:00",
    ]  # fmt: skip


def test_the_table_in_english_has_commas_and_points(client: Client, hotel: Account) -> None:
    faulty(hotel, "Bombas")
    speak(client, hotel, "en")

    answer = client.get(address(hotel, "?as=csv&period=2026-10"))
    page = look(client, hotel, "?period=2026-09")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1][8:11] == ["177", "82.49", "31"]
    assert "none above 1%" in page


def test_a_page_of_many_series_costs_as_many_queries_as_one(client: Client, hotel: Account) -> None:
    faulty(hotel)
    look(client, hotel)
    with CaptureQueriesContext(connection) as few:
        look(client, hotel)
    for number in range(25):
        key = faulty(hotel, f"Medidor {number}")
        whole(key, FIRST + 4 * ONE_DAY, 9_000.0, DOUBTFUL)

    with CaptureQueriesContext(connection) as many:
        page = look(client, hotel)

    assert len(many) <= len(few)
    assert "huecos más" in page


def test_deliveries_are_narrowed_to_a_meter(client: Client, hotel: Account) -> None:
    key, other = measured(hotel, "Bombas"), measured(hotel, "Cocina")
    for each in (key, other):
        newest = Delivery.objects.filter(file_name="f").earliest("id")
        newest.file_name, newest.series_ids = f"de {each.id}.csv", [each.id]
        newest.save(update_fields=["file_name", "series_ids"])
    meter = Meter.objects.get(name="Cocina")

    page = client.get(f"/accounts/{hotel.uid}/readings/deliveries/?meter={meter.uid}")

    assert f"de {other.id}.csv" in page.content.decode()
    assert f"de {key.id}.csv" not in page.content.decode()
