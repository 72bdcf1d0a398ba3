from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import make
from tests.metering.inventory.workbooks import opened, put, written
from vatio import clock
from vatio.accounts.models import Account
from vatio.history.models import Act
from vatio.metering.models import InventoryDraft, Meter

pytestmark = pytest.mark.django_db

METERS: dict[str, list[list[Any]]] = {
    "Medidores": [["Nombre", "Número de serie"], ["Uno", "1"], ["Dos", "2"]]
}


@pytest.fixture
def hotel(client: Client) -> Account:
    account = make.account("Hotel", version=make.licence("Tres", meters=3))
    client.force_login(make.holder(account, "administrator"))
    return account


def handed_in(client: Client, hotel: Account, sheets: dict[str, list[list[Any]]]) -> str:
    file = SimpleUploadedFile("hotel.xlsx", written(sheets))
    answer = client.post(f"/accounts/{hotel.uid}/installation/import/", {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def test_an_inventory_is_shown_then_imported_once(client: Client, hotel: Account) -> None:
    address = handed_in(client, hotel, METERS)

    page = client.get(address).content.decode()
    assert ("Guardar" in page, Meter.objects.count()) == (True, 0)
    first = client.post(f"{address}carry-out/")
    again = client.post(f"{address}carry-out/")

    assert first["Location"] == f"/accounts/{hotel.uid}/installation/"
    assert again.status_code == 404
    assert (Meter.objects.count(), InventoryDraft.objects.count()) == (2, 0)
    act = Act.objects.get(verb="inventory.imported")
    assert (act.facts["file"], act.facts["added"]) == ("hotel.xlsx", 2)


def test_faults_stand_on_the_page_and_nothing_can_be_saved(client: Client, hotel: Account) -> None:
    four = [["Nombre"], *([f"Contador {each}"] for each in range(4))]
    address = handed_in(client, hotel, {"Medidores": [*four, [""], ["<b>x</b>"]]})

    page = client.get(address).content.decode()
    answer = client.post(f"{address}carry-out/")

    assert "Límite de medidores: 0 de 3. El fichero añade 5: caben 3." in page
    assert "carry-out" not in page
    assert "<b>x</b>" not in page
    assert (answer.status_code, Meter.objects.count()) == (422, 0)


def test_what_is_exported_is_imported_again_with_one_change(client: Client, hotel: Account) -> None:
    client.post(f"{handed_in(client, hotel, METERS)}carry-out/")
    exported = client.get(f"/accounts/{hotel.uid}/installation/export/")
    sheets = opened(b"".join(exported.streaming_content))  # type: ignore[attr-defined]
    put(sheets, "Medidores", 2, "Marca", "Circutor")

    client.post(f"{handed_in(client, hotel, sheets)}carry-out/")

    assert list(Meter.objects.order_by("id").values_list("make", flat=True)) == ["Circutor", ""]
    assert Act.objects.filter(verb="installation.changed").count() == 1


def test_what_is_no_workbook_is_refused_beside_its_field(client: Client, hotel: Account) -> None:
    file = SimpleUploadedFile("hotel.xlsx", b"%PDF-1.4")

    answer = client.post(f"/accounts/{hotel.uid}/installation/import/", {"file": file})

    assert (answer.status_code, InventoryDraft.objects.count()) == (422, 0)
    assert "PDF" in answer.content.decode()


def test_an_expired_account_says_so_and_takes_no_file(client: Client) -> None:
    over = make.account("Viejo", months=1)
    client.force_login(make.superadmin(over.organisation))
    address = f"/accounts/{over.uid}/installation/import/"

    page = client.get(address).content.decode()
    answer = client.post(address, {"file": SimpleUploadedFile("h.xlsx", written(METERS))})

    assert over.ends_at is not None
    assert over.ends_at < clock.now()
    assert "caducó" in page
    assert 'type="file"' not in page
    assert (answer.status_code, InventoryDraft.objects.count()) == (422, 0)


def test_another_accounts_draft_is_not_found(client: Client, hotel: Account) -> None:
    address = handed_in(client, hotel, METERS)
    other = make.account("Otra", organisation=make.organisation("Sur"))
    client.force_login(make.holder(other, "administrator"))

    own = address.replace(str(hotel.uid), str(other.uid))

    assert (client.get(address).status_code, client.get(own).status_code) == (404, 404)
