from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.alerts.watching import LATER, rule
from tests.sheets import opened
from tests.web.alerts.conftest import Watched
from vatio import clock
from vatio.alerts.models import AlertEpisode, AlertRule
from vatio.entitlements.limits import NothingCanBeAdded
from vatio.history.models import Act

pytestmark = pytest.mark.django_db


def test_open_episodes_stand_first_with_their_values_and_the_rules_below(
    client: Client, watched: Watched
) -> None:
    page = client.get(watched.address).content.decode()

    still, first, second = watched.episodes()[2], *watched.episodes()[:2]
    places = [page.index(f"alerts/{each.uid}/") for each in (still, second, first)]
    assert places == sorted(places)
    assert "<strong>10,4 kW</strong> <small>umbral 10 kW</small>" in page
    assert f"alerts/rules/{watched.rule.uid}/" in page
    assert page.count("Enterado<span") == 3


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("?state=open", 1),
        ("?state=closed", 2),
        ("?q=mas+de", 3),
        ("?q=otra", 0),
        ("?kind=above", 3),
        ("?kind=night", 0),
        ("?from=2026-05-11&to=2026-05-11", 3),
        ("?to=2026-05-10", 0),
        ("?from=2026-05-12", 1),
        ("?sort=lasted", 3),
        ("?sort=-alert&rule=nonsense&from=32", 3),
    ],
)
def test_the_address_narrows_the_episodes(
    asked: str, found: int, client: Client, watched: Watched
) -> None:
    page = client.get(watched.address + asked).content.decode()

    assert sum(f"alerts/{each.uid}/" in page for each in watched.episodes()) == found


def test_a_page_takes_as_many_statements_however_much_there_is(
    client: Client, watched: Watched
) -> None:
    client.get(watched.address)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(watched.address)
    for number in range(5):
        made = rule(watched.point, name=f"Alerta {number}", recipients=[watched.ana])
        for day in range(1, 5):
            AlertEpisode.objects.create(
                account=watched.account,
                organisation=watched.account.organisation,
                rule=made,
                begins=LATER - timedelta(days=day),
                ends=LATER - timedelta(days=day, hours=-1),
                last_at=LATER,
                noticed_at=LATER,
            )

    with CaptureQueriesContext(connection) as many:
        page = client.get(watched.address)

    assert len(many) == len(few)
    assert page.content.decode().count("alerts/rules/") >= 6


def test_what_is_late_muted_or_undone_is_said_in_words(client: Client, watched: Watched) -> None:
    one, two, _three = watched.episodes()
    AlertEpisode.objects.filter(pk=one.pk).update(late=True, muted=True)
    AlertEpisode.objects.filter(pk=two.pk).update(withdrawn=True)

    page = client.get(watched.address).content.decode()

    for words in ("tardío", "silenciado", "deshecho por lecturas posteriores"):
        assert f"</svg>{words}</span>" in page
    assert page.count("Enterado<span") == 1


def test_an_account_without_alerts_is_told_what_they_are(client: Client) -> None:
    account = make.account()
    client.force_login(make.holder(account, "administrator"))
    bare = client.get(f"/accounts/{account.uid}/alerts/").content.decode()
    make.supply_point(account)

    page = client.get(f"/accounts/{account.uid}/alerts/").content.decode()

    assert "Todavía no hay nada instalado" in bare
    make.meter(account)
    page = client.get(f"/accounts/{account.uid}/alerts/").content.decode()
    assert "Todavía no hay ninguna alerta" in page
    assert [f"kind={kind}" in page for kind in ("silence", "power", "night")] == [True] * 3


def test_the_episodes_come_as_files_in_which_no_name_is_a_formula(
    client: Client, watched: Watched
) -> None:
    AlertRule.objects.update(name="=1+1")

    text = client.get(f"{watched.address}download.csv").content.decode("utf-8-sig")
    book = b"".join(client.get(f"{watched.address}download.xlsx?state=closed").streaming_content)

    rows = [line.split(";") for line in text.splitlines()]
    assert [row[0] for row in rows] == ["Alerta", "'=1+1", "'=1+1", "'=1+1"]
    assert rows[1][4:10] == ["2026-05-11 01:45", "", "5655", "10,4", "10", "kW"]
    sheet = opened(BytesIO(book).read()).get_sheet_by_index(0).to_python()
    assert [row[0] for row in sheet[1:]] == ["=1+1", "=1+1"]


def test_the_commercial_department_reads_and_leaves_a_trace(
    client: Client, watched: Watched
) -> None:
    elena = make.commercial()
    client.force_login(elena)

    page = client.get(watched.address)
    answer = client.post(f"{watched.address}{watched.episodes()[0].uid}/acknowledge/")

    assert page.status_code == 200
    assert b"Enterado<span" not in page.content
    assert answer.status_code == 404
    assert Act.objects.filter(verb="consumption.entered", person=elena).count() == 1


def test_alerts_of_an_expired_account_sleep_and_none_can_be_made(
    client: Client, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(watched.nuria)
    monkeypatch.setattr(clock, "now", lambda: LATER + timedelta(days=400))

    page = client.get(watched.address).content.decode()

    assert "Las alertas duermen." in page
    assert "Crear una alerta" not in page
    with pytest.raises(NothingCanBeAdded):
        rule(watched.point, at=LATER + timedelta(days=400))
