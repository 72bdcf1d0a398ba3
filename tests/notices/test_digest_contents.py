from datetime import timedelta

import pytest

from tests import make
from tests.notices.news import tell
from tests.notifications.postbox import open_postbox
from vatio.notices import reading
from vatio.notices.choosing import choose
from vatio.notices.digest_contents import MOST_LISTED, fill
from vatio.notices.digesting import digest
from vatio.notifications.delivery import Sender, deliver
from vatio.notifications.models import Message
from vatio.notifications.news import DIGEST, HowTold, NewsKind
from vatio.notifications.rendering import RenderedMessage, render
from vatio.notifications.smtp import SmtpConnection
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db

MORNING = make.NOON + timedelta(hours=21)
SENDER = Sender("avisos@vatio.example", "https://vatio.example")


def reader() -> Person:
    marta = make.holder(make.account("Hotel"))
    choose(marta, HowTold.DAILY, {NewsKind.WORK: HowTold.DAILY})
    return marta


def written() -> RenderedMessage:
    message = Message.objects.get(template=DIGEST)
    return render(message, address="https://vatio.example", context=fill(message))


def test_a_digest_tells_each_notice_with_its_link_by_what_it_is_about() -> None:
    marta = reader()
    hotel = marta.account_roles.get().account
    first = tell(marta, "Hotel & Luz", account=hotel)
    second = tell(marta, "Otra", account=hotel, at=make.NOON + timedelta(hours=1))
    digest(at=MORNING)

    mail = written()

    assert mail.subject == "2 avisos de Vatio"
    assert "Límites, créditos y cambios" in mail.text
    assert "- 24 nov, 12:00 · Norte no va a renovar Hotel & Luz" in mail.text
    assert f"https://vatio.example/notices/{first.pk}/\n" in mail.text
    assert mail.text.index(f"/notices/{first.pk}/") < mail.text.index(f"/notices/{second.pk}/")
    assert "Hotel &amp; Luz" in mail.page
    assert "https://vatio.example/notices/\n" in mail.text


def test_what_was_left_deleted_or_read_meanwhile_is_not_told() -> None:
    marta = reader()
    hotel, other = marta.account_roles.get().account, make.account("Otro")
    make.role(other, marta, "viewer")
    left, purged, read, stays = (
        tell(marta, "left", account=other),
        tell(marta, "purged", account=hotel),
        tell(marta, "read", account=hotel),
        tell(marta, "stays", account=hotel),
    )
    reading.mark_read(read, at=make.NOON)
    digest(at=MORNING)
    marta.account_roles.filter(account=other).delete()
    Message.objects.filter(pk=purged.pk).delete()
    reading.mark_read(stays, at=MORNING + timedelta(minutes=1))

    mail = written()

    assert mail.subject == "1 aviso de Vatio"
    assert f"/notices/{stays.pk}/" in mail.text
    for gone in (left, purged, read):
        assert f"/notices/{gone.pk}/" not in mail.text


def test_a_digest_keeps_nothing_of_what_it_tells_but_ids() -> None:
    marta = reader()
    tell(marta, "Hotel secreto", account=marta.account_roles.get().account)
    digest(at=MORNING)

    message = Message.objects.get(template=DIGEST)
    assert "secreto" not in str(message.context)
    assert (message.organisation, message.account_id) == (None, None)


def test_a_digest_of_very_many_lists_the_latest_and_says_how_many() -> None:
    marta = reader()
    for number in range(MOST_LISTED + 3):
        tell(marta, f"<{number}>", at=make.NOON + timedelta(seconds=number))
    digest(at=MORNING)

    mail = written()

    assert mail.subject == "103 avisos de Vatio"
    assert "<2>" not in mail.text
    assert "<3>" in mail.text
    assert "Y 3 anteriores." in mail.text


@pytest.mark.django_db(transaction=True)
def test_a_digest_with_nothing_left_to_tell_is_not_sent() -> None:
    marta, active = reader(), reader()
    for person in (marta, active):
        tell(person, "Hotel", account=person.account_roles.get().account)
    digest(at=MORNING)
    marta.account_roles.all().delete()

    with open_postbox() as box, SmtpConnection(box.address) as door:
        tally = deliver(door, SENDER, now=lambda: MORNING, fill=fill)

    assert (tally.sent, tally.empty) == (1, 1)
    states = dict(Message.objects.filter(template=DIGEST).values_list("person", "state"))
    assert states == {marta.pk: "empty", active.pk: "sent"}
    assert len(box.ids) == 1


def test_whoever_is_not_active_gets_no_digest() -> None:
    marta = reader()
    tell(marta, "Hotel")
    digest(at=MORNING)
    marta.is_active = False
    marta.save(update_fields=["is_active"])

    assert fill(Message.objects.get(template=DIGEST)) is None


def test_another_message_says_what_it_was_queued_with() -> None:
    notice = tell(reader(), "Hotel")

    assert fill(notice) == notice.context
