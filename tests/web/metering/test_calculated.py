import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from tests import make
from tests.metering.calculated import FOREVER, calculated, less, plus, point
from tests.web.accounts.test_account_list import queries
from tests.web.metering.installing import at, used
from vatio.accounts.models import Account
from vatio.history.models import Act
from vatio.metering import calculating, retiring
from vatio.metering.calculated_terms import terms_between
from vatio.metering.models import CalculatedSeries, CalculatedVersion, DataPoint, Service
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
JUNE = date(2026, 6, 1)


def form(*rows: tuple[object, str, str], **written: str) -> dict[str, str]:
    """Return what the form says, with a row for each term."""
    sent = {"name": "Resto del edificio", "since": "", **written}
    for place, (term, sign, factor) in enumerate(rows):
        uid = str(term.uid) if isinstance(term, DataPoint) else str(term)
        sent |= {
            f"row{place}-term": uid,
            f"row{place}-sign": sign,
            f"row{place}-factor": factor,
        }
    return sent


def page(series: CalculatedSeries, onward: str = "") -> str:
    return at(series.account, f"calculated/{series.uid}/{onward}")


def terms_of(series: CalculatedSeries, day: date = TODAY) -> list[tuple[int, int, Decimal]]:
    (found,) = terms_between(series, day, date(2026, 12, 1))
    return [(each.data_point_id, each.sign, each.factor) for each in found.terms]


def test_a_series_is_added_with_the_words_that_people_read(signed: Client, hotel: Account) -> None:
    whole, kitchen = point(hotel, "General"), point(hotel, "Cocina")
    before = used(hotel)
    shown = signed.get(at(hotel, "calculated/new/")).text

    answer = signed.post(
        at(hotel, "calculated/new/"),
        form((whole, "+", "1"), (kitchen, "-", "0,5"), ("", "+", "1")),
        follow=True,
    )

    series = CalculatedSeries.objects.get()
    assert re.findall(r"<label[^>]*>(.*?)</label>", shown) == [
        "Nombre",
        *["Término", "Signo", "Factor"] * 3,
        "Desde",
    ]
    assert "Añadir otro término" in shown
    assert answer.redirect_chain == [(page(series), 302)]
    assert "Serie calculada añadida: Resto del edificio" in answer.text
    assert "Desde el principio" in answer.text
    assert terms_of(series) == [
        (whole.pk, 1, Decimal(1)),
        (kitchen.pk, -1, Decimal("0.500000")),
    ]
    assert used(hotel) == before


def test_the_pages_are_in_english_too(client: Client, hotel: Account) -> None:
    nuria = make.superadmin(hotel.organisation)
    Person.objects.filter(pk=nuria.pk).update(language="en")
    client.force_login(Person.objects.get(pk=nuria.pk))
    series = calculated(hotel, [plus(point(hotel), "0.25")])

    adding, listed, shown, changing = (
        client.get(address).text
        for address in (
            at(hotel, "calculated/new/"),
            at(hotel, "calculated/"),
            page(series),
            page(series, "change/"),
        )
    )

    assert "Add a calculated series" in adding
    assert "What it adds up today" in listed
    assert "From the beginning on" in shown
    assert 'value="0.25"' in changing


def test_data_points_stand_under_their_meters_and_the_retired_ones_say_so(
    signed: Client, hotel: Account
) -> None:
    old = point(hotel, "Viejo")
    retiring.retire(old, by=make.commercial(), at=make.NOON)
    DataPoint.objects.filter(pk=point(hotel, "Pendiente").pk).update(service=Service.PENDING)

    text = signed.get(at(hotel, "calculated/new/")).text

    assert f'<optgroup label="{old.meter.name}">' in text
    assert "Viejo (fuera de servicio)" in text
    assert "Pendiente" not in text


def test_another_term_is_a_row_more_and_nothing_that_was_written_is_lost(
    signed: Client, hotel: Account
) -> None:
    whole = point(hotel, "General")
    written = form((whole, "-", "1,x"), ("", "+", ""), name="Mi resto", since="2026-06-01")

    answer = signed.post(at(hotel, "calculated/new/"), {**written, "more": "yes"})

    assert answer.status_code == 200
    assert 'role="alert"' not in answer.text
    assert answer.text.count(">Término</label>") == 3
    assert f'<option value="{whole.uid}" selected>' in answer.text
    assert 'value="1,x"' in answer.text
    assert 'value="Mi resto"' in answer.text
    assert 'value="2026-06-01"' in answer.text
    assert '<option value="-" selected>' in answer.text
    assert not CalculatedSeries.objects.exists()


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("", "+", "1")], "Elija al menos un punto de datos."),
        ([("General", "+", "0")], "1 · Factor: Escriba un factor mayor que cero."),
        ([("General", "+", "1"), ("", "+", "2")], "2 · Término: Elija a qué se aplica"),
        ([("General", "+", "a")], "1 · Factor: Escriba un número, como 12,5."),
        ([("General", "+", "1")] * 2, "«General» está dos veces"),
        ([("General", "+", "1"), ("Tensión", "+", "1")], "no se pueden sumar: son Tensión"),
        ([("strange", "+", "1")], "1 · Término: No hay"),
    ],
)
def test_what_cannot_be_added_up_is_said_and_stays_as_it_was_written(
    rows: list[tuple[str, str, str]], words: str, signed: Client, hotel: Account
) -> None:
    known: dict[str, object] = {
        "General": point(hotel, "General"),
        "Tensión": point(hotel, "Tensión", quantity=405),
        "strange": point(make.account("Otra", organisation=hotel.organisation)),
        "": "",
    }
    sent = form(*((known[name], sign, factor) for name, sign, factor in rows))

    answer = signed.post(at(hotel, "calculated/new/"), sent)

    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Resto del edificio"' in answer.text
    assert answer.text.count(">Término</label>") == len(rows)
    assert not CalculatedSeries.objects.exists()


def test_a_name_that_is_taken_is_said_beside_the_name(signed: Client, hotel: Account) -> None:
    whole = point(hotel)
    calculated(hotel, [plus(whole)], name="Resto del edificio")

    answer = signed.post(at(hotel, "calculated/new/"), form((whole, "+", "1")))

    assert answer.status_code == 422
    assert "Nombre: Ya hay una serie calculada con este nombre." in answer.text


def test_of_many_data_points_one_writes_a_name(
    signed: Client, hotel: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vatio.web.metering.choosing.MOST", 1)
    whole, _other = point(hotel, "General"), point(hotel, "Cocina")

    shown = signed.get(at(hotel, "calculated/new/")).text
    signed.post(at(hotel, "calculated/new/"), form(("general", "+", "1")))
    series = CalculatedSeries.objects.get()
    changing = signed.get(page(series, "change/")).text

    assert "<optgroup" not in shown
    assert terms_of(series) == [(whole.pk, 1, Decimal(1))]
    assert 'name="row0-term" value="General"' in changing


def test_a_change_from_a_day_on_shows_what_stands_and_makes_a_version(
    signed: Client, hotel: Account
) -> None:
    whole, kitchen = point(hotel, "General"), point(hotel, "Cocina")
    series = calculated(hotel, [plus(whole, "0.123456")])
    shown = signed.get(page(series, "change/")).text

    signed.post(
        page(series, "change/"), form((kitchen, "-", "2"), name="Cocinas", since="2026-06-01")
    )

    assert 'name="since" type="date" value="2026-11-24"' in shown
    assert 'value="0,123456"' in shown
    assert shown.count(">Término</label>") == 2
    assert [each.since for each in terms_between(series, *FOREVER)] == [FOREVER[0], JUNE]
    assert terms_of(series) == [(kitchen.pk, -1, Decimal("2.000000"))]
    assert CalculatedSeries.objects.get().name == "Cocinas"


def test_correcting_a_version_begins_with_its_own_terms_and_day(
    signed: Client, hotel: Account
) -> None:
    whole, kitchen = point(hotel, "General"), point(hotel, "Cocina")
    series = calculated(hotel, [plus(whole)])
    by = make.commercial()
    calculating.change_terms(series, [less(kitchen)], since=JUNE, by=by, at=make.NOON)

    first = signed.get(page(series, "change/?since=")).text
    second = signed.get(page(series, "change/?since=2026-06-01")).text
    signed.post(page(series, "change/?since="), form((whole, "+", "3")))

    assert f'<option value="{whole.uid}" selected>' in first
    assert 'name="since" type="date" value=""' in first
    assert f'<option value="{kitchen.uid}" selected>' in second
    assert 'value="2026-06-01"' in second
    before, after = terms_between(series, *FOREVER)
    assert [each.factor for each in (*before.terms, *after.terms)] == [Decimal(3), Decimal(1)]


def test_the_page_says_the_versions_by_day_and_what_they_add_up(
    signed: Client, hotel: Account
) -> None:
    whole, kitchen = point(hotel, "General", minutes=60), point(hotel, "Cocina")
    series = calculated(hotel, [plus(whole)], since=date(2026, 1, 1))
    by = make.commercial()
    terms = [plus(whole), less(kitchen, "0.5")]
    calculating.change_terms(series, terms, since=JUNE, by=by, at=make.NOON)

    text = signed.get(page(series)).text

    assert re.findall(r'id="version-\d">(.*?)</h2>', text) == [
        "Desde el 1 jun 2026",
        "Del 1 ene 2026 al 31 may 2026",
    ]
    assert text.count("Vale hoy") == 1
    assert "Una hora" in text
    assert "−" in text
    assert "0,5" in text


def test_a_version_is_removed_and_the_only_one_is_not(signed: Client, hotel: Account) -> None:
    whole = point(hotel)
    series = calculated(hotel, [plus(whole)])
    by = make.commercial()
    calculating.change_terms(series, [less(whole)], since=JUNE, by=by, at=make.NOON)
    remove = page(series, "versions/remove/")

    unknown = signed.post(remove, {"since": "2026-07-01"})
    signed.post(remove, {"since": "2026-06-01"})
    last = signed.post(remove, {"since": ""}, follow=True)

    assert unknown.status_code == 404
    assert "Es la única versión" in last.text
    assert [each.since for each in CalculatedVersion.objects.all()] == [None]


def test_a_series_is_removed_once_that_is_said_and_its_name_is_free(
    signed: Client, hotel: Account
) -> None:
    whole = point(hotel)
    series = calculated(hotel, [plus(whole)], name="Resto del edificio")

    asked = signed.get(page(series, "remove/"))
    unsure = signed.post(page(series, "remove/"))
    still = CalculatedSeries.objects.count()
    done = signed.post(page(series, "remove/"), {"sure": "yes"}, follow=True)
    again = signed.post(at(hotel, "calculated/new/"), form((whole, "+", "1")))

    assert "Quitar la serie" in asked.text
    assert (unsure.status_code, still) == (200, 1)
    assert "Serie calculada quitada: Resto del edificio" in done.text
    assert again.status_code == 302
    assert signed.get(page(series)).status_code == 404


def test_what_another_removed_meanwhile_is_said(
    signed: Client, hotel: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    series = calculated(hotel)

    def too_late(*_args: object, **_options: object) -> None:
        raise calculating.CalculatedGone("Esto se ha quitado entretanto.")

    monkeypatch.setattr(calculating, "remove_calculated", too_late)

    answer = signed.post(page(series, "remove/"), {"sure": "yes"})

    assert answer.status_code == 409
    assert "Esto se ha quitado entretanto." in answer.text


def test_a_viewer_and_the_department_look_and_an_administrator_changes(
    client: Client, hotel: Account
) -> None:
    series = calculated(hotel)
    forms = ("change/", "remove/", "versions/remove/")

    for person in (make.holder(hotel, "viewer"), make.commercial()):
        client.force_login(person)
        shown = client.get(page(series))
        assert shown.status_code == 200
        assert "Cambiar</a>" not in shown.text
        assert "Quitar</a>" not in shown.text
        assert "calculated/new/" not in client.get(at(hotel, "calculated/")).text
        for each in forms:
            assert client.post(page(series, each), {"sure": "yes"}).status_code == 404
        assert client.post(at(hotel, "calculated/new/"), form()).status_code == 404
    client.force_login(make.holder(hotel, "administrator"))
    assert "Cambiar</a>" in client.get(page(series)).text
    assert client.post(page(series, "remove/"), {"sure": "yes"}).status_code == 302


def test_a_series_of_another_account_or_organisation_is_not_found(
    signed: Client, hotel: Account
) -> None:
    others = [
        calculated(make.account("Otra cuenta", organisation=hotel.organisation)),
        calculated(make.account("Ajena")),
    ]

    for series in others:
        for onward in ("", "change/", "remove/"):
            address = at(hotel, f"calculated/{series.uid}/{onward}")
            assert signed.get(address).status_code == 404
            assert signed.post(address, {"sure": "yes"}).status_code in (404, 405)
    assert signed.get(page(others[1])).status_code == 404
    assert CalculatedSeries.objects.count() == 2


def test_the_installation_says_how_many_there_are_and_leads_to_them(
    signed: Client, hotel: Account
) -> None:
    calculated(hotel, name="Resto")
    calculated(hotel, name="Frío")

    text = signed.get(at(hotel, "")).text

    heading = f'<h2><a href="{at(hotel, "calculated/")}">Series calculadas</a></h2>'
    assert re.search(re.escape(heading) + r"\s*<div><p class=\"used\"><strong>2</strong>", text)
    assert "Añadir serie calculada" in text


def test_the_list_tells_what_each_adds_up_today_and_is_searched_by_name(
    signed: Client, hotel: Account
) -> None:
    whole, kitchen = point(hotel, "General"), point(hotel, "Cocina")
    calculated(hotel, [plus(whole), less(kitchen, "0.5")], name="Resto")
    calculated(hotel, [plus(whole)], name="Mañana", since=date(2027, 1, 1))

    text = signed.get(at(hotel, "calculated/")).text
    found = signed.get(at(hotel, "calculated/?q=manana")).text

    cells = [" ".join(re.sub("<[^>]*>", "", each).split()) for each in text.split("<td")]
    assert any("General − 0,5 × Cocina" in each for each in cells)
    assert any("nada antes del 1 ene 2027" in each for each in cells)
    assert ">Mañana</a>" in found
    assert ">Resto</a>" not in found


@pytest.mark.parametrize("which", ["list", "page"])
def test_pages_take_as_many_statements_for_many_as_for_one(
    which: str, signed: Client, hotel: Account
) -> None:
    version = make.licence("Grande", meters=200)
    large = make.account("Grande", organisation=hotel.organisation, version=version)
    counts = []
    for many in (1, 12):
        points = [point(large) for _each in range(many)]
        series = calculated(large, [plus(each) for each in points], name=f"De {many}")
        for number in range(1, many):
            changed = [less(each) for each in points[number:]]
            calculating.change_terms(
                series, changed, since=date(2026, number, 1), by=make.commercial(), at=make.NOON
            )
        address = page(series) if which == "page" else at(large, "calculated/")
        counts.append(queries(signed, address))

    assert counts[0] == counts[1]


def test_the_history_tells_what_was_done(signed: Client, hotel: Account) -> None:
    series = calculated(hotel, name="Resto")
    signed.post(page(series, "remove/"), {"sure": "yes"})

    verbs = Act.objects.filter(facts__kind="CalculatedSeries").order_by("id")

    assert [each.verb for each in verbs] == ["installation.added", "installation.removed"]
