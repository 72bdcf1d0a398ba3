"""Delivers the messages that are due through the platform's mail server."""

from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from django.conf import settings
from django.utils.translation import gettext as _

from vatio import clock
from vatio.notifications.delivery import Sender, Tally, deliver
from vatio.notifications.smtp import SmtpConnection, parse


def sender() -> Sender:
    """Return the address that messages come from, and the one that their links begin with."""
    return Sender(
        address=settings.EMAIL_SENDER,
        platform=settings.PUBLIC_URL or f"http://127.0.0.1:{settings.PORT}",
    )


def send_all() -> Tally:
    """Deliver every message that is due, and return what became of them.

    :raises BadAddress: if EMAIL_URL cannot be understood.
    """
    with SmtpConnection(parse(settings.EMAIL_URL)) as connection:
        return deliver(connection, sender(), now=clock.now, real=clock.real)


def try_out(address: str) -> None:
    """Send a test message at once, without the outbox.

    :raises BadAddress: if EMAIL_URL cannot be understood.
    :raises Refusal: if the server refuses the message.
    :raises Unreachable: if the server does not answer.
    :raises OutcomeUnknown: if the connection is lost between the message and the answer.
    """
    mail = EmailMessage()
    mail["From"] = settings.EMAIL_SENDER
    mail["To"] = address
    mail["Subject"] = _("Vatio can send mail")
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = make_msgid(domain=settings.EMAIL_SENDER.rpartition("@")[2])
    mail.set_content(_("This message was asked for with «vatio mail test». Nothing else to do."))
    with SmtpConnection(parse(settings.EMAIL_URL)) as connection:
        connection.send(mail, to=address, handing_over=lambda: None)
