from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.readings.stored import CURVES
from tests.web.readings.conftest import AT
from tests.web.readings.uploads import handed_in, saved
from vatio.accounts.models import Account
from vatio.history.models import Act
from vatio.metering.models import Series
from vatio.readings import deliveries, keeping
from vatio.readings.models import Day, Delivery, KeptFile
from vatio.readings.ranks import Origin

pytestmark = pytest.mark.django_db


def listed(hotel: Account) -> str:
    return f"/accounts/{hotel.uid}/readings/deliveries/"


def brought(client: Client, hotel: Account, name: str = "matriz_octubre.csv") -> str:
    """Import a sample; return the address of its delivery."""
    saved(client, handed_in(client, hotel, name))
    return f"{listed(hotel)}{Delivery.objects.latest('id').id}/"


def test_a_delivery_says_who_brought_what_and_why_some_was_refused(
    client: Client, hotel: Account
) -> None:
    address = brought(client, hotel, "errores.csv")

    page = client.get(listed(hotel)).content.decode()
    own = client.get(address).content.decode()

    assert "errores.csv" in page
    assert "Fichero de la distribuidora" in page
    assert "y 4 motivos más" in page
    assert "no es un CUPS" in own
    assert "no_such_hour" in own


def test_it_is_taken_back_after_it_was_said_what_happens(client: Client, hotel: Account) -> None:
    address = brought(client, hotel)

    page = client.get(f"{address}take-back/").content.decode()
    before = Day.objects.filter(present__gt=0).count()
    answer = client.post(f"{address}take-back/")
    own = client.get(address).content.decode()

    assert "Se quitan 73 valores." in page
    assert (before, Day.objects.filter(present__gt=0).count()) == (3, 0)
    assert answer["Location"] == address
    assert "Entrega retirada: 3 días están como antes." in own
    assert "Retirar la entrega" not in own
    assert "Retirada" in client.get(listed(hotel)).content.decode()
    assert Act.objects.filter(verb="readings.taken_back").count() == 1


def test_what_is_not_the_latest_cannot_be_taken_back_and_says_so(
    client: Client, hotel: Account
) -> None:
    address = brought(client, hotel)
    changed = (CURVES / "matriz_octubre.csv").read_bytes().replace(b";1,", b";2,")
    saved(client, handed_in(client, hotel, changed, "otra.csv"))

    page = client.get(f"{address}take-back/").content.decode()
    answer = client.post(f"{address}take-back/")

    assert "retire antes aquella" in page
    assert "button danger main" not in page
    assert answer.status_code == 200
    assert Delivery.objects.filter(taken_back_at__isnull=False).count() == 0


def test_what_stayed_as_somebody_had_changed_it_is_listed(client: Client, hotel: Account) -> None:
    address = brought(client, hotel)
    client.post(f"{address}take-back/")
    Delivery.objects.update(kept=[[Series.objects.get().pk, "2026-10-25", 3], [0, "2026-10-25", 0]])

    page = client.get(address).content.decode()

    assert "Lo que se quedó, porque alguien lo había cambiado" in page
    assert "25 oct 2026, 02:00" in page
    assert page.count('class="list"') == 1


def test_it_is_taken_back_once(client: Client, hotel: Account) -> None:
    address = brought(client, hotel)
    client.post(f"{address}take-back/")

    page = client.post(f"{address}take-back/").content.decode()

    assert "Esta entrega ya se había retirado." in page
    assert Act.objects.filter(verb="readings.taken_back").count() == 1


def test_the_file_is_downloaded_never_shown_and_forgotten_after_90_days(
    client: Client, hotel: Account
) -> None:
    address = brought(client, hotel)

    answer = client.get(f"{address}file/")
    early = keeping.forget_old(at=AT + timedelta(days=KeptFile.DAYS))
    late = keeping.forget_old(at=AT + timedelta(days=KeptFile.DAYS, seconds=1))

    assert answer.content == (CURVES / "matriz_octubre.csv").read_bytes()
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="matriz_octubre.csv"'
    assert (early, late) == (0, 1)
    assert client.get(f"{address}file/").status_code == 404
    assert "Ya no se conserva" in client.get(address).content.decode()


def test_viewers_look_and_change_nothing(client: Client, hotel: Account) -> None:
    address = brought(client, hotel)
    client.force_login(make.holder(hotel, "viewer"))

    page = client.get(listed(hotel)).content.decode() + client.get(address).content.decode()

    assert "Importar lecturas" not in page
    assert "Retirar la entrega" not in page
    assert client.get(f"{address}file/").status_code == 200
    assert client.post(f"{address}take-back/").status_code == 404


def test_the_commercial_department_sees_deliveries_and_no_curve(
    client: Client, hotel: Account
) -> None:
    address = brought(client, hotel)
    client.force_login(make.commercial())

    own = client.get(address).content.decode()

    assert client.get(listed(hotel)).status_code == 200
    assert "Descargar el fichero" not in own
    assert client.get(f"{address}file/").status_code == 404
    assert client.post(f"{address}take-back/").status_code == 404


def test_a_delivery_of_another_account_is_not_found(client: Client, hotel: Account) -> None:
    address = brought(client, hotel)
    other = make.account("Otra", organisation=make.organisation("Sur"))
    client.force_login(make.holder(other, "administrator"))
    own = address.replace(str(hotel.uid), str(other.uid))
    far = f"{listed(other)}{10**30}/"

    assert {client.get(each).status_code for each in (address, own, f"{own}file/", far)} == {404}


def test_a_long_list_has_pages_and_costs_the_same(client: Client, hotel: Account) -> None:
    brought(client, hotel)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(listed(hotel))
    for number in range(60):
        deliveries.open_file(
            hotel.pk,
            origin=Origin.FILE,
            name=f"fichero {number}",
            sha256="",
            by_id=make.superadmin(hotel.organisation).pk,
            at=AT + timedelta(seconds=number),
        )

    with CaptureQueriesContext(connection) as many:
        page = client.get(listed(hotel)).content.decode()
    last = client.get(f"{listed(hotel)}?at=last").content.decode()

    assert len(many) <= len(few)
    assert ("fichero 59" in page, "matriz_octubre.csv" in page) == (True, False)
    assert "matriz_octubre.csv" in last


def test_nothing_yet_says_what_to_do(client: Client, hotel: Account) -> None:
    page = client.get(listed(hotel)).content.decode()

    assert "Todavía no ha llegado nada" in page
    assert "Importar lecturas" in page
