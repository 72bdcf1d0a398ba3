import email
import random
from email.header import decode_header, make_header
from email.message import Message as Mail
from email.utils import parseaddr

import pytest

from tests import make
from vatio.notifications.composing import Sender, compose
from vatio.notifications.rendering import RenderedMessage
from vatio.tenants.addresses import NotAnAddress
from vatio.tenants.folding import tidy

SENDER = Sender("avisos@faro.example", "https://vatio.example")
LETTERS = 'ab ÑéЖ😀,"\\.;:@<>()[]·=?_\u200f\r\n\t\u2028\x07'


def mail(
    *, subject: str = "Hola", organisation: str = "", to: str = "ana@faro.example", reply: str = ""
) -> Mail:
    made = compose(
        RenderedMessage(subject, ".Falta\n.y más", "<p>Falta</p>"),
        sender=SENDER,
        to=to,
        message_id="<1@faro.example>",
        at=make.NOON,
        organisation=organisation,
        reply_to=reply,
    )
    content = made.content
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n")
    assert max(map(len, content.split(b"\r\n"))) < 998
    return email.message_from_bytes(content)


def read(header: str) -> str:
    return str(make_header(decode_header(header.replace("\r\n", ""))))


def names() -> list[str]:
    drawn = random.Random(7)
    texts = ["".join(drawn.choices(LETTERS, k=drawn.randint(1, 120))) for _ in range(500)]
    return [text for text in texts if tidy(text)] + [
        "A" * 120,
        "=?utf-8?q?x?=",
        "ab=?u ?=",
        'La "Ñ", S.A.',
    ]


def test_a_name_and_a_subject_arrive_as_they_were_whatever_their_letters() -> None:
    for text in names():
        made = mail(subject=text, organisation=text)

        name, address = parseaddr(made["From"].replace("\r\n", ""))
        assert (read(name), address) == (f"{tidy(text)} · Vatio", "avisos@faro.example")
        assert read(made["Subject"]) == tidy(text)


def test_a_line_break_in_a_name_or_subject_adds_no_header() -> None:
    made = mail(subject="Hola\r\nBcc: x@y.es", organisation="Faro\nBcc: x@y.es\n\nTexto")

    assert made["Bcc"] is None
    assert read(made["Subject"]) == "Hola Bcc: x@y.es"
    assert sorted(made.keys()) == [
        *("Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID"),
        *("Subject", "To", "X-Auto-Response-Suppress"),
    ]


def test_mail_says_that_nobody_wrote_it_and_asks_for_no_automatic_answer() -> None:
    made = mail()

    assert made["Auto-Submitted"] == "auto-generated"
    assert made["X-Auto-Response-Suppress"] == "All"


def test_every_address_of_a_mail_is_in_the_letters_of_dns() -> None:
    made = mail(to="Ana@energía.example", reply="Avisos@ñandú.example")

    assert made["To"] == "ana@xn--energa-7va.example"
    assert made["Reply-To"] == "avisos@xn--and-6ma2c.example"


@pytest.mark.parametrize("to", ["ñ@faro.example", "ana@faro.example\r\nBcc: x@y.es", ""])
def test_what_no_server_would_take_is_refused(to: str) -> None:
    with pytest.raises(NotAnAddress):
        mail(to=to)
