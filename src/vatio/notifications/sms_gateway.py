"""An HTTP gateway for text messages, as the operator describes it: how far each request came.

A request is one POST on a connection of its own. What happens before its first byte is sent can be
tried again; once it began, only an answer tells what became of it. No redirect is followed, and
no more is read of an answer than an id needs.
"""

import http.client
import json
import re
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Timer
from urllib.parse import quote_plus, urlsplit

TIMEOUT = 10.0
"""Seconds for the connection, and for each step of an answer."""

LONGEST = 20.0
"""Seconds after which a request is cut off, however slowly its answer comes."""

LARGEST = 65_536
"""Bytes read of an answer."""

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
PLACES = re.compile(r"\{(to|text|id)\}")
BODIES = {
    JSON: '{"to": "{to}", "text": "{text}", "id": "{id}"}',
    FORM: "to={to}&text={text}&id={id}",
}
"""The body of each content type, where none is set."""

NOT_TAKEN = frozenset({425, 429, 501, 503, 505})
"""Answers by which a gateway says that it took nothing, and may later (RFC 9110, 6585 and 8470).

A 500 tells that it failed, not when: the message may have left before. 408 may be a proxy's that
gave up, and 502 and 504 are: all of these are an unknown outcome.
"""

UNCLEAR = frozenset({408})
"""Answers below 500 that do not tell what became of the message."""


class BadGateway(Exception):
    """The settings of the gateway cannot be used; the error's text names the one."""


class SmsRefusal(Exception):
    """The gateway answered that it does not take the message, for good or for now."""

    def __init__(self, words: str, *, for_good: bool) -> None:
        super().__init__(words)
        self.for_good = for_good


class SmsUnreachable(Exception):
    """The gateway could not be reached: nothing was sent."""


class SmsOutcomeUnknown(Exception):
    """The request began to be sent, and no answer tells what became of it."""


@dataclass(frozen=True)
class Gateway:
    """Where messages are posted, and how: see `describe`."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    content_type: str
    body: str = field(repr=False)
    id_path: tuple[str, ...]

    keeps_texts = False

    def send(self, to: str, text: str, *, reference: str, handing_over: Callable[[], None]) -> str:
        """Post a message; return the gateway's id of it, or nothing if it gave none.

        :param handing_over: called once the connection stands, before anything is sent.
        :raises SmsUnreachable: if the connection failed.
        :raises SmsRefusal: if the gateway refused it.
        :raises SmsOutcomeUnknown: if anything failed after `handing_over`.
        """
        body = self.filled(to, text, reference)
        connection = self._connect()
        try:
            handing_over()
            status, answer = self._exchange(connection, body)
        finally:
            connection.close()
        if status in NOT_TAKEN:
            raise SmsRefusal(f"HTTP {status}", for_good=False)
        if status >= 500 or status in UNCLEAR:
            raise SmsOutcomeUnknown(f"HTTP {status}")
        if not 200 <= status < 300:
            raise SmsRefusal(f"HTTP {status}", for_good=True)
        return _found(answer, self.id_path)

    def filled(self, to: str, text: str, reference: str) -> bytes:
        """Return the body with its places filled, each once, escaped as its content type needs."""
        values = {"to": to, "text": text, "id": reference}
        escape = _in_json if self.content_type == JSON else quote_plus
        return PLACES.sub(lambda place: escape(values[place[1]]), self.body).encode()

    def _connect(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        kind: type[http.client.HTTPConnection] = http.client.HTTPConnection
        if parts.scheme == "https":
            kind = http.client.HTTPSConnection
        connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT)
        try:
            connection.connect()
        except (OSError, ssl.SSLError, http.client.HTTPException, UnicodeError) as error:
            connection.close()
            raise SmsUnreachable(_words(error)) from None
        return connection

    def _exchange(self, connection: http.client.HTTPConnection, body: bytes) -> tuple[int, bytes]:
        """Send the request, and read its answer; of a body that breaks off, what came."""
        cut = Timer(LONGEST, lambda: _cut(connection))
        cut.daemon = True
        cut.start()
        parts = urlsplit(self.url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request("POST", path, body, {**self.headers, "Connection": "close"})
            answer = connection.getresponse()
            content = b""
            with suppress(OSError, http.client.HTTPException, ValueError):
                content = answer.read(LARGEST)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise SmsOutcomeUnknown(_words(error)) from None
        finally:
            cut.cancel()
        return answer.status, content


def describe(url: str, *, headers: str, body: str, id_path: str) -> Gateway:
    """Return the gateway that the settings describe.

    :param headers: a JSON object of names and values; its Content-Type, JSON unless said, tells
        how the values are escaped in the body.
    :param body: a template with the places {to}, {text} and {id}.
    :param id_path: where the answer, if it is JSON, has its id: `messages.0.id`.
    :raises BadGateway: naming the setting that cannot be used.
    """
    _ensure_url(url)
    read = _headers(headers)
    named = {name.lower(): value for name, value in read.items()}
    content_type = named.get("content-type", JSON).partition(";")[0].strip().lower()
    if content_type not in BODIES:
        raise BadGateway(f"SMS_HEADERS: Content-Type must be {JSON} or {FORM}.")
    if "content-type" not in named:
        read["Content-Type"] = JSON
    template = body or BODIES[content_type]
    for place in ("{to}", "{text}"):
        if place not in template:
            raise BadGateway(f"SMS_BODY has no {place}.")
    steps = tuple(step for step in id_path.split(".") if step)
    gateway = Gateway(url, read, content_type, template, steps)
    if content_type == JSON:
        try:
            json.loads(gateway.filled("+34600000000", '"\\\n', "1"))
        except ValueError:
            raise BadGateway(
                "SMS_BODY is no JSON: put {to}, {text}, {id} between quotes."
            ) from None
    return gateway


def _ensure_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - a port that is no number raises
    except ValueError:
        raise BadGateway("SMS_URL: its host or its port cannot be read.") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or not url.isascii():
        raise BadGateway("SMS_URL must look like https://gateway.example/messages.")
    if parts.username or parts.fragment or not url.isprintable() or " " in url:
        raise BadGateway("SMS_URL has no user and no fragment: credentials go in SMS_HEADERS.")


def _headers(text: str) -> dict[str, str]:
    try:
        read = json.loads(text or "{}")
    except ValueError:
        read = None
    if not isinstance(read, dict) or not all(isinstance(value, str) for value in read.values()):
        raise BadGateway('SMS_HEADERS must be JSON such as {"Authorization": "Bearer …"}.')
    for name, value in read.items():
        plain = re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name)
        if not plain or not value.isascii() or not value.isprintable():
            raise BadGateway("SMS_HEADERS: a name or a value has characters that no header takes.")
    return read


def _in_json(value: str) -> str:
    return json.dumps(value)[1:-1]


def _found(answer: bytes, path: tuple[str, ...]) -> str:
    """Return what stands at a path of a JSON answer, if it is a text or a number."""
    if not path:
        return ""
    try:
        value = json.loads(answer)
        for step in path:
            value = value[int(step)] if isinstance(value, list) else value[step]
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    return str(value)[:100] if isinstance(value, str | int) else ""


def _cut(connection: http.client.HTTPConnection) -> None:
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(2)


def _words(error: BaseException) -> str:
    """Return what went wrong in few words, without anything of the message."""
    said = error.strerror if isinstance(error, OSError) else None
    return said or type(error).__name__
