"""An SMTP client that reports how far each message came."""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT = 30.0
ANSWER = r"^[2-5]\d\d "
"""What the words of a `Refusal` begin with: the server's reply code (RFC 5321, 4.2)."""


class BadAddress(Exception):
    """EMAIL_URL cannot be parsed; the error's text says why."""


class Refusal(Exception):
    """The server refused this message, for good (5yz) or for now (4yz; RFC 5321, 4.2.1)."""

    def __init__(self, words: str, *, for_good: bool) -> None:
        super().__init__(words)
        self.for_good = for_good


class Unreachable(Exception):
    """The server could not be reached, or the connection was lost before the text was sent."""


class OutcomeUnknown(Exception):
    """The connection was lost after the text began to be sent and before the server's reply."""


@dataclass(frozen=True)
class Address:
    """The server's host and port, its credentials, and its encryption: tls, starttls or none."""

    host: str
    port: int
    user: str
    password: str
    encryption: str


@dataclass(frozen=True)
class Mail:
    """A mail as a server takes it: the addresses of its envelope, and its bytes."""

    sender: str
    to: str
    content: bytes


def parse(url: str) -> Address:
    """Parse `smtp://user:password@host:587?tls=starttls` or `smtps://…`.

    Without a port it is 465 for `smtps` and 25 for `smtp`; without `tls` that is
    `starttls` on port 587 and `none` on others.

    :raises BadAddress: if the URL is of another form.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadAddress("EMAIL_URL: its host or its port cannot be read.") from None
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise BadAddress("EMAIL_URL must look like smtp://user:password@host:587.")
    options = parse_qs(parts.query, keep_blank_values=True)
    if parts.path not in {"", "/"} or parts.fragment or set(options) - {"tls"} or port == 0:
        raise BadAddress(
            "EMAIL_URL: after the host there are a port and ?tls=starttls or ?tls=none, no more."
            " Write a / # ? or @ of the password as %2F %23 %3F %40."
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii() or not (user + password).isprintable():
        raise BadAddress("EMAIL_URL: user and password are of ASCII letters, digits and signs.")
    port = port or (465 if parts.scheme == "smtps" else 25)
    usual = "starttls" if port == 587 else "none"
    (said, *more) = options.get("tls", [usual])
    if more or said not in {"starttls", "none"} or (options and parts.scheme == "smtps"):
        raise BadAddress("EMAIL_URL: tls is starttls or none, and smtps:// goes without it.")
    return Address(
        host=parts.hostname,
        port=port,
        user=user,
        password=password,
        encryption="tls" if parts.scheme == "smtps" else said,
    )


class SmtpConnection:
    """One connection to the server, opened when first needed and reused for many messages."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.smtp: smtplib.SMTP | None = None

    def __enter__(self) -> "SmtpConnection":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Send QUIT and close the connection, if it is open."""
        if self.smtp is not None:
            try:
                self.smtp.quit()
            except (smtplib.SMTPException, OSError):
                self.smtp.close()
            self.smtp = None

    def send(self, mail: Mail, *, handing_over: Callable[[], None]) -> None:
        """Send a mail; `handing_over` runs before its text is sent, and stops it by raising.

        :raises Refusal: if the server refuses the sender, the recipient or the text.
        :raises Unreachable: if the connection was lost before the text was sent.
        :raises OutcomeUnknown: if the connection was lost afterwards: it may have arrived.
        """
        smtp = self._open()
        try:
            self._ask(smtp, lambda: smtp.mail(mail.sender))
            self._ask(smtp, lambda: smtp.rcpt(mail.to))
            self._ask(smtp, lambda: smtp.docmd("DATA"), wanted=(354,))
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._drop()
            raise Unreachable(str(error) or "the connection was closed") from None
        try:
            handing_over()
        except Exception:
            self._drop()
            raise
        try:
            smtp.send(_quoted(mail.content) + b".\r\n")
            code, said = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise OutcomeUnknown(str(error) or "the connection was closed") from None
        if code != 250:
            raise _refusal(code, said)

    def _open(self) -> smtplib.SMTP:
        if self.smtp is not None:
            return self.smtp
        where = self.address
        try:
            if where.encryption == "tls":
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                    where.host,
                    where.port,
                    timeout=TIMEOUT,
                    context=ssl.create_default_context(),
                )
            else:
                smtp = smtplib.SMTP(where.host, where.port, timeout=TIMEOUT)
            if where.encryption == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo_or_helo_if_needed()
            if where.user:
                smtp.login(where.user, where.password)
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable(" ".join(str(error).split()) or type(error).__name__) from None
        self.smtp = smtp
        return smtp

    def _ask(
        self,
        smtp: smtplib.SMTP,
        question: Callable[[], tuple[int, bytes]],
        wanted: tuple[int, ...] = (250, 251),
    ) -> None:
        code, said = question()
        if code not in wanted:
            self._reset(smtp)
            raise _refusal(code, said)

    def _reset(self, smtp: smtplib.SMTP) -> None:
        """Send RSET so that the connection can take the next message, or drop the connection."""
        try:
            smtp.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        if self.smtp is not None:
            self.smtp.close()
        self.smtp = None


def _quoted(body: bytes) -> bytes:
    """Double the dots that begin a line (dot-stuffing; RFC 5321, 4.5.2), and end with CRLF."""
    lines = body.replace(b"\r\n.", b"\r\n..")
    if lines.startswith(b"."):
        lines = b"." + lines
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def _refusal(code: int, said: bytes) -> Refusal:
    words = f"{code} {said.decode('utf-8', 'replace')}".replace("\n", " ").strip()
    return Refusal(words[:500], for_good=code >= 500)
