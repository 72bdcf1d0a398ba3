"""The web server of the pages: waitress, within limits of time, size and number.

One thread receives every request and sends every response; a view's thread gets a request only
when its body is whole, and is free as soon as its response is written. However slowly somebody
sends or reads, no view waits for that.
"""

import resource
import signal
import socket
import time
from collections.abc import Callable, Iterable
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher
from waitress.utilities import BadRequest
from waitress.wasyncore import close_all, loop

from vatio.web.shell import security_headers
from vatio.web.shell.errors import plain_page

MOST_CONNECTIONS = 500
"""How many connections are open at once; a further one closes the one that has waited longest."""

LONGEST_HEADERS = 20
"""Seconds in which the headers of a request have to arrive, and the first bytes of its body."""

SLOWEST = 10_000
"""Bytes a second below which a body is given up."""

LONGEST_SILENCE = 60
"""Seconds that a connection is kept on which nothing is under way, or nothing is read."""

LONGEST_LINGER = 2
"""Seconds for which somebody who was refused may begin to read why."""

LARGEST_HEADERS = 32_768

LARGEST_BODY = 24_000_000
"""Bytes of a body at most: more than the largest portfolio that a page takes."""

MOST_THROWN_AWAY = 10 * LARGEST_BODY
"""Bytes that are received after a refusal at most."""

LONG = ("/desk/imports/",)
"""Beginnings of the addresses whose views may compute for seconds: they share a thread."""

QUICK = ("/desk/imports/running/",)
"""Those among them that are asked every second while work goes on elsewhere."""

SENDING = ("/readings", "/api/v1/readings")
"""Addresses at which gateways send what takes seconds to store: they have threads of their own."""

GRACE = 8
"""Seconds in which responses under way may end when the process stops."""

Application = Callable[..., Iterable[bytes]]


class PageRequest(HTTPRequestParser):  # type: ignore[misc]
    """A request as it arrives; `began` is when its first bytes did."""

    began = 0.0

    def parse_header(self, header_plus: bytes) -> None:
        """Read the headers; refuse a body whose length they tell in two ways."""
        super().parse_header(header_plus)
        if "TRANSFER_ENCODING" in self.headers or (
            self.chunked and "CONTENT_LENGTH" in self.headers
        ):
            raise ParsingError("The length of the body is told in two ways.")

    def is_late(self, now: float) -> bool:
        """Return whether the request should have arrived by now."""
        return bool(now - self.began > LONGEST_HEADERS + self.body_bytes_received / SLOWEST)


class RefusalTask(ErrorTask):  # type: ignore[misc]
    """Answers a request that cannot be read with a plain page and the headers of all pages."""

    def execute(self) -> None:
        """Write the response, and close the connection after it."""
        error = self.request.error
        if error.code >= 500:
            error = BadRequest("")
        self.status = f"{error.code} {error.reason}"
        body = plain_page(error.code).encode()
        self.response_headers.extend(security_headers.ALL.items())
        self.set_close_on_finish()
        self.channel.refused_at = self.channel.last_activity
        self.content_length = len(body)
        self.write(body)


class PageChannel(HTTPChannel):  # type: ignore[misc]
    """A connection.

    After a refusal it is half closed, and what still arrives is thrown away for a while: closed at
    once it would be reset, and somebody still sending would never see why.
    """

    parser_class = PageRequest
    error_task_class = RefusalTask
    refused_at = 0.0
    is_half_closed = False
    thrown_away = 0

    def received(self, data: bytes) -> bool:
        """Take what arrived, and remember when a request began."""
        taken = super().received(data)
        if self.request is not None and not self.request.began:
            self.request.began = self.last_activity
        return bool(taken)

    def readable(self) -> bool:
        """Return whether to read on."""
        return self.is_half_closed or bool(super().readable())

    def writable(self) -> bool:
        """Return whether there is something to send, or to close."""
        return not self.is_half_closed and bool(super().writable())

    def handle_read(self) -> None:
        """Take what arrived, or throw it away."""
        if not self.is_half_closed:
            super().handle_read()
            return
        try:
            self.thrown_away += len(self.recv(65_536))
        except OSError:
            self.abandon()

    def handle_close(self) -> None:
        """Close the connection; after a refusal only our half, the first time."""
        if self.refused_at and not self.is_half_closed and self.connected:
            try:
                self.socket.shutdown(socket.SHUT_WR)
            except OSError:
                self.abandon()
            else:
                self.is_half_closed, self.will_close = True, False
            return
        super().handle_close()

    def abandon(self) -> None:
        """Close the connection at once, though its other end reads nothing."""
        self.is_half_closed = self.will_close = True
        super().handle_close()

    @property
    def is_busy(self) -> bool:
        """Whether a response is being computed or sent."""
        return bool(self.requests or self.total_outbufs_len)

    @property
    def waits_since(self) -> float:
        """When the request that is arriving began, or anything last happened."""
        return float(self.request.began if self.request is not None else self.last_activity)

    def is_overdue(self, now: float) -> bool:
        """Return whether the connection is no longer worth keeping."""
        if self.requests:
            return False
        if self.is_half_closed:
            late = now - self.refused_at > LONGEST_LINGER + self.thrown_away / SLOWEST
            return late or self.thrown_away > MOST_THROWN_AWAY
        if self.request is not None:
            return bool(self.request.is_late(now))
        return bool(now - self.last_activity > LONGEST_SILENCE)


class Lanes:
    """Hands requests to threads: those that may take long, and gateways', to some of their own."""

    def __init__(self, threads: int) -> None:
        self._pages, self._long = ThreadedTaskDispatcher(), ThreadedTaskDispatcher()
        self._sending = ThreadedTaskDispatcher()
        self._pages.set_thread_count(threads)
        self._long.set_thread_count(1)
        self._sending.set_thread_count(threads)

    def add_task(self, channel: PageChannel) -> None:
        """Let the first request of a connection be answered."""
        path = getattr(channel.requests[0], "path", "")
        is_long = path.startswith(LONG) and not path.startswith(QUICK)
        lane = self._long if is_long else self._pages
        lane = self._sending if path in SENDING else lane
        lane.add_task(channel)


class PageServer(TcpWSGIServer):  # type: ignore[misc]
    """Accepts connections, and serves the application until it is told to stop."""

    channel_class = PageChannel
    is_stopping = False

    def handle_accept(self) -> None:
        """Accept a connection; if there are too many, close the one that has waited longest."""
        super().handle_accept()
        if len(self.active_channels) > MOST_CONNECTIONS:
            free = [each for each in self.active_channels.values() if not each.requests]
            if free:
                min(free, key=lambda each: each.waits_since).abandon()

    def maintenance(self, now: float) -> None:
        """Close the connections that are overdue."""
        for each in list(self.active_channels.values()):
            if each.is_overdue(now):
                each.abandon()

    def stop(self, *_signal: object) -> None:
        """Begin to stop: a signal handler."""
        self.is_stopping = True
        self.pull_trigger()

    def run(self) -> None:
        """Serve until `stop`; then accept nothing more, and let responses under way end."""
        while not self.is_stopping:
            loop(timeout=1, use_poll=True, map=self._map, count=1)
        self.accepting = False
        self.del_channel()
        self.socket.close()
        deadline = time.monotonic() + GRACE
        while self._is_busy() and time.monotonic() < deadline:
            loop(timeout=0.2, use_poll=True, map=self._map, count=1)
        close_all(self._map, ignore_all=True)

    def _is_busy(self) -> bool:
        return any(each.is_busy for each in self.active_channels.values())


def serve(application: Application, *, address: str, port: int, threads: int) -> None:
    """Serve an application until SIGTERM or SIGINT."""
    _allow_many_files()
    adjustments = Adjustments(
        ident="",
        clear_untrusted_proxy_headers=False,
        backlog=1024,
        cleanup_interval=1,
        connection_limit=MOST_CONNECTIONS + 100,
        inbuf_overflow=65_536,
        log_socket_errors=False,
        max_request_header_size=LARGEST_HEADERS,
        max_request_body_size=LARGEST_BODY + 1,
        outbuf_high_watermark=2**40,
        sockets=[_listening(address, port)],
    )
    (listening,) = adjustments.sockets
    server = PageServer(
        _without_body_for_head(application),
        map={},
        _sock=listening,
        dispatcher=Lanes(threads),
        adj=adjustments,
        bind_socket=False,
        sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, server.stop)
    server.run()


def _listening(address: str, port: int) -> socket.socket:
    """Return a socket bound to an address; `::` takes IPv4 as well."""
    bound = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if address == "::":
        bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    bound.bind((address, port))
    return bound


def _allow_many_files() -> None:
    """Raise the limit of open files: a connection has up to three, its socket and two buffers."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * MOST_CONNECTIONS
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _without_body_for_head(application: Application) -> Application:
    """Return the application without the bodies of its responses to HEAD."""

    def answer(variables: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = application(variables, start_response)
        if variables["REQUEST_METHOD"] != "HEAD":
            return body
        close = getattr(body, "close", None)
        if close is not None:
            close()
        return []

    return answer
