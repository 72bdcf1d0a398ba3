"""Composes mail: its headers, its envelope, and its parts as text and HTML."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr
from itertools import groupby
from typing import Any

from vatio.notifications.rendering import RenderedMessage
from vatio.notifications.smtp import Mail
from vatio.tenants.addresses import check_address
from vatio.tenants.folding import tidy

ON_THE_WIRE = compat32.clone(linesep="\r\n")
"""The policy that mail is written with.

Python's newer policies lose blanks where they fold a long header that is not ASCII.
"""

UTF8 = Charset("utf-8")
UTF8.body_encoding = QP

ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/^_`{|}~-]+")
"""A word that needs neither quotes nor encoding in a name (RFC 5322, 3.2.3; less = and ?)."""


@dataclass(frozen=True)
class Sender:
    """The address and name that messages are sent from, and the URL that their links begin with."""

    address: str
    platform: str
    name: str = "Vatio"

    @property
    def domain(self) -> str:
        """The domain of the address, which the Message-IDs end with."""
        return self.address.rpartition("@")[2]


def compose(
    rendered: RenderedMessage,
    *,
    sender: Sender,
    to: str,
    message_id: str,
    at: datetime,
    organisation: str = "",
    reply_to: str = "",
) -> Mail:
    """Return a rendered message as an automatic mail.

    :param organisation: the name of the organisation in whose name it is sent, if any.
    :param reply_to: the address that answers go to, if not the sender's.
    :raises NotAnAddress: if one of the addresses is none, or no server would take it.
    """
    recipient = check_address(to)
    name = f"{organisation} · {sender.name}" if organisation else sender.name
    mail: Any = MIMEMultipart("alternative", policy=ON_THE_WIRE)
    mail["From"] = _mailbox(name, sender.address)
    mail["To"] = recipient
    mail["Subject"] = _encoded(tidy(rendered.subject))
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if reply_to:
        mail["Reply-To"] = check_address(reply_to)
    mail.attach(MIMEText(rendered.text, "plain", UTF8))  # type: ignore[arg-type]
    mail.attach(MIMEText(rendered.page, "html", UTF8))  # type: ignore[arg-type]
    return Mail(sender.address, recipient, mail.as_bytes(policy=ON_THE_WIRE))


def _mailbox(name: str, address: str) -> Header:
    """Return the header of an address with a name, which is quoted or encoded (RFC 2047)."""
    name = tidy(name)
    if _is_plain(name):
        return Header(formataddr((name, address)), "us-ascii")
    header = _encoded(name)
    header.append(f"<{address}>", "us-ascii")
    return header


def _encoded(text: str) -> Header:
    """Return a header that holds a text, with the words encoded that are not ASCII."""
    if _is_plain(text):
        return Header(text, "us-ascii")
    header = Header()
    for is_atom, words in groupby(text.split(), key=lambda word: bool(ATOM.fullmatch(word))):
        header.append(" ".join(words), "us-ascii" if is_atom else "utf-8")
    return header


def _is_plain(text: str) -> bool:
    """Return whether a header can hold a text as it is, and it is not read as encoded."""
    return text.isascii() and "=?" not in text
