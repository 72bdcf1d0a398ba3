import re
import signal
import socket
import struct
import time
from collections.abc import Iterator
from threading import Barrier, Event
from types import SimpleNamespace

import pytest
from django.db import connection
from waitress.adjustments import Adjustments

from tests.counts import full_or_tenth
from tests.serving import Served, everything, serving, status
from vatio.cli import joining
from vatio.web.shell.security_headers import OURS
from vatio.web_server import Lanes, PageRequest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture
def served() -> Iterator[Served]:
    with serving(VATIO_THREADS="2") as started:
        yield started


@pytest.fixture
def as_owner() -> Iterator[None]:
    """Let a test have connections in another role, and close them."""
    yield
    connection.settings_dict["OPTIONS"].pop("assume_role")
    connection.close()


def head(line: bytes, *headers: bytes, host: bytes = b"127.0.0.1") -> bytes:
    return b"\r\n".join([line, b"Host: " + host, *headers, b"", b""])


def seconds_to_answer(served: Served) -> float:
    began = time.monotonic()
    assert status(served.get("/healthz", timeout=5)) == 200
    return time.monotonic() - began


def test_200_senders_that_never_finish_hold_nobody_up(served: Served) -> None:
    half = [
        b"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\n" + FORM + b"Content-Length: 400\r\n\r\na=",
        b"GET /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: ",
        b"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"",
    ]
    held = []
    for number in range(200):
        held.append(served.connect())
        held[-1].sendall(half[number % len(half)])

    took = [seconds_to_answer(served) for _ in range(5)]

    assert max(took) < 1, took
    assert status(served.get("/sign-in/")) == 200
    for each in held:
        each.close()


def test_more_connections_than_are_kept_close_those_that_waited_longest(served: Served) -> None:
    held = [served.connect() for _ in range(520)]
    held[0].settimeout(5)

    took = seconds_to_answer(served)

    assert took < 1
    assert held[0].recv(1) == b""
    for each in held:
        each.close()


def test_readers_that_never_read_hold_no_view(served: Served) -> None:
    page = head(b"GET /style/x.css HTTP/1.1") * full_or_tenth(400)
    held = []
    for _ in range(8):
        held.append(served.connect())
        held[-1].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        held[-1].sendall(page)

    time.sleep(1)

    assert seconds_to_answer(served) < 2
    for each in held:
        each.close()


WRONG = {
    "a foreign host": (400, head(b"GET / HTTP/1.1", host=b"evil.example")),
    "an empty host": (400, head(b"GET / HTTP/1.1", host=b"")),
    "a host of rubbish": (400, head(b"GET /sign-in/ HTTP/1.1", host=b"a b\xff/..")),
    "two hosts": (400, head(b"GET / HTTP/1.1", b"Host: evil.example")),
    "no host": (400, b"GET /healthz HTTP/1.1\r\n\r\n"),
    "a foreign host at a static file": (
        400,
        head(b"GET /static/mark.svg HTTP/1.1", host=b"evil.example"),
    ),
    "a length that is no number": (400, head(b"POST /sign-in/ HTTP/1.1", b"Content-Length: ten")),
    "a negative length": (400, head(b"POST /sign-in/ HTTP/1.1", b"Content-Length: -1")),
    "two lengths": (
        400,
        head(b"POST /sign-in/ HTTP/1.1", b"Content-Length: 3", b"Content-Length: 4") + b"abcd",
    ),
    "a length and chunks": (
        400,
        head(b"POST /sign-in/ HTTP/1.1", b"Content-Length: 3", b"Transfer-Encoding: chunked")
        + b"0\r\n\r\n",
    ),
    "chunks of rubbish": (
        400,
        head(b"POST /sign-in/ HTTP/1.1", b"Transfer-Encoding: chunked") + b"zz\r\nab\r\n0\r\n\r\n",
    ),
    "an unknown encoding": (400, head(b"POST / HTTP/1.1", b"Transfer-Encoding: gzip") + b"abc"),
    "chunks under HTTP/1.0": (
        400,
        head(b"POST / HTTP/1.0", b"Transfer-Encoding: chunked") + b"0\r\n\r\n",
    ),
    "too long a body": (
        413,
        head(b"POST /sign-in/ HTTP/1.1", b"Content-Length: 30000000") + b"a" * 30_000_000,
    ),
    "too long an address": (431, head(b"GET /" + b"a" * 40_000 + b" HTTP/1.1")),
    "a line of rubbish": (400, b"\x00\x01\x02\r\n\r\n"),
    "a name of a header that is none": (400, head(b"GET / HTTP/1.1", b"a b: c")),
    "an unknown method": (405, head(b"BREW / HTTP/1.1")),
    "a method that no page takes": (405, head(b"DELETE /sign-in/ HTTP/1.1")),
    "trace": (405, head(b"TRACE / HTTP/1.1")),
    "nul in the path": (404, head(b"GET /a%00b HTTP/1.1")),
    "nul in a token": (410, head(b"GET /password/a%00b/ HTTP/1.1")),
    "a path that is no UTF-8": (404, head(b"GET /%ff%fe/ HTTP/1.1")),
    "half of a percent": (404, head(b"GET /%zz/% HTTP/1.1")),
    "too many fields": (
        400,
        head(b"POST /sign-in/ HTTP/1.1", FORM.strip(), b"Content-Length: 7999")
        + b"&".join([b"a=1"] * 2000),
    ),
    "too many fields in the address": (
        400,
        head(b"GET /sign-in/?" + b"&".join([b"a=1"] * 2000) + b" HTTP/1.1"),
    ),
    "too large a form": (
        400,
        head(b"POST /sign-in/ HTTP/1.1", FORM.strip(), b"Content-Length: 3000002")
        + b"a="
        + b"1" * 3_000_000,
    ),
    "parts without a boundary": (
        400,
        head(
            b"POST /language/ HTTP/1.1", b"Content-Type: multipart/form-data", b"Content-Length: 3"
        )
        + b"abc",
    ),
    "parts that end too early": (
        403,
        head(
            b"POST /language/ HTTP/1.1",
            b"Content-Type: multipart/form-data; boundary=x",
            b"Content-Length: 30",
        )
        + b"--x\r\nContent-Disposition: form",
    ),
    "a form in no encoding": (
        403,
        head(
            b"POST /sign-in/ HTTP/1.1",
            b"Content-Type: application/x-www-form-urlencoded; charset=rubbish\xff",
            b"Content-Length: 5",
        )
        + b"a=%ff",
    ),
    "parts in an unknown transfer encoding": (
        403,
        head(
            b"POST /language/ HTTP/1.1",
            b"Content-Type: multipart/form-data; boundary=x",
            b"Content-Length: 111",
        )
        + b'--x\r\nContent-Disposition: form-data; name="a"\r\n'
        + b"Content-Transfer-Encoding: base64\r\n\r\n!!!!!!!!!!!!!!!!!\r\n--x--\r\n".ljust(66),
    ),
}


@pytest.fixture(scope="module")
def one(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Served]:
    """One web process for all that is wrong: what each sends leaves nothing behind."""
    with django_db_blocker.unblock(), serving() as started:  # type: ignore[attr-defined]
        yield started


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_understood_is_refused_without_a_trace(one: Served, what: str) -> None:
    expected, sent = WRONG[what]

    answer = one.ask(sent)

    headers, _, body = answer.partition(b"\r\n\r\n")
    assert status(answer) == expected, answer[:300]
    for name, value in {**OURS, "X-Content-Type-Options": "nosniff"}.items():
        assert f"{name}: {value}".encode() in headers
    assert b"\r\nServer:" not in headers
    assert b"<h1" in body
    assert one.logged() == ""


STRANGE = {
    "a cookie with nul": (
        200,
        head(b"GET /sign-in/ HTTP/1.1", b'Cookie: sessionid="\\000aaaaaaa"'),
    ),
    "a cookie of rubbish": (
        200,
        head(b"GET /sign-in/ HTTP/1.1", b"Cookie: ;;=;\xff\xfe; sessionid"),
    ),
    "a query that is no UTF-8": (200, head(b"GET /sign-in/?next=%ff%00&%00 HTTP/1.1")),
    "a range that is none": (200, head(b"GET /sign-in/ HTTP/1.1", b"Range: bytes=9-1,rubbish")),
    "a range of a file that is none": (
        416,
        head(b"GET /static/mark.svg HTTP/1.1", b"Range: bytes=999999-"),
    ),
    "a length without a body": (200, head(b"GET /healthz HTTP/1.1", b"Content-Length: 0")),
}


@pytest.mark.parametrize("what", STRANGE)
def test_what_is_strange_and_harmless_is_answered_without_a_trace(one: Served, what: str) -> None:
    expected, sent = STRANGE[what]

    answer = one.ask(sent)

    assert status(answer) == expected, answer[:300]
    assert all(name.encode() in answer for name in OURS)
    assert one.logged() == ""


def test_head_has_the_headers_of_get_and_no_body(one: Served) -> None:
    for path in (b"/sign-in/", b"/static/mark.svg", b"/healthz"):
        with one.connect() as asking:
            asking.sendall(head(b"HEAD " + path + b" HTTP/1.1"))
            asking.sendall(head(b"GET /robots.txt HTTP/1.1", b"Connection: close"))
            first, second, rest = everything(asking).split(b"\r\n\r\n", 2)

        assert re.search(rb"Content-Length: [1-9]", first)
        assert second.startswith(b"HTTP/1.1 200")
        assert rest == b"User-agent: *\nDisallow: /\n"


def test_who_waits_for_a_go_ahead_gets_it(one: Served) -> None:
    with one.connect() as asking:
        asking.sendall(
            head(
                b"POST /sign-in/ HTTP/1.1",
                FORM.strip(),
                b"Content-Length: 3",
                b"Expect: 100-continue",
            )
        )
        assert asking.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        asking.sendall(b"a=1")
        assert asking.recv(12) == b"HTTP/1.1 403"


def test_chunks_make_a_body(one: Served) -> None:
    chunks = b"3\r\na=1\r\n4\r\n&b=2\r\n0\r\n\r\n"

    answer = one.ask(
        head(b"POST /sign-in/ HTTP/1.1", FORM.strip(), b"Transfer-Encoding: chunked") + chunks
    )

    assert status(answer) == 403


def test_a_connection_that_is_reset_leaves_no_trace(one: Served) -> None:
    for sent in (b"", b"GET / HT", head(b"GET /sign-in/ HTTP/1.1") * 20):
        asking = one.connect()
        asking.sendall(sent)
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        asking.close()

    assert status(one.get("/healthz")) == 200
    assert one.logged() == ""


def test_a_process_that_is_told_to_stop_ends_what_is_under_way(served: Served) -> None:
    asking = [served.connect() for _ in range(6)]
    for each in asking:
        each.sendall(head(b"GET /sign-in/ HTTP/1.1"))
    time.sleep(0.05)

    served.process.send_signal(signal.SIGTERM)
    answers = [everything(each) for each in asking]

    assert served.process.wait(timeout=10) == 0
    assert [b"</html>" in answer for answer in answers] == [True] * 6
    assert "Traceback" not in served.logged()


def test_an_idle_process_stops_at_once_though_somebody_sends_slowly(served: Served) -> None:
    asking = served.connect()
    asking.sendall(b"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n\r\n")
    time.sleep(0.2)
    began = time.monotonic()

    served.process.send_signal(signal.SIGTERM)

    assert served.process.wait(timeout=10) == 0
    assert time.monotonic() - began < 3
    asking.close()


def test_it_listens_on_ipv6_and_with_two_colons_on_both() -> None:
    with serving("::1") as six, socket.create_connection(("::1", six.port), timeout=10) as asking:
        asking.sendall(head(b"GET /healthz HTTP/1.0", host=b"[::1]"))
        assert status(everything(asking)) == 200
    with serving("::") as both:
        assert status(both.get("/healthz")) == 200


def a_request(*parts: bytes) -> PageRequest:
    request = PageRequest(Adjustments(max_request_body_size=1_000_000))
    request.began = 1000.0
    for part in parts:
        request.received(part)
    return request


def test_what_arrives_drop_by_drop_is_given_up_and_what_comes_steadily_is_not() -> None:
    headers = a_request(b"GET / HTTP/1.1\r\nHost: a\r\nX-A")
    body = head(b"POST / HTTP/1.1", b"Content-Length: 900000")
    drops, steady = a_request(body, b"a" * 50), a_request(body, b"a" * 800_000)

    assert not headers.is_late(1020.0)
    assert headers.is_late(1020.1)
    assert drops.is_late(1020.1)
    assert not steady.is_late(1099.0)
    assert steady.is_late(1101.0)


def test_two_long_previews_leave_the_pages_their_threads() -> None:
    began, held = Barrier(2), Event()
    answered: list[str] = []

    class Asked:
        def __init__(self, path: str) -> None:
            self.requests = [SimpleNamespace(path=path)]
            self.path = path

        def service(self) -> None:
            if self.path == "/desk/imports/":
                began.wait(timeout=10)
                held.wait(timeout=10)
            answered.append(self.path)

    lanes = Lanes(1)
    for _ in range(3):
        lanes.add_task(Asked("/desk/imports/"))
    began.wait(timeout=10)
    lanes.add_task(Asked("/healthz"))
    lanes.add_task(Asked("/desk/imports/running/1/"))
    deadline = time.monotonic() + 10
    while len(answered) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)

    assert answered == ["/healthz", "/desk/imports/running/1/"]
    began.abort()
    held.set()


def test_on_another_server_every_connection_takes_the_role_of_the_pages(as_owner: None) -> None:
    joining.take_web_role()

    acting = []
    for fresh in (connection, connection.copy()):
        with fresh.cursor() as cursor:
            cursor.execute("SELECT current_user")
            acting.append(cursor.fetchone())
        fresh.close()

    assert acting == [("vatio_web",)] * 2


def test_a_web_process_may_only_what_the_role_of_the_pages_may(served: Served) -> None:
    with connection.cursor() as cursor:
        cursor.execute("REVOKE SELECT ON tenants_platform FROM vatio_web")
        refused = served.get("/sign-in/")
        cursor.execute("GRANT SELECT ON tenants_platform TO vatio_web")

    assert status(refused) == 500
    assert "permission denied for table tenants_platform" in served.logged()
