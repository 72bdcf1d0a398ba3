import itertools
from datetime import datetime, timedelta

import pytest

from tests import make
from tests.notifications.postbox import Postbox, open_postbox
from tests.races import together
from vatio.notifications import delivery
from vatio.notifications.delivery import LEASE, Sender, Tally, deliver
from vatio.notifications.models import Message
from vatio.notifications.queueing import Recipient, queue
from vatio.notifications.smtp import BadAddress, SmtpConnection, parse
from vatio.people import one_time_links
from vatio.tenants.models import Organisation

pytestmark = pytest.mark.django_db

SENDER = Sender("avisos@vatio.example", "https://vatio.example")
HOUR = timedelta(hours=1)


def put(count: int = 1, *, organisation: Organisation | None = None, **more: object) -> None:
    for number in range(count):
        queue(
            "order_rejected",
            [Recipient(f"persona{number}@norte.example", "es")],
            key=f"try:{number}:{Message.objects.count()}",
            context={
                "number": f"S-2026-{number:04}",
                "kind": "opening",
                "account": "Hotel <Lugo>",
                "reason": ".Falta el NIF\n.y más",
                "rule": "",
                "path": "/orders/x/",
            },
            at=make.NOON,
            organisation=organisation,
            **more,  # type: ignore[arg-type]
        )


def run(box: Postbox, *, at: datetime = make.NOON) -> Tally:
    with SmtpConnection(box.address) as door:
        return deliver(door, SENDER, now=lambda: at)


def states() -> list[str]:
    return list(Message.objects.order_by("id").values_list("state", flat=True))


def test_a_message_arrives_as_text_and_page_in_the_name_of_its_organisation() -> None:
    norte = make.organisation("Norte Eficiente")
    Organisation.objects.filter(pk=norte.pk).update(notice_address="hola@norte.example")
    norte.refresh_from_db()
    put(organisation=norte)

    with open_postbox() as box:
        tally = run(box)

    (mail,) = box.mails
    assert (tally.sent, states()) == (1, ["sent"])
    assert "Norte Eficiente" in str(mail["From"])
    assert "avisos@vatio.example" in str(mail["From"])
    assert mail["Reply-To"] == "hola@norte.example"
    text, page = mail.get_payload()  # type: ignore[misc]
    assert (text.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    words = text.get_payload(decode=True).decode()
    assert ".Falta el NIF\n.y más" in words.replace("\r\n", "\n")
    assert "Hotel &lt;Lugo&gt;" in page.get_payload(decode=True).decode()


def test_a_bad_address_does_not_stop_the_others() -> None:
    put(3)
    box = Postbox()
    box.refused["persona1@norte.example"] = "550 No such user here"

    with open_postbox(box):
        tally = run(box)

    assert (tally.sent, tally.failed) == (2, 1)
    assert states() == ["sent", "failed", "sent"]
    assert Message.objects.get(state="failed").last_error == "550 No such user here"


def test_what_is_refused_for_now_is_tried_again_after_growing_waits() -> None:
    put()
    box = Postbox()
    box.refused["persona0@norte.example"] = "451 Greylisted"

    with open_postbox(box):
        run(box)
        waited = Message.objects.get()
        assert waited.state == "queued"
        assert waited.next_attempt_at == make.NOON + timedelta(minutes=1)
        run(box, at=make.NOON + timedelta(minutes=2))
        waited.refresh_from_db()
        assert waited.next_attempt_at == make.NOON + timedelta(minutes=7)
        box.refused.clear()
        run(box, at=make.NOON + timedelta(minutes=8))

    assert states() == ["sent"]


def test_a_server_that_is_down_for_a_day_loses_nothing_worth_sending() -> None:
    put(5)
    nowhere = Postbox()
    with open_postbox(nowhere):
        pass
    at = make.NOON
    while at < make.NOON + 24 * HOUR:
        run(nowhere, at=at)
        at += timedelta(minutes=20)
    assert states() == ["queued"] * 5

    with open_postbox() as box:
        run(box, at=at + 7 * HOUR)

    assert states() == ["sent"] * 5
    assert len(set(box.ids)) == 5


def test_what_is_no_longer_worth_sending_is_not_sent() -> None:
    put()

    with open_postbox() as box:
        tally = run(box, at=make.NOON + timedelta(days=8))

    assert (tally.too_late, states(), box.mails) == (1, ["too late"], [])


def test_dropped_before_its_answer_it_may_have_arrived_and_is_repeated_under_the_same_name() -> (
    None
):
    put()
    box = Postbox()
    box.answers = ["drop after"]

    with open_postbox(box):
        first = run(box)
        assert Message.objects.get().repeated
        run(box, at=make.NOON + timedelta(minutes=2))

    assert first.uncertain == 1
    assert states() == ["sent"]
    assert len(box.ids) == 2
    assert len(set(box.ids)) == 1


def test_twice_unknown_it_stays_uncertain_until_somebody_retries() -> None:
    put()
    box = Postbox()
    box.answers = ["drop after", "drop after"]

    with open_postbox(box):
        run(box)
        run(box, at=make.NOON + timedelta(minutes=2))
        assert states() == ["uncertain"]
        run(box, at=make.NOON + HOUR)
        assert len(box.mails) == 2
        delivery.retry(Message.objects.get(), at=make.NOON + HOUR)
        run(box, at=make.NOON + HOUR)

    assert states() == ["sent"]


def test_a_sender_killed_while_handing_over_is_found_and_repeated_once() -> None:
    put(2)
    Message.objects.update(state="handing over", claimed_at=make.NOON)

    with open_postbox() as box:
        early = run(box, at=make.NOON + timedelta(minutes=1))
        assert (early.uncertain, states()) == (0, ["handing over"] * 2)
        late = run(box, at=make.NOON + LEASE)

    assert late.uncertain == 2
    assert states() == ["sent"] * 2
    assert Message.objects.filter(repeated=True).count() == 2


def test_what_was_claimed_and_never_handed_over_is_taken_up_again() -> None:
    put(3)
    delivery.claim(at=make.NOON)

    with open_postbox() as box:
        run(box, at=make.NOON + timedelta(minutes=1))
        assert box.mails == []
        run(box, at=make.NOON + LEASE)

    assert states() == ["sent"] * 3
    assert not Message.objects.filter(repeated=True).exists()


def test_a_sender_slower_than_its_lease_leaves_the_message_to_who_took_it_over() -> None:
    put(2)
    with open_postbox() as box, SmtpConnection(box.address) as slow:
        late = delivery.claim(at=make.NOON)
        assert run(box, at=make.NOON + LEASE + timedelta(seconds=1)).sent == 2
        for message in late:
            delivery._send(
                slow,
                SENDER,
                message,
                Tally(),
                now=lambda: make.NOON + 2 * LEASE,
                fill=delivery.own_context,
            )

    assert len(box.mails) == 2
    assert states() == ["sent", "sent"]


def test_a_sender_whose_lease_runs_out_claims_the_rest_anew() -> None:
    put(5)
    seconds = itertools.count(step=20)

    with open_postbox() as box, SmtpConnection(box.address) as slow:
        tally = deliver(slow, SENDER, now=lambda: make.NOON + timedelta(seconds=next(seconds)))

    assert (tally.sent, states()) == (5, ["sent"] * 5)
    assert len(set(box.ids)) == len(box.ids) == 5


def test_a_secret_is_blanked_once_it_is_sent() -> None:
    norte = make.organisation()
    _link, token = one_time_links.invite(
        norte, "ana@norte.example", by=make.commercial(), at=make.NOON
    )

    with open_postbox() as box:
        run(box)

    message = Message.objects.get(secret=True)
    assert (message.state, message.context) == ("sent", {})
    assert token in str(box.mails[0].get_payload(0).get_payload(decode=True))  # type: ignore[union-attr]


def test_who_no_longer_leads_gets_nothing() -> None:
    norte = make.organisation()
    nuria = make.superadmin(norte)
    put(organisation=norte)
    Message.objects.update(only_leaders=True, person=nuria, address=nuria.email)
    norte.memberships.all().delete()

    with open_postbox() as box:
        run(box)

    assert (box.mails, states()) == ([], ["failed"])


def test_a_message_that_cannot_be_written_fails_alone() -> None:
    put(2)
    first = Message.objects.order_by("id")[0]
    Message.objects.filter(pk=first.pk).update(context={})

    with open_postbox() as box:
        run(box)

    assert states() == ["failed", "sent"]


@pytest.mark.django_db(transaction=True)
def test_four_senders_at_once_send_each_message_once() -> None:
    put(230)

    with open_postbox() as box:
        together([lambda: run(box) for _ in range(4)])

    assert states() == ["sent"] * 230
    assert len(box.ids) == len(set(box.ids)) == 230


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("smtp://ana:p%40ss@mail.example:587", ("mail.example", 587, "ana", "p@ss", "starttls")),
        ("smtp://mail.example", ("mail.example", 25, "", "", "none")),
        ("smtps://mail.example", ("mail.example", 465, "", "", "tls")),
        ("smtp://mail.example:2525?tls=starttls", ("mail.example", 2525, "", "", "starttls")),
    ],
)
def test_the_address_of_the_server_is_understood(url: str, found: tuple[object, ...]) -> None:
    address = parse(url)

    assert (
        address.host,
        address.port,
        address.user,
        address.password,
        address.encryption,
    ) == found


@pytest.mark.parametrize(
    "url",
    [
        *("mail.example", "http://x", "smtp://x:y", "smtp://x?tls=maybe", "smtp://x?ssl=1"),
        *("smtps://x?tls=none", "smtp://x:0", "smtp://x/25", "smtp://a:contraseña@x"),
        "smtp://a:b%0d%0aRSET@x",
    ],
)
def test_an_address_that_is_none_is_refused_by_its_name(url: str) -> None:
    with pytest.raises(BadAddress, match="EMAIL_URL"):
        parse(url)


def test_an_address_of_letters_is_sent_to_and_one_that_is_none_fails_alone() -> None:
    put(3)
    first, second, _third = Message.objects.order_by("id").values_list("pk", flat=True)
    Message.objects.filter(pk=first).update(address="ana@xn--and-6ma2c.example")
    Message.objects.filter(pk=second).update(address="nadie")

    with open_postbox() as box:
        tally = run(box)

    assert (tally.sent, tally.failed) == (2, 1)
    assert states() == ["sent", "failed", "sent"]
    assert "no es una dirección" in Message.objects.get(state="failed").last_error


def test_a_message_that_breaks_the_door_leaves_it_to_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put(2)
    send = SmtpConnection.send

    def break_once(self: SmtpConnection, mail: object, **about: object) -> None:
        monkeypatch.setattr(SmtpConnection, "send", send)
        raise RuntimeError("what nobody foresaw")

    monkeypatch.setattr(SmtpConnection, "send", break_once)
    with open_postbox() as box:
        tally = run(box)

    assert (tally.sent, tally.failed) == (1, 1)
    assert "what nobody foresaw" in Message.objects.get(state="failed").last_error
