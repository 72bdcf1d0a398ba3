import io
import json
import zipfile
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests import make
from tests.purging.lived import OVER, lived
from tests.sheets import opened
from vatio import clock
from vatio.accounts import adjusting
from vatio.accounts.models import Account
from vatio.downloads.models import Download, DownloadPart
from vatio.jobs import tasks
from vatio.portfolios import exporting as lists
from vatio.purging import deleting
from vatio.purging import exporting as accounts
from vatio.purging.models import Export, Purge
from vatio.tenants.models import Organisation, Person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _all_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "AT_ONCE", 2)
    monkeypatch.setattr(accounts, "AT_ONCE", 2)


@pytest.fixture
def norte() -> Organisation:
    return make.organisation()


@pytest.fixture
def nuria(norte: Organisation, client: Client) -> Person:
    person = make.superadmin(norte)
    client.force_login(person)
    return person


def fill(norte: Organisation) -> None:
    today = clock.today("Europe/Madrid")
    for name in ("Zorro", "Águila", "Oca"):
        make.account(name, organisation=norte, starts_on=today)


def work() -> None:
    """Do what the worker does with what was asked."""
    for begun in Download.objects.filter(state="waiting"):
        tasks.write_download(begun.pk)


def words(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_long_list_is_written_by_the_worker_as_it_was_filtered_and_sorted(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    fill(norte)
    make.account("Otra", starts_on=date(2026, 1, 1), months=120)

    asked = client.get(f"/o/{norte.slug}/accounts/?sort=-name&as=xlsx")
    waiting = words(client.get(asked["Location"]))
    early = client.get(asked["Location"] + "file/")
    work()
    ready = words(client.get(asked["Location"]))
    file = client.get(asked["Location"] + "file/")

    assert asked["Location"].startswith("/exports/")
    assert "0 de unas 3 filas" in waiting
    assert 'http-equiv="refresh"' in waiting
    assert early["Location"] == asked["Location"]
    assert "El fichero está listo." in ready
    assert "Descargar" in ready
    assert 'http-equiv="refresh"' not in ready
    content = b"".join(file.streaming_content)
    assert int(file["Content-Length"]) == len(content)
    assert "accounts-" not in file["Content-Disposition"]
    rows = opened(content).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows] == ["Cuenta", "Zorro", "Oca", "Águila"]
    assert "Organización" not in rows[0]


def test_a_short_list_comes_at_once(norte: Organisation, nuria: Person, client: Client) -> None:
    fill(norte)

    file = client.get(f"/o/{norte.slug}/accounts/?q=zorro&as=xlsx")

    assert (file.status_code, Download.objects.count()) == (200, 0)


def test_the_list_of_every_organisation_names_each(client: Client, norte: Organisation) -> None:
    fill(norte)
    client.force_login(make.commercial())

    asked = client.get("/desk/accounts/?as=xlsx")
    work()
    file = client.get(asked["Location"] + "file/")

    rows = opened(b"".join(file.streaming_content)).get_sheet_by_index(0).to_python()
    assert "Organización" in rows[0]
    assert len(rows) == 4


def test_somebody_elses_file_is_not_there(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    fill(norte)
    address = client.get(f"/o/{norte.slug}/accounts/?as=xlsx")["Location"]
    work()

    for other in (make.superadmin(norte, "Iago Ferro"), make.commercial()):
        client.force_login(other)
        assert client.get(address).status_code == 404
        assert client.get(address + "file/").status_code == 404
        assert "cuentas-" not in words(client.get("/exports/"))


def test_the_exports_of_a_person_are_listed(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    assert "No hay exportaciones" in words(client.get("/exports/"))
    fill(norte)
    client.get(f"/o/{norte.slug}/accounts/?as=xlsx")

    assert "Escribiéndose" in words(client.get("/exports/"))
    work()
    assert "Lista" in words(client.get("/exports/"))


def test_too_many_at_once_are_refused_in_words(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    fill(norte)
    for number in range(10):
        client.get(f"/o/{norte.slug}/accounts/?n={number}&as=xlsx")

    answer = client.get(f"/o/{norte.slug}/accounts/?n=10&as=xlsx", follow=True)

    assert "Ya espera tantas exportaciones como se puede" in words(answer)
    assert Download.objects.count() == 10


def exported(client: Client, hotel: Account) -> str:
    address = client.post(f"/accounts/{hotel.uid}/delete/export/")["Location"]
    work()
    return str(address)


def test_a_long_account_counts_as_exported_once_its_file_is_taken(client: Client) -> None:
    hotel, elena = lived(), make.commercial("Elena Cid")
    client.force_login(elena)

    address = exported(client, hotel)
    assert not Export.objects.exists()
    client.head(address + "file/")
    assert not Export.objects.exists()
    file = client.get(address + "file/")
    client.get(address + "file/")

    (record,) = Export.objects.all()
    assert (record.made_by, record.account) == (elena, hotel)
    packed = zipfile.ZipFile(io.BytesIO(b"".join(file.streaming_content)))
    assert packed.namelist()[:2] == ["hotel-lugo-012.json", "hotel-lugo-012.xlsx"]
    assert json.loads(packed.read("hotel-lugo-012.json"))["orders"]
    page = words(client.get(f"/accounts/{hotel.uid}/delete/"))
    assert "nada ha cambiado desde entonces" in page


def test_what_changes_while_it_is_written_makes_another_export_necessary(client: Client) -> None:
    hotel = lived()
    client.force_login(make.commercial("Elena Cid"))
    address = exported(client, hotel)
    adjusting.adjust_credits(hotel, 1, reason="Más.", by=make.commercial(), at=OVER)
    client.get(address + "file/")

    answer = client.post(
        f"/accounts/{hotel.uid}/delete/", {"name": hotel.name, "reason": "Cerraron."}
    )

    assert answer.status_code == 422
    assert Purge.objects.count() == 0


def test_a_purge_takes_the_files_that_may_hold_the_account_and_no_others(client: Client) -> None:
    hotel, elena = lived(), make.commercial("Elena Cid")
    norte = hotel.organisation
    fill(norte)
    fill(make.organisation("Sur"))
    client.force_login(elena)
    for address in (
        "/desk/accounts/?as=xlsx",
        f"/desk/accounts/?organisation={norte.slug}&as=xlsx",
    ):
        client.get(address)
    for organisation in (norte, Organisation.objects.get(name="Sur")):
        client.force_login(make.superadmin(organisation, "Nuria Vidal"))
        client.get(f"/o/{organisation.slug}/accounts/?as=xlsx")
    client.force_login(elena)
    address = exported(client, hotel)
    client.get(address + "file/")
    client.post(f"/accounts/{hotel.uid}/delete/", {"name": hotel.name, "reason": "Cerraron."})
    assert Download.objects.count() == 6

    assert deleting.end(Purge.objects.get().pk, at=clock.now())

    (left,) = Download.objects.all()
    assert left.organisation == Organisation.objects.get(name="Sur")
    assert {part.download_id for part in DownloadPart.objects.all()} == {left.pk}
    assert client.get(address).status_code == 404
