import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import make
from tests.readings.stored import CURVES
from tests.web.readings.uploads import handed_in, packed, saved
from vatio.accounts.models import Account
from vatio.metering.models import SupplyPoint
from vatio.readings.models import Day, Delivery, ReadingsDraft, RememberedOptions
from vatio.spreadsheets import uploads

pytestmark = pytest.mark.django_db

CUPS = "ES0026000045670092AC"


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_a_file_is_shown_first_and_stored_once_when_pressed_twice(
    client: Client, hotel: Account
) -> None:
    address = handed_in(client, hotel, "matriz_octubre.csv")

    page = text(client, address)
    before = Day.objects.count()
    saved(client, address)
    saved(client, address)

    assert "193,154 kWh" in page
    assert 'class="part-mean"' in page
    assert "73 de 73" in page
    assert "Guardar las lecturas" in page
    assert before == 0
    assert (Delivery.objects.count(), Day.objects.count()) == (1, 3)
    assert ReadingsDraft.objects.get().state == "done"
    assert "Guardado" in text(client, address)


def test_what_lacks_is_said_with_what_it_takes(client: Client, hotel: Account) -> None:
    address = handed_in(client, hotel, "matriz_octubre.csv")

    page = text(client, address)

    assert "Crear los suministros que faltan" in page
    assert "Toma 1 CUPS, 1 Mtr, 1 DP" in page.replace("1 Mtr, 1 CUPS", "1 CUPS, 1 Mtr")
    assert "La cuenta no tiene ningún suministro con este CUPS." in page


def test_what_does_not_fit_is_said_before_and_refused_after(client: Client) -> None:
    small = make.account("Pequeña", version=make.licence("Cero", meters=0, supply_points=0))
    client.force_login(make.holder(small, "administrator"))
    address = handed_in(client, small, "matriz_octubre.csv")

    page = text(client, address)
    saved(client, address)

    assert "el fichero necesita 1 más" in page
    draft = ReadingsDraft.objects.get()
    assert (draft.state, Day.objects.count(), SupplyPoint.objects.count()) == ("failed", 0, 0)
    assert "Límite de" in draft.outcomes[0]["words"]
    assert "Límite de" in text(client, address)


def test_what_must_be_asked_is_marked_focused_and_remembered_for_its_header(
    client: Client, hotel: Account
) -> None:
    address = handed_in(client, hotel, "largo_kw_marzo.tsv")

    page = text(client, address)
    client.post(address, {"label": "start"})
    named = text(client, address)
    client.post(address, {"label": "start", "cups": f"{CUPS[:4]} {CUPS[4:]}0F"})
    read = text(client, address)
    again = handed_in(client, hotel, "largo_kw_marzo.tsv", "otro.tsv")

    assert 'name="label" aria-invalid="true" autofocus' in page
    assert "Guardar las lecturas" not in page
    assert 'name="cups" value="" autocomplete="off" aria-invalid="true" autofocus' in named
    assert "76,172 kWh" in read
    assert RememberedOptions.objects.get().told == {"label": "start"}
    assert 'name="cups" value="" autocomplete="off" aria-invalid="true"' in text(client, again)
    assert "Como se leyó el último fichero con esta cabecera." in text(client, again)


def test_a_cups_that_is_none_is_refused_beside_its_field(client: Client, hotel: Account) -> None:
    address = handed_in(client, hotel, "largo_kw_marzo.tsv")

    answer = client.post(address, {"cups": "ES0000", "digits": "600"})

    assert answer.status_code == 422
    assert "«ES0000» no es un CUPS" in answer.content.decode()
    assert "Un número entero del 1 al 12." in answer.content.decode()
    assert ReadingsDraft.objects.get().told == {}


def test_what_is_read_otherwise_is_looked_at_again_before_it_is_stored(
    client: Client, hotel: Account
) -> None:
    address = handed_in(client, hotel, "largo_iso_cuartos.csv")
    client.get(address)

    saved(client, address, label="end")

    assert Delivery.objects.count() == 0
    page = text(client, address)
    assert "Todavía no se ha guardado nada" in page
    saved(client, address, label="end")
    assert Delivery.objects.count() == 1


def test_refused_lines_are_listed_and_downloaded_and_stop_nothing(
    client: Client, hotel: Account
) -> None:
    address = handed_in(client, hotel, "errores.csv")
    client.post(address, {"columns": "yes", "take": "402", "create": "yes"})

    page = text(client, address)
    answer = client.get(f"{address}refused.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))

    assert rows[0] == ["Fichero", "Línea", "Código", "Por qué"]
    assert all(row[0] == "errores.csv" and row[1].isdigit() for row in rows[1:])
    assert 3 < len(rows) < 30
    assert answer["Content-Disposition"].startswith("attachment;")
    assert f"<td>{rows[1][3]}</td>".replace('"', "&#34;") in page
    saved(client, address)
    assert Delivery.objects.get().refused == len(rows) - 1


def test_only_the_columns_that_are_ticked_are_stored(client: Client, hotel: Account) -> None:
    address = handed_in(client, hotel, "edistribucion_octubre.csv")

    page = text(client, address)
    saved(client, address, take=["402", "452"])

    assert 'value="402" checked' in page
    assert 'value="452">' in page
    assert "Energía activa exportada" in page
    assert Delivery.objects.get().new == 50
    assert hotel.datapoints.count() == 2


def test_a_data_point_takes_the_curve_whatever_the_file_names(
    client: Client, hotel: Account
) -> None:
    client_point = make.meter(hotel, "Contador de agua")
    from vatio.metering import installing  # noqa: PLC0415

    point = installing.add_data_point(
        client_point, quantity=402, minutes=60, by=make.commercial(), at=make.NOON
    )
    address = handed_in(client, hotel, "matriz_octubre.csv")

    client.post(address, {"point": str(point.uid)})
    page = text(client, address)
    saved(client, address, point=str(point.uid))

    assert "Contador de agua" in page
    assert (Delivery.objects.get().new, SupplyPoint.objects.count()) == (73, 0)


def test_hostile_names_and_cells_are_escaped(client: Client, hotel: Account) -> None:
    content = (
        b"CUPS;Fecha;Hora;Consumo_kWh;Metodo_obtencion;<img src=x>\n"
        b"ES0031406123450017SZ;26/10/2026;1;<script>alert(1)</script>;R;=1+1\n"
        b"ES0031406123450017SZ;26/10/2026;2;1,021;R;x\n"
    )
    address = handed_in(client, hotel, content, "=<b>a.csv")
    client.post(address, {"create": "yes"})

    page = text(client, address)
    refused = client.get(f"{address}refused.csv").content.decode()
    saved(client, address)
    listed = text(client, f"/accounts/{hotel.uid}/readings/deliveries/")

    assert "<script>alert" not in page
    assert "<img src" not in page
    assert "<b>a" not in page + listed
    assert "&lt;script&gt;alert" in page
    assert "\r\n'=<b>a" in refused.replace('"', "")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4 nothing", b"\x00\x01\x02", b"a;b\n1;2\n"])
def test_what_is_no_curve_is_said_and_never_breaks(
    client: Client, hotel: Account, content: bytes
) -> None:
    file = SimpleUploadedFile("x.csv", content)

    answer = client.post(f"/accounts/{hotel.uid}/readings/import/", {"file": file})

    if answer.status_code == 302:
        page = text(client, answer["Location"])
        assert "Guardar las lecturas" not in page
        assert 'role="alert"' in page
        assert client.get(f"{answer['Location']}refused.csv").status_code in {200, 404}
    else:
        assert answer.status_code == 422


def test_a_file_that_is_too_large_is_refused(
    client: Client, hotel: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vatio.readings.drafts.LARGEST", 10)
    file = SimpleUploadedFile("x.csv", b"12345678901")

    answer = client.post(f"/accounts/{hotel.uid}/readings/import/", {"file": file})

    assert answer.status_code == 422
    assert uploads.LARGEST == 20_000_000
    assert "El fichero pesa más de 20 MB" in answer.content.decode()


def test_another_accounts_draft_is_not_found(client: Client, hotel: Account) -> None:
    address = handed_in(client, hotel, "matriz_octubre.csv")
    other = make.account("Otra", organisation=make.organisation("Sur"))
    client.force_login(make.holder(other, "administrator"))
    own = address.replace(str(hotel.uid), str(other.uid))

    codes = {
        client.get(address).status_code,
        client.get(own).status_code,
        client.post(f"{own}carry-out/").status_code,
        client.get(f"{own}refused.csv").status_code,
    }
    client.post(f"{own}discard/")

    assert codes == {404}
    assert ReadingsDraft.objects.count() == 1


def test_a_file_is_discarded_and_old_ones_go(client: Client, hotel: Account) -> None:
    address = handed_in(client, hotel, "matriz_octubre.csv")
    answer = client.post(f"{address}discard/")
    old = handed_in(client, hotel, "matriz_octubre.csv")
    ReadingsDraft.objects.update(made_at=make.NOON.replace(year=2025))

    new = handed_in(client, hotel, "matriz_octubre.csv")

    assert answer["Location"] == f"/accounts/{hotel.uid}/readings/import/"
    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)


def test_an_archive_is_left_to_the_worker_and_says_how_far_it_is(
    client: Client, hotel: Account
) -> None:
    names = ("matriz_octubre.csv", "largo_iso_cuartos.csv")
    content = packed({name: CURVES / name for name in names})
    address = handed_in(client, hotel, content, "todo.zip")

    shown = text(client, address)
    saved(client, address)
    waiting = text(client, address)

    assert ReadingsDraft.objects.get().state == "waiting"
    assert "193,154 kWh" in shown
    assert "215,052 kWh" in shown
    assert "0 de 2 ficheros" in waiting
    assert 'hx-trigger="every 1s"' in waiting


def test_an_account_whose_readings_are_not_collected_takes_no_file(client: Client) -> None:
    over = make.account("Vieja", months=1)
    client.force_login(make.superadmin(over.organisation))
    address = f"/accounts/{over.uid}/readings/import/"

    page = text(client, address)
    answer = client.post(address, {"file": SimpleUploadedFile("x.csv", b"x")})

    assert "caducó" in page
    assert 'type="file"' not in page
    assert (answer.status_code, ReadingsDraft.objects.count()) == (422, 0)
