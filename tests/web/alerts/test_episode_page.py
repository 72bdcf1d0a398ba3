import pytest
from django.test import Client
from django.utils.http import int_to_base36

from tests import make
from tests.alerts.watching import LATER
from tests.web.alerts.conftest import Watched
from vatio.alerts.models import AlertRule, AlertTold
from vatio.alerts.wording import described
from vatio.notices.standing import unread_of
from vatio.notifications.queueing import Recipient, queue

pytestmark = pytest.mark.django_db


def test_an_episode_says_what_happened_and_who_was_told(client: Client, watched: Watched) -> None:
    episode = watched.episodes()[0]

    page = client.get(f"{watched.address}{episode.uid}/").content.decode()

    assert "Umbral: 10 kW" in page
    assert 'class="part-marked"' in page
    assert "terminó el 11 may 2026, 00:30" in page
    assert "que se cerró" in page
    assert f"/consumption/?what=point%3A{watched.point.uid}" in page


def test_of_one_that_nobody_was_told_of_nobody_is_asked_to_take_care(
    client: Client, watched: Watched
) -> None:
    episode = watched.episodes()[0]
    watched.episodes().filter(pk=episode.pk).update(late=True)
    client.force_login(make.holder(watched.account, "viewer", "Luis Rey"))

    page = client.get(f"{watched.address}{episode.uid}/").content.decode()

    assert "no se avisó a nadie" in page
    assert "Quién se ocupa" not in page
    assert "/acknowledge/" not in page
    assert 'aria-hidden="true">–<' not in page


def test_both_thresholds_stand_beside_the_picture_and_not_on_it(
    client: Client, watched: Watched
) -> None:
    AlertRule.objects.filter(pk=watched.rule.pk).update(worse=11_000.0)
    episode = watched.episodes()[0]

    page = client.get(f"{watched.address}{episode.uid}/").content.decode()

    picture, key = page.split('class="chart curve"')[1].split('class="chart-key row"')
    key = key.split("</ul>")[0]
    assert picture.split("</title>")[1].count("Umbral") == 0
    assert picture.count('class="part-level') == 2
    assert ("Umbral: 10 kW" in key, "Grave desde: 11 kW" in key) == (True, True)


def test_a_text_that_was_not_paid_for_is_said_with_the_way_to_more(
    client: Client, watched: Watched
) -> None:
    episode = watched.episodes()[0]
    AlertTold.objects.create(
        account=watched.account,
        organisation=watched.account.organisation,
        episode=episode,
        person=watched.ana,
        what="opened",
        channel="sms",
        fate="no credits",
        at=LATER,
    )
    client.force_login(watched.nuria)

    page = client.get(f"{watched.address}{episode.uid}/").content.decode()

    assert "Sin créditos SMS: fue por correo." in page
    assert f"/accounts/{watched.account.uid}/expand/" in page


def test_looking_acknowledges_nothing_and_the_second_reads_who_was_first(
    client: Client, watched: Watched
) -> None:
    episode = watched.episodes()[2]
    address = f"{watched.address}{episode.uid}/"
    client.get(address)
    assert watched.episodes()[2].acknowledged_at is None

    client.post(f"{address}acknowledge/")
    client.force_login(make.holder(watched.account, "viewer", "Luis Rey"))
    page = client.post(f"{address}acknowledge/", follow=True).content.decode()

    assert watched.episodes()[2].acknowledged_by == watched.ana
    assert "Ana Souto se había dado por enterado antes: Más de 10 kW" in page


def test_the_short_link_of_a_text_leads_to_its_episode_and_nobody_else_there(
    client: Client, watched: Watched
) -> None:
    episode = watched.episodes()[0]
    code = int_to_base36(episode.pk)

    led = client.get(f"/a/{code}")
    client.force_login(make.person())

    assert led["Location"] == f"{watched.address}{episode.uid}/"
    assert [client.get(f"/a/{each}").status_code for each in (code, "-", "z" * 13)] == [404] * 3


@pytest.mark.parametrize("act", ["acknowledges it", "looks at it"])
def test_who_saw_an_episode_has_read_what_told_of_it(
    client: Client, watched: Watched, act: str
) -> None:
    episode, other = watched.episodes()[:2]
    for each in (episode, other):
        queue(
            "alert",
            [Recipient.of(watched.ana)],
            key=f"alert:{each.pk}:again",
            context={**described(watched.account, [each], at=LATER)[each.pk], "what": "opened"},
            at=LATER,
            organisation=watched.account.organisation,
            account_id=watched.account.pk,
        )
    unread_of(watched.ana).exclude(key__contains=":again").update(read_at=LATER)

    if act == "looks at it":
        client.get(f"{watched.address}{episode.uid}/")
    else:
        client.post(f"{watched.address}{episode.uid}/acknowledge/")

    assert [each.key.split(":")[1] for each in unread_of(watched.ana)] == [str(other.pk)]
