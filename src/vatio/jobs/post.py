"""Delivers the messages that are due through the platform's mail server."""

from email.errors import InvalidHeaderDefect, MessageError
from email.policy import SMTP
from email.utils import make_msgid

from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import gettext as _

from vatio import clock, env
from vatio.alerts.summary import fill_summary
from vatio.notices import digest_contents
from vatio.notifications.composing import Sender, compose
from vatio.notifications.delivery import Context, Tally, deliver
from vatio.notifications.models import Message
from vatio.notifications.news import STILL_OPEN
from vatio.notifications.rendering import RenderedMessage
from vatio.notifications.smtp import SmtpConnection, parse
from vatio.tenants.addresses import NotAnAddress, check_address


def sender() -> Sender:
    """Return the name and address that messages come from, and the URL their links begin with.

    :raises WrongSetting: if EMAIL_SENDER is not one address, with a name before it or without.
    """
    name, address = _sender(settings.EMAIL_SENDER)
    return Sender(
        address=address,
        platform=settings.PLATFORM_ADDRESS,
        name=name or "Vatio",
    )


def ensure_settings() -> None:
    """Refuse to start with settings of mail that cannot be used.

    :raises BadAddress: if EMAIL_URL cannot be understood.
    :raises WrongSetting: if EMAIL_SENDER cannot be understood.
    """
    sender()
    if settings.EMAIL_URL:
        parse(settings.EMAIL_URL)


def send_all() -> Tally:
    """Deliver every message that is due, and return what became of them.

    :raises BadAddress: if EMAIL_URL cannot be understood.
    :raises WrongSetting: if EMAIL_SENDER cannot be understood.
    """
    with SmtpConnection(parse(settings.EMAIL_URL)) as connection:
        return deliver(connection, sender(), now=clock.now, real=clock.real, fill=_fill)


def _fill(message: Message) -> Context | None:
    """Return what a message says; None if it has nothing to say any more."""
    if message.template == STILL_OPEN:
        return fill_summary(message)
    return digest_contents.fill(message)


def try_out(address: str) -> None:
    """Send a test message at once, without the outbox.

    :raises BadAddress: if EMAIL_URL cannot be understood.
    :raises WrongSetting: if EMAIL_SENDER cannot be understood.
    :raises NotAnAddress: if no mail can be sent to the address.
    :raises Refusal: if the server refuses the message.
    :raises Unreachable: if the server does not answer.
    :raises OutcomeUnknown: if the connection is lost between the message and the answer.
    """
    words = _("This message was asked for with «vatio mail test». Nothing else to do.")
    own = sender()
    mail = compose(
        RenderedMessage(_("Vatio can send mail"), words, format_html("<p>{}</p>", words)),
        sender=own,
        to=address,
        message_id=make_msgid(domain=own.domain),
        at=clock.now(),
    )
    with SmtpConnection(parse(settings.EMAIL_URL)) as connection:
        connection.send(mail, handing_over=lambda: None)


def _sender(text: str) -> tuple[str, str]:
    """Return the name, which may be empty, and the address of `Vatio <avisos@faro.example>`."""
    try:
        header = SMTP.header_factory("From", text)
        (mailbox,) = header.addresses
        if any(isinstance(defect, InvalidHeaderDefect) for defect in header.defects):
            raise ValueError
        return mailbox.display_name, check_address(mailbox.addr_spec)
    except (NotAnAddress, MessageError, ValueError, IndexError):
        raise env.WrongSetting(
            f"EMAIL_SENDER: «{text}» is not one address. Write avisos@example.org, or"
            ' "Vatio" <avisos@example.org>, with the name in quotes.'
        ) from None
